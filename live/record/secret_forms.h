// SPDX-License-Identifier: Apache-2.0
// SecretForms: how a secret stands in other texts: as it is, escaped as in queries, paths and userinfo of URLs, in
// JSON, in HTML, in base64 of both alphabets.
//
// Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stalemark {

/// All of them, each once, the secret itself first.
std::vector<std::string> SecretForms(std::string_view secret);

/// As in the userinfo of a URL: a blank is `%20`.
std::string UserinfoEscape(std::string_view text);

}  // namespace stalemark
