# The libraries as archives, for a program that needs nothing beside it: SMTP_DOUBLE_STATIC=ON.
# Debian ships no archive of cpp-httplib, prometheus-cpp, fmt, spdlog and GPGME. The first two are compiled from their
# Debian sources, unpacked into SMTP_DOUBLE_STATIC_SOURCES (docker/Dockerfile does it), fmt and spdlog are used as
# headers, and of GPGME nothing is needed.
set(SMTP_DOUBLE_STATIC_SOURCES /usr/src/static CACHE PATH "The sources of cpp-httplib and prometheus-cpp")
file(GLOB httplib_folder ${SMTP_DOUBLE_STATIC_SOURCES}/cpp-httplib-*/httplib.h)
file(GLOB prometheus_sources ${SMTP_DOUBLE_STATIC_SOURCES}/prometheus-cpp-*/core/src/*.cc
     ${SMTP_DOUBLE_STATIC_SOURCES}/prometheus-cpp-*/core/src/detail/*.cc)
if(NOT httplib_folder OR NOT prometheus_sources)
  message(FATAL_ERROR "SMTP_DOUBLE_STATIC needs the sources of cpp-httplib and prometheus-cpp in "
                      "${SMTP_DOUBLE_STATIC_SOURCES}; docker/Dockerfile shows how they get there")
endif()
get_filename_component(httplib_folder ${httplib_folder} DIRECTORY)

set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
set(OPENSSL_USE_STATIC_LIBS TRUE)
find_package(OpenSSL 3.0 REQUIRED)
pkg_check_modules(YAML_CPP REQUIRED IMPORTED_TARGET yaml-cpp)
find_package(CLI11 REQUIRED)

# Abseil's archives refer to each other in circles. Older RE2s are without it.
find_library(RE2_LIBRARY re2 REQUIRED)
get_filename_component(library_folder ${RE2_LIBRARY} DIRECTORY)
file(GLOB abseil_archives ${library_folder}/libabsl_*.a)
add_library(re2::re2 INTERFACE IMPORTED)
target_link_libraries(re2::re2 INTERFACE -Wl,--start-group ${RE2_LIBRARY} ${abseil_archives} -Wl,--end-group)

add_library(fmt::fmt INTERFACE IMPORTED)
target_compile_definitions(fmt::fmt INTERFACE FMT_HEADER_ONLY=1)
add_library(spdlog::spdlog INTERFACE IMPORTED)
target_compile_definitions(spdlog::spdlog INTERFACE SPDLOG_FMT_EXTERNAL=1)
target_link_libraries(spdlog::spdlog INTERFACE fmt::fmt)

add_library(PkgConfig::HTTPLIB INTERFACE IMPORTED)  # without OpenSSL, zlib and Brotli: the admin port needs none
target_include_directories(PkgConfig::HTTPLIB BEFORE INTERFACE ${httplib_folder})

add_library(static_prometheus STATIC ${prometheus_sources})  # their headers are those of the package
set_target_properties(static_prometheus PROPERTIES UNITY_BUILD OFF)
add_library(PkgConfig::PROMETHEUS ALIAS static_prometheus)

pkg_check_modules(GMIME REQUIRED gmime-3.0)
# Its object itself: out of an archive it would come too late, when GMime's own has been taken.
add_library(static_gmime_without OBJECT ${CMAKE_CURRENT_LIST_DIR}/gmime_without.c)
add_library(static_gmime INTERFACE)
target_include_directories(static_gmime SYSTEM INTERFACE ${GMIME_INCLUDE_DIRS})
set(gmime_archives gmime-3.0 gobject-2.0 glib-2.0 ffi z)
find_library(SYSPROF sysprof-capture-4)  # of newer GLibs
if(SYSPROF)
  list(APPEND gmime_archives ${SYSPROF})
endif()
target_link_libraries(static_gmime INTERFACE $<TARGET_OBJECTS:static_gmime_without> -Wl,--start-group ${gmime_archives} m -Wl,--end-group)
add_library(PkgConfig::GMIME ALIAS static_gmime)

set(CMAKE_CXX_FLAGS_RELEASE "-Os -DNDEBUG")  # who wants it fast takes the other image
add_compile_options(-ffunction-sections -fdata-sections)
add_link_options(-static -Wl,--gc-sections -s)
