// SPDX-License-Identifier: Apache-2.0
#include "core/config/kept_block.h"

#include <algorithm>
#include <array>

#include "core/config/object_writer.h"

namespace stalemark {
namespace {

/// Whatever stands below these is secret.
constexpr std::array<std::string_view, 20> kSecretKeys = {
    "application_credential_secret",
    "application_secret",
    "auth_token",
    "bearer_token",
    "client_certificate_key",
    "client_secret",
    "consumer_key",
    "credentials",
    "key",
    "key_passphrase",
    "password",
    "private_key",
    "proxy_connect_header",
    "proxy_url",
    "secret",
    "secret_key",
    "secret_token",
    "secrets",
    "service_account_key",
    "token",
};

bool IsSecretKey(std::string_view quoted) {
  const std::string_view name = quoted.substr(1, quoted.size() - 2);
  return std::find(kSecretKeys.begin(), kSecretKeys.end(), name) != kSecretKeys.end();
}

bool IsStructure(char c) {
  return c == '{' || c == '}' || c == '[' || c == ']' || c == ',' || c == ':';
}

/// One token of canonical JSON: a string with its quotes, another scalar, or a character of the structure.
std::string_view Token(std::string_view json) {
  if (json[0] != '"') {
    if (IsStructure(json[0])) return json.substr(0, 1);
    return json.substr(0, std::find_if(json.begin(), json.end(), IsStructure) - json.begin());
  }
  std::size_t end = 1;
  while (json[end] != '"') end += json[end] == '\\' ? 2 : 1;
  return json.substr(0, end + 1);
}

}  // namespace

void AppendWithoutSecrets(std::string& out, std::string_view json) {
  std::size_t depth = 0;
  /// Depth of the key whose value is secret; 0: none.
  std::size_t secret_depth = 0;
  while (!json.empty()) {
    const std::string_view token = Token(json);
    json.remove_prefix(token.size());
    const char c = token[0];
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    // A value ends at the comma behind it, or with what it is in.
    if (depth < secret_depth || (c == ',' && depth == secret_depth)) secret_depth = 0;
    const bool is_key = c == '"' && !json.empty() && json[0] == ':';
    if (is_key && secret_depth == 0 && IsSecretKey(token)) {
      secret_depth = depth;
      out += token;
    } else if (secret_depth == 0 || is_key || IsStructure(c) || token == "\"\"" || token == "null") {
      out += token;
    } else {
      AppendJsonString(out, kSecretText);
    }
  }
}

}  // namespace stalemark
