// SPDX-License-Identifier: Apache-2.0
// What a status code is called where no status line says it: an exporter of a simulation, HTTP/2, a proxy's answer.
// Mirrors http.StatusText (net/http/status.go). Pure.
#pragma once

#include <string_view>

namespace stalemark {

/// `Not Found`; empty for unknown codes.
std::string_view ReasonPhrase(int status);

}  // namespace stalemark
