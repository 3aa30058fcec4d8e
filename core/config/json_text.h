// SPDX-License-Identifier: Apache-2.0
// Writing JSON text, for the dump of a configuration and for values that are kept without being understood.
#pragma once

#include <string>
#include <string_view>

namespace stalemark {

/// Appends a JSON string; invalid UTF-8 becomes U+FFFD.
void AppendJsonString(std::string& out, std::string_view text);
/// Appends a JSON number, or the texts `+Inf`, `-Inf`, `NaN` in quotes.
void AppendJsonFloat(std::string& out, double value);

}  // namespace stalemark
