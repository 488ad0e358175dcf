# Runs a fuzz target on a corpus of its own: cmake -DPROGRAM= -DSEEDS= -DFOLDER= -DSECONDS= -P run.cmake
file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER}/corpus)
foreach(seed IN LISTS SEEDS)
  if(IS_DIRECTORY ${seed})
    get_filename_component(parent ${seed} NAME)
    file(COPY ${seed}/ DESTINATION ${FOLDER}/corpus/${parent} PATTERN CMakeLists.txt EXCLUDE)
  else()
    file(COPY ${seed} DESTINATION ${FOLDER}/corpus)
  endif()
endforeach()
execute_process(
  COMMAND ${PROGRAM} -max_total_time=${SECONDS} -timeout=10 -rss_limit_mb=2048 -artifact_prefix=${FOLDER}/
          ${FOLDER}/corpus
  RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} failed with ${status}; what made it fail is in ${FOLDER}")
endif()
