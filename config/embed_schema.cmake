# cmake -DSCHEMA=file.json -DOUTPUT=file.cpp -P embed_schema.cmake: writes the schema as a C++ constant.
file(READ ${SCHEMA} json)
string(FIND "${json}" ")json\"" end_of_literal)
if(NOT end_of_literal EQUAL -1)
  message(FATAL_ERROR "${SCHEMA}: the text )json\" cannot be embedded")
endif()
file(WRITE ${OUTPUT} "#include \"config/scenario_schema.hpp\"

namespace smtp_double {

std::string_view scenario_schema() { return R\"json(${json})json\"; }

}  // namespace smtp_double
")
