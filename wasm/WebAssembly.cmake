# Emscripten: flags that every object and link needs, stalemark_node_program(TARGET) for what runs under Node, and
# stalemark_module(TARGET FOLDER_TARGET) for the module of wasm/package.
#
# Exceptions are WebAssembly's own (Node 17 and later); without SUPPORT_LONGJMP=wasm clang 14 refuses Boost.Test.
add_compile_options(-fwasm-exceptions -sSUPPORT_LONGJMP=wasm)
add_link_options(-fwasm-exceptions -sSUPPORT_LONGJMP=wasm)

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
  add_executable(${target} $<TARGET_OBJECTS:${folder_target}>)
  target_link_libraries(${target} PRIVATE ${folder_target})
  target_link_options(${target} PRIVATE -Oz --no-entry -sSTANDALONE_WASM=1 -sALLOW_MEMORY_GROWTH=1 -sINITIAL_MEMORY=8MB
                      -sTOTAL_STACK=1MB -Wl,--stack-first -sEXPORTED_FUNCTIONS=${exports})
  set_target_properties(${target} PROPERTIES OUTPUT_NAME package/stalemark SUFFIX .wasm)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/wasm/package ${CMAKE_SOURCE_DIR}/wasm/package/*)
  foreach(file IN LISTS files)
    configure_file(${CMAKE_SOURCE_DIR}/wasm/package/${file} ${CMAKE_BINARY_DIR}/package/${file} COPYONLY)
  endforeach()
endfunction()
