// SPDX-License-Identifier: Apache-2.0
// From a URL (core/model/url.h) to the first hop of a request.
#pragma once

#include "core/model/url.h"
#include "core/seams/transport.h"

namespace stalemark {

/// The hop that a GET of `url` starts with, without headers. Its address has the scheme's default port (80, https: 443)
/// where the URL has none. That scheme and host are usable is for the caller to check.
HopRequest HopTo(const Url& url);

}  // namespace stalemark
