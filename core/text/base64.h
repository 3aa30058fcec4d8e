// SPDX-License-Identifier: Apache-2.0
// Base64 with the standard alphabet and padding (RFC 4648, section 4), as Go's base64.StdEncoding reads and writes it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stalemark::text {

std::string EncodeBase64(std::string_view bytes);
/// Newlines are skipped; anything else that is not base64: absent.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace stalemark::text
