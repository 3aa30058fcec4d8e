// SPDX-License-Identifier: Apache-2.0
// What a configuration may ask for and this process cannot do, where going on without it would send requests that are
// not signed: `sigv4`, `azuread` and `google_iam` of remote_write, and the JWT grant of `oauth2`. A configuration with
// it is refused as a whole.
#pragma once

#include <string>
#include <string_view>

#include "core/model/result.h"

namespace stalemark {

/// Of the text of a file: `prometheus.yml:7:3: found "sigv4", expected ...`. A text that is no YAML passes.
Status CheckSupported(std::string_view text, const std::string& file);

}  // namespace stalemark
