// SPDX-License-Identifier: Apache-2.0
// What a failed assert of the module calls: libc's message, without the printf behind libc's, which is 1 % of the
// module.
#if defined(__EMSCRIPTEN__)
#include <cassert>
#include <cstdlib>
#include <string_view>

#include <unistd.h>

namespace {

void Complain(std::string_view text) {
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

extern "C" void __assert_fail(const char* expression, const char* file, int line, const char* function) {
  char digits[10];
  char* const end = digits + sizeof digits;
  char* first = end;
  for (; line > 0 && first > digits; line /= 10) *--first = static_cast<char>('0' + line % 10);
  const std::string_view number(first, static_cast<std::size_t>(end - first));
  for (const std::string_view part :
       {std::string_view("Assertion failed: "), std::string_view(expression), std::string_view(" ("),
        std::string_view(file), std::string_view(": "), std::string_view(function), std::string_view(": "), number,
        std::string_view(")\n")}) {
    Complain(part);
  }
  std::abort();
}
#endif
