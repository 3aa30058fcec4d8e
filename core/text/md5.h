// SPDX-License-Identifier: Apache-2.0
// MD5 (RFC 1321), which the hashmod action is defined by (REL-10). Our own
// because none of the libraries we depend on offers it, and a TLS library is
// too much for it. Not for anything that needs a secure hash.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace stalemark::text {

std::array<std::uint8_t, 16> Md5(std::string_view text);

}  // namespace stalemark::text
