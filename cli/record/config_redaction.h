// SPDX-License-Identifier: Apache-2.0
// A prometheus.yml (or a file it includes) without its secrets, every other byte as it was but for comments, which may
// hold anything and go. What is secret: values of keys that are named so (`password`, `credentials`, `__param_token`),
// `secrets` of http_headers and all values of headers such as Cookie, proxy_connect_header, the key of tls_config, and
// in any other value what the redactor finds (passwords in URLs, patterns).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/model/result.h"
#include "live/record/redactor.h"

namespace stalemark::cli {

/// A text that is no YAML comes back as it is: nobody will load it. The error: a value whose bytes cannot be found.
Result<std::string> RedactConfig(std::string_view text, Redactor& redactor);

/// Of these variables those that the external labels of a configuration name.
std::map<std::string, std::string> UsedEnvironment(std::string_view text,
                                                   const std::map<std::string, std::string>& environment);

}  // namespace stalemark::cli
