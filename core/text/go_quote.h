// SPDX-License-Identifier: Apache-2.0
// Go's double-quoted form of a text (strconv.Quote, fmt's %q), which upstream's error texts and label texts use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stalemark::text {

/// strconv.Quote.
std::string GoQuote(std::string_view text);
/// strconv.IsPrint.
bool IsPrintable(std::uint32_t rune);

}  // namespace stalemark::text
