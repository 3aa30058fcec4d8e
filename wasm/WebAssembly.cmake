# Emscripten: flags that every object and link needs, stalemark_wasm_library(TARGET FOLDER) for the libraries of folders,
# stalemark_node_program(TARGET) for what runs under Node, and stalemark_module(TARGET FOLDER_TARGET) for the module of wasm/package.
#
# Exceptions are WebAssembly's own (Node 17 and later); without SUPPORT_LONGJMP=wasm clang 14 refuses Boost.Test.
# SIMD (Node 16.4, Chromium 91, Firefox 89, Safari 16.4): core/exposition/scan.h and Boost's flat maps are written with SSE2.
add_compile_options(-fwasm-exceptions -sSUPPORT_LONGJMP=wasm -msimd128 -msse2)
add_link_options(-fwasm-exceptions -sSUPPORT_LONGJMP=wasm)

# What runs once a sample, once a byte of a body or once an event of the trace is compiled for speed; the rest, which is most of the
# module, for size. -finline-functions takes back what emcc adds to -Oz: without inlining of small functions it is larger.
set(STALEMARK_WASM_FAST
    core/text/go_float.cpp core/text/utf8.cpp core/model/labels.cpp
    core/exposition/text_parser.cpp core/exposition/text_parser_tokens.cpp core/exposition/text_lexer.cpp
    core/exposition/lexer_cursor.cpp core/exposition/series_labels.cpp core/exposition/openmetrics_parser.cpp
    core/exposition/openmetrics_parser_tokens.cpp core/exposition/openmetrics_lexer.cpp
    core/scrape/scrape_appender.cpp core/scrape/scrape_cache.cpp core/scrape/limit_appenders.cpp
    core/storage/head.cpp core/storage/head_appender.cpp core/storage/head_commit.cpp core/storage/xor_chunk.cpp
    core/storage/bit_stream.cpp core/storage/wal.cpp
    core/trace/trace_writer.cpp core/trace/digest.cpp sim/run/run_record.cpp wasm/memory.cpp wasm/strings.cpp)
# Or the compiler sees that its loop is a memcmp, and calls it.
set_source_files_properties(wasm/memory.cpp PROPERTIES COMPILE_OPTIONS "-fno-builtin;-fno-lto")
# Of the libraries of folders only these throw, and one file of sim/scenario, which catches what yaml-cpp throws. Code that cleans up
# behind exceptions would be a quarter of the module.
set(STALEMARK_WASM_THROWING sim/conformance)
set_source_files_properties(sim/scenario/scenario_yaml.cpp PROPERTIES COMPILE_OPTIONS "-fexceptions;-frtti")

# stalemark_wasm_split(TARGET OPTION...): compiles a library with these options, for speed what is in the list above, else for size.
function(stalemark_wasm_split target)
  get_target_property(sources ${target} SOURCES)
  set(fast)
  foreach(source IN LISTS sources)
    file(RELATIVE_PATH path ${CMAKE_SOURCE_DIR} ${source})
    if(path IN_LIST STALEMARK_WASM_FAST)
      list(REMOVE_ITEM sources ${source})
      list(APPEND fast ${source})
    endif()
  endforeach()
  target_compile_options(${target} PRIVATE -Oz -finline-functions "SHELL:-mllvm -inline-threshold=-10" ${ARGN})
  if(fast)
    set_target_properties(${target} PROPERTIES SOURCES "${sources}")
    add_library(${target}_fast OBJECT EXCLUDE_FROM_ALL ${fast})
    target_compile_options(${target}_fast PRIVATE ${ARGN})
    target_link_libraries(${target}_fast PRIVATE $<TARGET_PROPERTY:${target},LINK_LIBRARIES>)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_fast>)
  endif()
endfunction()

# A library of a folder is compiled twice: for what runs under Node, and as TARGET_module for the module, which the linker optimises as
# a whole (19 KB smaller, an eighth faster). That would take half a minute for each test program.
function(stalemark_wasm_library target folder)
  set(options)
  if(NOT folder IN_LIST STALEMARK_WASM_THROWING)
    set(options -fno-exceptions -fno-rtti)
  endif()
  get_target_property(sources ${target} SOURCES)
  get_target_property(used ${target} LINK_LIBRARIES)
  stalemark_wasm_split(${target} ${options})
  add_library(${target}_module STATIC EXCLUDE_FROM_ALL ${sources})
  foreach(library IN LISTS used)
    if(TARGET ${library}_module)
      set(library ${library}_module)
    endif()
    target_link_libraries(${target}_module PUBLIC ${library})
  endforeach()
  stalemark_wasm_split(${target}_module ${options} -flto)
endfunction()

# Debian keeps acorn, which the linker's JavaScript passes load, where Node does not look.
set_property(GLOBAL PROPERTY RULE_LAUNCH_LINK "${CMAKE_COMMAND} -E env NODE_PATH=/usr/share/nodejs")

find_program(STALEMARK_NODE NAMES node nodejs REQUIRED)
set(CMAKE_CROSSCOMPILING_EMULATOR ${STALEMARK_NODE})

# NODERAWFS: the real file system, so that tests find fixtures and the command its arguments. EXIT_RUNTIME: exit status and
# flushed output of a process. WASM_ASYNC_COMPILATION=0: the loader reads the file; by default this version of it calls
# fetch on a path, which Node 18 and later refuse.
function(stalemark_node_program target)
  target_link_options(${target} PRIVATE -sENVIRONMENT=node -sNODERAWFS=1 -sEXIT_RUNTIME=1 -sWASM_ASYNC_COMPILATION=0
                      -sALLOW_MEMORY_GROWTH=1)
endfunction()

# The module alone, without Emscripten's JavaScript: all state of an instance lies in its linear memory, and
# wasm/package/run.mjs has what it imports. The stack comes first: one that overflows traps, in the place of writing over data.
function(stalemark_module target folder_target)
  file(STRINGS ${CMAKE_SOURCE_DIR}/wasm/api.h declarations REGEX " \\*?(stalemark_[a-z_]+)\\(.*;$")
  set(exports)
  foreach(declaration IN LISTS declarations)
    string(REGEX REPLACE ".*[ *](stalemark_[a-z_]+)\\(.*" "_\\1" name "${declaration}")
    list(APPEND exports ${name})
  endforeach()
  list(JOIN exports "," exports)
  add_executable(${target} $<TARGET_OBJECTS:${folder_target}_module>)
  target_link_libraries(${target} PRIVATE ${folder_target}_module)
  target_link_options(${target} PRIVATE -Oz -flto -Wl,-mllvm,-inline-threshold=-10 -sBINARYEN_EXTRA_PASSES=-Oz --no-entry -sSTANDALONE_WASM=1 -sALLOW_MEMORY_GROWTH=1 -sINITIAL_MEMORY=8MB
                      -sTOTAL_STACK=1MB -Wl,--stack-first -sEXPORTED_FUNCTIONS=${exports})
  set_target_properties(${target} PROPERTIES OUTPUT_NAME package/stalemark SUFFIX .wasm
                        LINK_DEPENDS ${CMAKE_SOURCE_DIR}/wasm/order-functions.mjs)
  add_custom_command(TARGET ${target} POST_BUILD VERBATIM
                     COMMAND ${STALEMARK_NODE} ${CMAKE_SOURCE_DIR}/wasm/order-functions.mjs $<TARGET_FILE:${target}>)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/wasm/package ${CMAKE_SOURCE_DIR}/wasm/package/*)
  foreach(file IN LISTS files)
    configure_file(${CMAKE_SOURCE_DIR}/wasm/package/${file} ${CMAKE_BINARY_DIR}/package/${file} COPYONLY)
  endforeach()
endfunction()
