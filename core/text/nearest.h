// SPDX-License-Identifier: Apache-2.0
// The known word that an unknown one was most likely meant to be, for error texts.
//
// Pure functions; time is bounded: long words have no neighbours.
#pragma once

#include <string_view>
#include <vector>

namespace stalemark::text {

/// Empty when none is close. Of equally close words the first.
std::string_view NearestWord(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace stalemark::text
