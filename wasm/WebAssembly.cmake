# Emscripten: flags that every object and link needs, and stalemark_node_program(TARGET) for what runs under Node.
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
