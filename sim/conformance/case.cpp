// SPDX-License-Identifier: Apache-2.0
#include "sim/conformance/case.h"

#include <fmt/format.h>

#include "core/text/go_quote.h"

namespace stalemark::conformance {
namespace {

/// Value of a base64 digit, or -1.
int Base64Digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

}  // namespace

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
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int digit = Base64Digit(c);
    if (digit < 0) break;  // padding
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<char>(bits >> count & 0xFF));
  }
  return out;
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
