#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds zlib, yaml-cpp, fmt, RE2, snappy and zstd (which unpacks only) for WebAssembly, once, into .cache/wasm-deps (lib/, include/), from the source packages of
# the distribution: the same versions as the native build links. Needs emscripten and dpkg-dev (cmake/install-deps.sh test), no root: apt reads a private copy of the machine's package sources, turned to deb-src.
# A stamp keyed by this script and the compiler's version makes the next call return at once.
set -euo pipefail

repo=$(cd "$(dirname "$0")/.." && pwd)
out=$repo/.cache/wasm-deps
work=$repo/.cache/wasm-deps-work
flags=(-fwasm-exceptions -sSUPPORT_LONGJMP=wasm)
small="-Oz -finline-functions -fno-exceptions -fno-rtti"
export NODE_PATH=/usr/share/nodejs${NODE_PATH:+:$NODE_PATH}  # Emscripten's optimizer loads acorn from there

stamp="$(sha256sum <"$0") $(emcc --version | sed -n 1p)"
[ "$(cat "$out/stamp" 2>/dev/null)" = "$stamp" ] && exit 0
rm -rf "$out" "$work"
mkdir -p "$out/include" "$out/lib" "$work/apt/lists/partial" "$work/apt/cache/archives/partial" "$work/apt/sources"
cd "$work"

# --- sources -------------------------------------------------------------------------------------------------------------
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  if [ -s "$file" ]; then sed -n 's/^deb /deb-src /p' "$file" >"apt/sources/$(basename "$file" .list).list"; fi
done
for file in /etc/apt/sources.list.d/*.sources; do
  if [ -s "$file" ]; then sed 's/^Types:.*/Types: deb-src/' "$file" >"apt/sources/$(basename "$file")"; fi
done
apt_options=(-q -o "Dir::Etc::SourceList=/dev/null" -o "Dir::Etc::SourceParts=$work/apt/sources"
             -o "Dir::State::Lists=$work/apt/lists" -o "Dir::Cache=$work/apt/cache" -o "APT::Sandbox::User=")
echo "wasm-deps: fetching the sources of zlib, yaml-cpp, fmt, re2, snappy and zstd"
apt-get "${apt_options[@]}" update >apt/update.log 2>&1 || { cat apt/update.log >&2; exit 1; }
apt-get "${apt_options[@]}" source zlib yaml-cpp fmtlib re2 snappy libzstd >apt/source.log 2>&1 || { cat apt/source.log >&2; exit 1; }
zlib=$(echo "$work"/zlib-*/) yaml=$(echo "$work"/yaml-cpp-*/) fmt=$(echo "$work"/fmtlib-*/) re2=$(echo "$work"/re2-*/)
snappy=$(echo "$work"/snappy-*/) zstd=$(echo "$work"/libzstd-*/)

# --- libraries -----------------------------------------------------------------------------------------------------------
# library NAME FLAGS SOURCES...: compiles the sources, as many at a time as there are processors, and archives the objects.
library() {
  local name=$1 options=$2; shift 2
  echo "wasm-deps: $name"
  mkdir -p "$work/objects/$name"
  printf '%s\n' "$@" | OBJECTS=$work/objects/$name OPTIONS="${flags[*]} $options" xargs -P "$(nproc)" -I '{}' sh -c \
    'exec emcc $OPTIONS -c "{}" -o "$OBJECTS/$(basename "{}").o"' >"$work/objects/$name.log" 2>&1 ||
    { cat "$work/objects/$name.log" >&2; exit 1; }
  emar rcs "$out/lib/lib$name.a" "$work/objects/$name"/*.o
}

cd "$zlib"
[ -e zconf.h ] || cp zconf.h.in zconf.h
# Z_TESTW=0: a CRC byte by byte, without the tables for words.
library z "-Oz -finline-functions -DZ_TESTW=0" adler32.c crc32.c deflate.c inflate.c inftrees.c inffast.c trees.c zutil.c
cp zlib.h zconf.h "$out/include/"

cd "$yaml"
library yaml-cpp "-Oz -finline-functions -std=c++17 -Iinclude" src/*.cpp src/contrib/*.cpp
cp -r include/yaml-cpp "$out/include/"

cd "$fmt"
# Without locales, which nothing here formats by, the types and notations of numbers that nothing here formats (snprintf is for {:a}),
# and the texts and stdio of its asserts. Written into the headers, so that all who include them agree.
sed -i 's/define FMT_SNPRINTF snprintf/define FMT_SNPRINTF fmt_without_snprintf/' include/fmt/format.h
cat - include/fmt/core.h >include/fmt/core.new <<'HEADER'
#include <cstddef>
inline int fmt_without_snprintf(char*, std::size_t, const char*, ...) { __builtin_trap(); }
#define FMT_STATIC_THOUSANDS_SEPARATOR ','
#define FMT_USE_FLOAT 0
#define FMT_USE_LONG_DOUBLE 0
#define FMT_ASSERT(condition, message) ((condition) ? (void)0 : __builtin_trap())
HEADER
mv include/fmt/core.new include/fmt/core.h
# With exceptions and type information: sim/conformance throws, and what it throws may be a format_error.
library fmt "-Oz -finline-functions -std=c++20 -Iinclude" src/format.cc
cp -r include/fmt "$out/include/"

# Debian's source of RE2 lacks the tables that its scripts make from the Unicode database, and here they stay empty: RE2 gets
# ranges of code points only, no names of classes and no (?i) (core/relabel/regex_emitter.cpp).
cd "$re2"
cat >re2/no_tables.cc <<'SOURCE'
#include "re2/unicode_casefold.h"
#include "re2/unicode_groups.h"
namespace re2 {
const CaseFold unicode_casefold[] = {{}};
const int num_unicode_casefold = 0;
const CaseFold unicode_tolower[] = {{}};
const int num_unicode_tolower = 0;
const UGroup unicode_groups[] = {{}};
const int num_unicode_groups = 0;
const UGroup perl_groups[] = {{}};
const int num_perl_groups = 0;
const UGroup posix_groups[] = {{}};
const int num_posix_groups = 0;
}
SOURCE
# What it logs, its callers learn from its results too.
cat >util/logging.h <<'HEADER'
#ifndef UTIL_LOGGING_H_
#define UTIL_LOGGING_H_
#include <assert.h>
#include <stdlib.h>
#include "util/util.h"
#define DCHECK(condition) assert(condition)
#define DCHECK_EQ(a, b) assert((a) == (b))
#define DCHECK_NE(a, b) assert((a) != (b))
#define DCHECK_LE(a, b) assert((a) <= (b))
#define DCHECK_LT(a, b) assert((a) < (b))
#define DCHECK_GE(a, b) assert((a) >= (b))
#define DCHECK_GT(a, b) assert((a) > (b))
#define CHECK(condition) if (condition) {} else abort()
#define CHECK_EQ(a, b) CHECK((a) == (b))
#define CHECK_NE(a, b) CHECK((a) != (b))
#define CHECK_LE(a, b) CHECK((a) <= (b))
#define CHECK_LT(a, b) CHECK((a) < (b))
#define CHECK_GE(a, b) CHECK((a) >= (b))
#define CHECK_GT(a, b) CHECK((a) > (b))
struct Silence {
  template <class T>
  const Silence& operator<<(const T&) const { return *this; }
};
struct Forget {
  void operator&(const Silence&) const {}
};
// What would be logged is not made.
#define LOG_IF_NOT(quiet) (quiet) ? (void)0 : Forget() & Silence()
#define LOG_INFO LOG_IF_NOT(true)
#define LOG_WARNING LOG_IF_NOT(true)
#define LOG_ERROR LOG_IF_NOT(true)
#define LOG_DFATAL LOG_IF_NOT(true)
#define LOG_FATAL LOG_IF_NOT((abort(), true))
#define LOG(severity) LOG_##severity
#endif
HEADER
library re2 "$small -DNDEBUG -std=c++17 -I." re2/*.cc util/rune.cc util/strutil.cc
mkdir "$out/include/re2"
cp re2/filtered_re2.h re2/re2.h re2/set.h re2/stringpiece.h "$out/include/re2/"

# Only the conformance runner links the two below. A file that CMake would make gives snappy its version and what the
# platform lacks.
cd "$snappy"
sed -e 's/\${HAVE_SYS_UIO_H_01}/1/' -e 's/\${PROJECT_VERSION_MAJOR}/1/' -e 's/\${PROJECT_VERSION_MINOR}/1/' \
    -e 's/\${PROJECT_VERSION_PATCH}/9/' snappy-stubs-public.h.in >snappy-stubs-public.h
library snappy "-O2 -std=c++17 -DNDEBUG -DHAVE_BUILTIN_EXPECT=1 -DHAVE_BUILTIN_CTZ=1 -I." snappy.cc snappy-sinksource.cc snappy-stubs-internal.cc
cp snappy.h snappy-sinksource.h snappy-stubs-public.h "$out/include/"

cd "$zstd/lib"
library zstd "-O2 -DNDEBUG -DZSTD_LEGACY_SUPPORT=0 -DZSTD_DISABLE_ASM=1" common/*.c decompress/*.c
cp zstd.h "$out/include/"

# Header-only libraries: links to just these, never to the whole of /usr/include, which is another machine's libc.
for header in boost fast_float nlohmann CLI xxhash.h; do ln -s "/usr/include/$header" "$out/include/$header"; done

cd "$repo"
rm -rf "$work"
echo "$stamp" >"$out/stamp"
