# cmake -DFILES=a;b -DOUTPUT=file.cpp -P embed.cmake: writes the files as C++ constants.
# As octets, since a string literal may be no longer than some compilers like.
set(types "html=text/html" "css=text/css" "js=text/javascript" "svg=image/svg+xml" "json=application/json")
set(entries "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  get_filename_component(extension ${file} LAST_EXT)
  string(SUBSTRING ${extension} 1 -1 extension)
  set(type "")
  foreach(pair IN LISTS types)
    if(pair MATCHES "^${extension}=(.*)$")
      set(type "${CMAKE_MATCH_1}")
    endif()
  endforeach()
  if(NOT type)
    message(FATAL_ERROR "${file}: what is the content type of .${extension}?")
  endif()
  file(SHA256 ${file} hash)
  string(SUBSTRING ${hash} 0 16 tag)
  file(READ ${file} hex HEX)
  string(LENGTH "${hex}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," octets "${hex}")
  string(MAKE_C_IDENTIFIER ${name} id)
  string(APPEND entries "    {\"${name}\", \"${type}\", {octets_of_${id}, ${size}}, \"\\\"${tag}\\\"\"},\n")
  string(APPEND arrays "const char octets_of_${id}[] = {${octets}};\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"admin/embedded.hpp\"

#include <algorithm>
#include <array>

namespace smtp_double {
namespace {

${arrays}
const std::array files{std::to_array<EmbeddedFile>({
${entries}})};

}  // namespace

std::span<const EmbeddedFile> embedded_files() { return files; }

const EmbeddedFile* find_embedded(std::string_view name) {
  const auto found = std::ranges::find(files, name, &EmbeddedFile::name);
  return found == files.end() ? nullptr : &*found;
}

}  // namespace smtp_double
")
