// SPDX-License-Identifier: Apache-2.0
// Checks IP addresses as Go's net/netip.ParseAddr does, with its error texts. Used for the bracketed hosts of URLs.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/model/result.h"

namespace stalemark {

enum class IpFamily : std::uint8_t { kV4, kV6 };

/// Family of a valid address (a zone is allowed in IPv6), or `ParseAddr("x"): unable to parse IP` and the like.
Result<IpFamily> CheckIpAddress(std::string_view text);

}  // namespace stalemark
