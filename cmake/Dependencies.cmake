# Third-party libraries under one name each (docs/DEPENDENCIES.md). Native: the distribution's packages. WebAssembly: static
# libraries built once from the distribution's sources into STALEMARK_WASM_DEPS (wasm/build-deps.sh).
function(stalemark_dependency name)
  cmake_parse_arguments(ARG "" "" "LINK;DEFINE" ${ARGN})
  add_library(dep_${name} INTERFACE)
  target_link_libraries(dep_${name} INTERFACE ${ARG_LINK})
  target_compile_definitions(dep_${name} INTERFACE ${ARG_DEFINE})
  if(EMSCRIPTEN)
    target_include_directories(dep_${name} SYSTEM INTERFACE ${STALEMARK_WASM_DEPS}/include)
    target_link_directories(dep_${name} INTERFACE ${STALEMARK_WASM_DEPS}/lib)
  endif()
  add_library(stalemark::${name} ALIAS dep_${name})
endfunction()

if(EMSCRIPTEN)
  set(STALEMARK_WASM_DEPS ${CMAKE_SOURCE_DIR}/.cache/wasm-deps CACHE PATH "Libraries built for WebAssembly")
  if(NOT EXISTS ${STALEMARK_WASM_DEPS}/stamp)
    message(FATAL_ERROR "No libraries in ${STALEMARK_WASM_DEPS}: run `make wasm`, or wasm/build-deps.sh")
  endif()
endif()

if(EMSCRIPTEN)
  stalemark_dependency(threads)  # none there
  stalemark_dependency(httplib)
else()
  find_package(Threads REQUIRED)
  stalemark_dependency(threads LINK Threads::Threads)
  stalemark_dependency(httplib LINK cpp-httplib)
  stalemark_dependency(curl LINK curl)
  stalemark_dependency(openssl LINK ssl crypto)  # tests/live only: a server to talk to
endif()
stalemark_dependency(boost)
# As a library, not FMT_HEADER_ONLY: that costs 3 s in each of our files.
stalemark_dependency(fmt LINK fmt)
stalemark_dependency(xxhash DEFINE XXH_INLINE_ALL)
stalemark_dependency(fast_float)
stalemark_dependency(json)
stalemark_dependency(yaml LINK yaml-cpp)
stalemark_dependency(re2 LINK re2)
stalemark_dependency(zlib LINK z)
stalemark_dependency(cli11)
# fmt is used everywhere text is made.
target_link_libraries(stalemark_options INTERFACE stalemark::fmt)
