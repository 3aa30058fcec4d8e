// SPDX-License-Identifier: Apache-2.0
// Where two traces part: the first event that is not the same in both, for people. Pure.
#pragma once

#include <string>
#include <string_view>

namespace stalemark::scenario {

/// Requires: they differ. Three lines: the number of the event, one's, the other's; of damaged traces their error.
std::string TraceDifference(std::string_view one, std::string_view other);

}  // namespace stalemark::scenario
