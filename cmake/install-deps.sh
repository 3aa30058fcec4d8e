#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing of the packages that a build needs: install-deps.sh native | bench | test
#   native  what `make run` needs: g++, CMake, Ninja and the libraries of docs/DEPENDENCIES.md
#   bench   also Google Benchmark
#   test    also clang with its tools, Emscripten, Node, two browsers and what wasm/build-deps.sh needs
# Debian 12 is tested; other distributions with apt and these package names work too. Elsewhere nothing is installed:
# the script names what it does not find. Returns at once when nothing is missing. Uses sudo when not root.
set -euo pipefail

native=(g++ cmake ninja-build libyaml-cpp-dev zlib1g-dev libre2-dev libfmt-dev libfast-float-dev
        nlohmann-json3-dev libxxhash-dev libcli11-dev libcpp-httplib-dev libcurl4-openssl-dev libssl-dev libsnappy-dev libzstd-dev)
bench=(libbenchmark-dev)
tests=(clang clang-format clang-tidy libclang-rt-dev python3 python3-yaml python3-jsonschema git dpkg-dev emscripten
       python3-venv chromium firefox-esr fonts-dejavu-core prometheus prometheus-node-exporter prometheus-blackbox-exporter
       prometheus-pushgateway prometheus-process-exporter victoria-metrics nginx-light openssl)
# Programs and headers by which the same is known without a package manager.
native_files=(g++ cmake ninja boost/unordered/unordered_flat_map.hpp yaml-cpp/yaml.h zlib.h re2/re2.h fmt/format.h
              fast_float/fast_float.h nlohmann/json.hpp xxhash.h CLI/CLI.hpp httplib.h curl/curl.h openssl/ssl.h snappy.h zstd.h)
bench_files=(benchmark/benchmark.h)
tests_files=(clang++ clang-format clang-tidy python3 git em++ node chromium firefox-esr prometheus prometheus-node-exporter
             prometheus-blackbox-exporter prometheus-pushgateway prometheus-process-exporter victoria-metrics nginx openssl)

case ${1:-} in
  native) packages=("${native[@]}") files=("${native_files[@]}") ;;
  bench) packages=("${native[@]}" "${bench[@]}") files=("${native_files[@]}" "${bench_files[@]}") ;;
  test) packages=("${native[@]}" "${tests[@]}") files=("${native_files[@]}" "${tests_files[@]}") ;;
  *) sed -n '3,8s/^# //p' "$0" >&2; exit 2 ;;
esac

# Without apt: look for programs on the path, and for headers with the compiler.
if ! command -v apt-get >/dev/null; then
  missing=()
  for file in "${files[@]}"; do
    case $file in
      *.h | *.hpp) echo "#include <$file>" | c++ -std=c++20 -E -x c++ - >/dev/null 2>&1 || missing+=("$file") ;;
      *) command -v "$file" >/dev/null || missing+=("$file") ;;
    esac
  done
  [ ${#missing[@]} -eq 0 ] && exit 0
  echo "No apt here. Please install what provides: ${missing[*]}" >&2
  exit 1
fi

absent() {  # absent PACKAGE...: those that are not installed
  local known
  known=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' "$@" 2>/dev/null || true) "
  for package in "$@"; do case $known in *" installed:$package "*) ;; *) echo "$package" ;; esac; done
}
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; return; fi
  if ! command -v sudo >/dev/null; then echo "Please run as root: $*" >&2; exit 1; fi
  sudo "$@"
}

# Boost 1.81 or later; the unversioned package of Debian 12 is older.
boost=$(dpkg-query -W -f '${db:Status-Status}:${Package}\n' 'libboost1.*-dev' 2>/dev/null |
  sed -n 's/^installed:\(libboost1\.\(8[1-9]\|9[0-9]\)-dev\)$/\1/p' | head -n 1 || true)
missing=($(absent "${packages[@]}"))
[ ${#missing[@]} -eq 0 ] && [ -n "$boost" ] && exit 0

echo "Installing: ${missing[*]} ${boost:-Boost}"
as_root apt-get -q -o Acquire::Retries=3 update >/dev/null
if [ -z "$boost" ]; then
  boost=$(apt-cache --names-only search '^libboost1\.(8[1-9]|9[0-9])-dev$' | cut -d ' ' -f 1 | sort -V | head -n 1)
  [ -n "$boost" ] || { echo "This distribution has no Boost 1.81 or later." >&2; exit 1; }
fi
for package in "${missing[@]}"; do
  apt-cache show "$package" >/dev/null 2>&1 || { echo "This distribution has no package $package." >&2; exit 1; }
done
log=$(mktemp)
as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 install --no-install-recommends \
  "${missing[@]}" "$boost" </dev/null >"$log" 2>&1 || { tail -n 20 "$log" >&2; rm -f "$log"; exit 1; }
rm -f "$log"
