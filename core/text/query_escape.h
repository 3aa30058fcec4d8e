// SPDX-License-Identifier: Apache-2.0
// Text in the query of a URL and in forms: `a b&c` is `a+b%26c`. Mirrors QueryEscape of net/url.
//
// Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace stalemark::text {

enum class Plus : unsigned char { kIsSpace, kIsPlus };

std::string QueryEscape(std::string_view text);
/// What is no valid escape stays as it is, where upstream refuses the whole. In paths a plus is a plus.
std::string QueryUnescape(std::string_view text, Plus plus = Plus::kIsSpace);

}  // namespace stalemark::text
