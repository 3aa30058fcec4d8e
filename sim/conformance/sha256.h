// SPDX-License-Identifier: Apache-2.0
// SHA-256, by which cases name bytes that are too long to write out.
#pragma once

#include <string>
#include <string_view>

namespace stalemark::conformance {

/// 64 lower-case hex digits.
std::string Sha256Hex(std::string_view bytes);

}  // namespace stalemark::conformance
