// SPDX-License-Identifier: Apache-2.0
// Where a renderer's text goes, piece by piece: the text of a long run need not be in memory as a whole.
#pragma once

#include <functional>
#include <string_view>

namespace stalemark::report {

using TextSink = std::function<void(std::string_view piece)>;

}  // namespace stalemark::report
