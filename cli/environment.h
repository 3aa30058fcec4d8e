// SPDX-License-Identifier: Apache-2.0
// The environment variables of this process, for external_labels.
#pragma once

#include <map>
#include <string>

namespace stalemark::cli {

std::map<std::string, std::string> Environment();

}  // namespace stalemark::cli
