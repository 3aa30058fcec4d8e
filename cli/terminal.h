// SPDX-License-Identifier: Apache-2.0
// Terminal: what the commands print to. Colours only when standard output is a terminal and NO_COLOR is not set.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stalemark::cli {

enum class Colour : std::uint8_t { kNone, kGreen, kRed, kCyan };

class Terminal {
 public:
  /// Looks at standard output and the environment.
  Terminal();
  /// Writes a line to standard output.
  void Line(std::string_view text, Colour colour = Colour::kNone) const;
  /// Writes to standard output what has its own newlines.
  void Text(std::string_view text) const;
  /// The text with the colour's codes, where colours are wanted.
  std::string Painted(std::string_view text, Colour colour) const;
  /// Writes out what standard output still holds. False, and standard error says so: not all of the output arrived.
  static bool Flush();
  /// Writes a line to standard error.
  static void Complain(std::string_view text);

 private:
  bool colours_ = false;
};

}  // namespace stalemark::cli
