// SPDX-License-Identifier: Apache-2.0
#include "sim/run/failure.h"

#include <fmt/format.h>

namespace stalemark::scenario {

std::string FailureText(const Failure& failure) {
  std::string text;
  if (!failure.file.empty() && failure.place.line > 0) {
    text = fmt::format("{}:{}:{}: ", failure.file, failure.place.line, failure.place.column);
  } else if (!failure.file.empty()) {
    text = failure.file + ": ";
  }
  if (!failure.subject.empty()) text += failure.subject + ": ";
  text += failure.message;
  std::string_view rest = failure.detail;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    text += "\n  ";
    text += rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  if (!failure.next.empty()) text += "\n  next: " + failure.next;
  return text;
}

}  // namespace stalemark::scenario
