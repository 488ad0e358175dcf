# cmake -DROOT=folder -DOUTPUT=file.cpp -P embed.cmake: writes the scenarios below ROOT as C++ constants.
file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/*.yaml)
list(SORT files)
set(entries "")
foreach(file IN LISTS files)
  string(REGEX REPLACE "\\.yaml$" "" name "${file}")
  file(READ ${ROOT}/${file} yaml)
  string(REGEX MATCH "^# [^\n]+" purpose "${yaml}")
  if(NOT purpose)
    message(FATAL_ERROR "${ROOT}/${file}: line 1 must say what the scenario is for, behind '# '")
  endif()
  string(SUBSTRING "${purpose}" 2 -1 purpose)
  string(FIND "${yaml}" ")yaml\"" end_of_literal)
  if(NOT end_of_literal EQUAL -1)
    message(FATAL_ERROR "${ROOT}/${file}: the text )yaml\" cannot be embedded")
  endif()
  string(APPEND entries "    {\"${name}\", R\"yaml(${purpose})yaml\", R\"yaml(${yaml})yaml\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"config/library.hpp\"

namespace smtp_double {
namespace {

constexpr LibraryScenario scenarios[] = {
${entries}};

}  // namespace

std::span<const LibraryScenario> library() { return scenarios; }

}  // namespace smtp_double
")
