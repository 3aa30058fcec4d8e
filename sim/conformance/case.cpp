// SPDX-License-Identifier: Apache-2.0
#include "sim/conformance/case.h"

#include <utility>

#include <fmt/format.h>

#include "core/text/base64.h"
#include "core/text/go_quote.h"

namespace stalemark::conformance {

CaseOutcome Failed(std::string difference) {
  CaseOutcome outcome;
  outcome.difference = std::move(difference);
  return outcome;
}

CaseOutcome CompareText(std::string_view what, std::string_view expected, std::string_view actual) {
  CaseOutcome outcome;
  outcome.produced = actual;
  outcome.passed = expected == actual;
  if (!outcome.passed) {
    outcome.difference = fmt::format("{}: expected {}, got {}", what, text::GoQuote(expected), text::GoQuote(actual));
  }
  return outcome;
}

std::string TextOf(const Json& object, const std::string& key) {
  if (const auto encoded = object.find(key + "_b64"); encoded != object.end()) {
    return DecodeBase64(encoded->get_ref<const std::string&>());
  }
  if (const auto plain = object.find(key); plain != object.end() && plain->is_string()) return *plain;
  return {};
}

bool HasText(const Json& object, const std::string& key) {
  return object.contains(key) || object.contains(key + "_b64");
}

std::string DecodeBase64(std::string_view text) {
  return text::DecodeBase64(text).value_or(std::string());
}

std::string Hex16(std::uint64_t bits) {
  return fmt::format("{:016x}", bits);
}

std::uint64_t ParseHex16(std::string_view text) {
  std::uint64_t bits = 0;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return 0;
    bits = bits << 4 | static_cast<std::uint64_t>(digit);
  }
  return bits;
}

}  // namespace stalemark::conformance
