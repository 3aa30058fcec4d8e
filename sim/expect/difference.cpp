// SPDX-License-Identifier: Apache-2.0
#include "sim/expect/difference.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace stalemark::scenario {
namespace {

bool IsHistogramText(std::string_view text) {
  return text.size() >= 4 && text.substr(0, 2) == "{{" && text.substr(text.size() - 2) == "}}";
}

/// `schema:1`, `buckets:[1 2]`, ...
std::vector<std::string_view> PartsOf(std::string_view text) {
  std::vector<std::string_view> parts;
  text = text.substr(2, text.size() - 4);
  std::size_t begin = 0;
  bool in_list = false;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '[') in_list = true;
    if (i < text.size() && text[i] == ']') in_list = false;
    if (i < text.size() && (text[i] != ' ' || in_list)) continue;
    if (i > begin) parts.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  return parts;
}

std::string Without(const std::vector<std::string_view>& parts, const std::vector<std::string_view>& others) {
  std::string out;
  for (const std::string_view part : parts) {
    if (std::find(others.begin(), others.end(), part) == others.end()) out += " " + std::string(part);
  }
  return "{{.." + out + "}}";
}

}  // namespace

void ShortenHistograms(Difference* difference) {
  if (!IsHistogramText(difference->expected) || !IsHistogramText(difference->stored)) return;
  const std::string expected = difference->expected;
  const std::string stored = difference->stored;
  const std::vector<std::string_view> expected_parts = PartsOf(expected);
  const std::vector<std::string_view> stored_parts = PartsOf(stored);
  const bool share = std::any_of(expected_parts.begin(), expected_parts.end(), [&](std::string_view part) {
    return std::find(stored_parts.begin(), stored_parts.end(), part) != stored_parts.end();
  });
  // The same text for different histograms: a number that is written alike.
  if (!share || expected == stored) return;
  difference->expected = Without(expected_parts, stored_parts);
  difference->stored = Without(stored_parts, expected_parts);
}

}  // namespace stalemark::scenario
