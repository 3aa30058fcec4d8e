// SPDX-License-Identifier: Apache-2.0
// The native side of module.mjs: plays a bundle through wasm::Session, the code that the WebAssembly module exports.
//
//   stalemark_session_bench REQUEST FROM_NS TO_NS
//
// REQUEST is a file with the request of `create`. Prints the milliseconds of CPU from one instant of the run to the
// other, so that loading and the first scrapes do not count.
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

#include "wasm/session.h"

namespace {

std::string UpTo(const char* nanoseconds) {
  return std::string(R"({"at_ns":")") + nanoseconds + "\"}";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: stalemark_session_bench REQUEST FROM_NS TO_NS\n", stderr);
    return 2;
  }
  std::ifstream file(argv[1]);
  std::stringstream request;
  request << file.rdbuf();
  stalemark::wasm::Session session;
  const auto created = session.Create(request.str());
  const auto warm = session.RunTo(UpTo(argv[2]));
  if (!created.ok() || !warm.ok()) {
    std::fprintf(stderr, "%s\n", (created.ok() ? warm : created).error().message.c_str());
    return 1;
  }
  const std::clock_t begin = std::clock();
  const auto done = session.RunTo(UpTo(argv[3]));
  const std::clock_t end = std::clock();
  if (!done.ok()) return 1;
  std::printf("%.3f\n", 1000.0 * static_cast<double>(end - begin) / CLOCKS_PER_SEC);
  return 0;
}
