// SPDX-License-Identifier: Apache-2.0
// Dumping blocks that are kept without being understood: discovery mechanisms that are not implemented here. They are
// written as they were read, without upstream's defaults, and with secrets hidden: upstream knows secrets by their Go
// type, this by the names that such settings have in discovery/ and in the HTTP client's block. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace stalemark {

/// Appends `json`, as Decoder::Any writes it, with `<secret>` in place of each secret that is not empty.
void AppendWithoutSecrets(std::string& out, std::string_view json);

}  // namespace stalemark
