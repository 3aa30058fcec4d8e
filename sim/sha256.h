// SPDX-License-Identifier: Apache-2.0
// SHA-256: cases name bytes by it that are too long to write out, capsules the files of their bodies. Pure function.
#pragma once

#include <string>
#include <string_view>

namespace stalemark {

/// 64 lower-case hex digits.
std::string Sha256Hex(std::string_view bytes);

}  // namespace stalemark
