// SPDX-License-Identifier: Apache-2.0
// Case mapping and case folding as Go 1.26's unicode and strings packages do
// them (Unicode 15): one code point to one code point, no context, no locale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stalemark::text {

/// unicode.ToLower and unicode.ToUpper; a code point without such a form maps
/// to itself.
std::uint32_t ToLower(std::uint32_t rune);
std::uint32_t ToUpper(std::uint32_t rune);
/// unicode.SimpleFold: the next larger code point that folds to the same, else
/// the smallest one. Repeated, it visits all of them and comes back.
std::uint32_t SimpleFold(std::uint32_t rune);

/// strings.ToLower and strings.ToUpper: each invalid byte becomes U+FFFD
/// (REL-22).
std::string ToLower(std::string_view text);
std::string ToUpper(std::string_view text);

}  // namespace stalemark::text
