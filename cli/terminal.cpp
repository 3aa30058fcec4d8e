// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

namespace stalemark::cli {

Terminal::Terminal() {
#ifndef __EMSCRIPTEN__  // whose isatty always says yes
  const char* no_color = std::getenv("NO_COLOR");
  colours_ = isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
#endif
}

std::string Terminal::Painted(std::string_view text, Colour colour) const {
  if (!colours_ || colour == Colour::kNone) return std::string(text);
  const int code = colour == Colour::kGreen ? 32 : colour == Colour::kRed ? 31 : 36;
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

void Terminal::Line(std::string_view text, Colour colour) const {
  fmt::print("{}\n", Painted(text, colour));
}

void Terminal::Text(std::string_view text) const {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

bool Terminal::Flush() {
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (!written) Complain("stalemark: cannot write all of standard output");
  return written;
}

void Terminal::Complain(std::string_view text) {
  fmt::print(stderr, "{}\n", text);
}

}  // namespace stalemark::cli
