# Compile options shared by every target: C++20 without extensions, warnings as errors, bit-exact floating point.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
# Asserts are part of the contract (docs/ARCHITECTURE.md): they stay on in every build type.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g")
set(CMAKE_CXX_FLAGS_SANITIZE "-O1")
option(STALEMARK_SANITIZE "Address and undefined-behaviour sanitizers" OFF)
option(STALEMARK_SANITIZE_THREADS "Thread sanitizer" OFF)

add_library(stalemark_options INTERFACE)
target_include_directories(stalemark_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(stalemark_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                       -Werror -ffp-contract=off)
if(STALEMARK_SANITIZE)
  target_compile_options(stalemark_options INTERFACE -gline-tables-only -fno-omit-frame-pointer -fsanitize=address,undefined
                         -fno-sanitize-recover=all)
  target_link_options(stalemark_options INTERFACE -fsanitize=address,undefined)
endif()
if(STALEMARK_SANITIZE_THREADS)
  target_compile_options(stalemark_options INTERFACE -gline-tables-only -fno-omit-frame-pointer -fsanitize=thread)
  target_link_options(stalemark_options INTERFACE -fsanitize=thread)
endif()

if(EMSCRIPTEN)
  include(${CMAKE_SOURCE_DIR}/wasm/WebAssembly.cmake)
endif()

# Paths below the sources enter ccache's keys as relative ones, so that clones share what they compiled; messages keep absolute
# ones. Headers are known from the compiler's dependency file: a file that is not in the cache is not preprocessed first.
find_program(CCACHE ccache)
if(CCACHE)
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_ABSSTDERR=1 CCACHE_DEPEND=1 ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
endif()
