// SPDX-License-Identifier: Apache-2.0
#include "live/http/oauth2_token.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/http/request_headers.h"
#include "core/http/url.h"
#include "core/text/ascii.h"
#include "core/text/base64.h"
#include "core/text/go_quote.h"
#include "core/text/query_escape.h"

namespace stalemark {
namespace {

/// What an answer may say, whatever its format.
struct Answer {
  std::string token, type, error, description, uri;
  std::int64_t expires_in_s = 0;
};

/// Some endpoints answer with a query string.
Answer ReadForm(std::string_view body) {
  std::map<std::string, std::string> values;
  while (!body.empty()) {
    const std::string_view pair = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(pair.size() + 1, body.size()));
    const std::size_t sign = std::min(pair.find('='), pair.size());
    values.emplace(text::QueryUnescape(pair.substr(0, sign)),
                   text::QueryUnescape(sign < pair.size() ? pair.substr(sign + 1) : std::string_view()));
  }
  Answer answer{values["access_token"],      values["token_type"], values["error"],
                values["error_description"], values["error_uri"],  0};
  const std::string& seconds = values["expires_in"];
  if (!seconds.empty() && seconds.size() < 10 && seconds.find_first_not_of("0123456789") == std::string::npos) {
    answer.expires_in_s = std::stoll(seconds);
  }
  return answer;
}

/// Fails with what is wrong.
Result<Answer> ReadJson(std::string_view body) {
  const nlohmann::json json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object()) return Error{"the answer is no JSON object"};
  Answer answer;
  const std::pair<const char*, std::string&> texts[] = {{"access_token", answer.token},
                                                        {"token_type", answer.type},
                                                        {"error", answer.error},
                                                        {"error_description", answer.description},
                                                        {"error_uri", answer.uri}};
  for (const auto& [name, text] : texts) {
    const auto found = json.find(name);
    if (found == json.end() || found->is_null()) continue;
    if (!found->is_string()) return Error{fmt::format("{} is no string", name)};
    text = found->get<std::string>();
  }
  const auto expires = json.find("expires_in");
  if (expires == json.end() || expires->is_null()) return answer;
  // At least one provider answers a string.
  const nlohmann::json number =
      expires->is_string() ? nlohmann::json::parse(expires->get<std::string>(), nullptr, false) : *expires;
  if (!number.is_number_integer()) return Error{"expires_in is no whole number"};
  answer.expires_in_s = std::min<std::int64_t>(number.get<std::int64_t>(), std::numeric_limits<std::int32_t>::max());
  return answer;
}

/// Token.Type of upstream.
std::string TypeText(const std::string& type) {
  const std::string lower = ascii::ToLower(type);
  if (lower.empty() || lower == "bearer") return "Bearer";
  if (lower == "mac") return "MAC";
  return lower == "basic" ? "Basic" : type;
}

std::string MediaType(const ResponseHead& head) {
  std::string type(HeaderValue(head.headers, "Content-Type"));
  type.resize(std::min(type.find(';'), type.size()));
  type.erase(std::remove(type.begin(), type.end(), ' '), type.end());
  return ascii::ToLower(std::move(type));
}

}  // namespace

Result<std::unique_ptr<TokenRequest>> NewTokenRequest(const OAuth2& config, OAuth2Style style) {
  const Result<Url> url = ParseRequestUrl(config.token_url);
  if (!url) return url.error();
  // By name, as url.Values are encoded.
  std::map<std::string, std::string> values = {{"grant_type", "client_credentials"}};
  if (!config.scopes.empty()) values["scope"] = fmt::format("{}", fmt::join(config.scopes, " "));
  for (const auto& [name, value] : config.endpoint_params) {
    if (values.count(name) != 0 && name != "grant_type") {
      return Error{"oauth2: cannot overwrite parameter " + text::GoQuote(name)};
    }
    values[name] = value;
  }
  if (style == OAuth2Style::kBody) {
    if (!config.client_id.empty()) values["client_id"] = config.client_id;
    if (!config.client_secret.empty()) values["client_secret"] = config.client_secret;
  }
  auto asked = std::make_unique<TokenRequest>();
  asked->request = HopTo(*url);
  asked->request.method = "POST";
  for (const auto& [name, value] : values) {
    asked->body +=
        fmt::format("{}{}={}", asked->body.empty() ? "" : "&", text::QueryEscape(name), text::QueryEscape(value));
  }
  asked->request.body = asked->body;
  if (style == OAuth2Style::kHeader) {
    const std::string who = text::QueryEscape(config.client_id) + ":" + text::QueryEscape(config.client_secret);
    asked->request.headers.push_back({"Authorization", "Basic " + text::EncodeBase64(who)});
  }
  asked->request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
  return asked;
}

Result<OAuth2Token> ReadToken(const ResponseHead& head, std::string_view body) {
  const bool failed = head.status < 200 || head.status > 299;
  const Error refused{fmt::format("oauth2: cannot fetch token: {}\nResponse: {}", head.status_text, body)};
  const std::string type = MediaType(head);
  Answer answer;
  if (type == "application/x-www-form-urlencoded" || type == "text/plain") {
    answer = ReadForm(body);
  } else {
    Result<Answer> read = ReadJson(body);
    if (!read) return failed ? refused : Error{"oauth2: cannot parse json: " + read.error().message};
    answer = std::move(*read);
  }
  if (!answer.error.empty()) {
    std::string message = "oauth2: " + text::GoQuote(answer.error);
    for (const std::string* part : {&answer.description, &answer.uri}) {
      if (!part->empty()) message += " " + text::GoQuote(*part);
    }
    return Error{message};
  }
  if (failed) return refused;
  if (answer.token.empty()) return Error{"oauth2: server response missing access_token"};
  return OAuth2Token{TypeText(answer.type) + " " + answer.token, answer.expires_in_s};
}

}  // namespace stalemark
