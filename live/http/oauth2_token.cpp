// SPDX-License-Identifier: Apache-2.0
#include "live/http/oauth2_token.h"

#include <algorithm>
#include <limits>
#include <map>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/http/redirect.h"
#include "core/text/ascii.h"
#include "core/text/base64.h"
#include "core/text/go_quote.h"
#include "core/text/query_escape.h"

namespace stalemark {
namespace {

/// Secrets and certificates are inline.
class NoFiles final : public Files {
 public:
  Result<std::string> Read(std::string_view path) const override { return Error{std::string(path)}; }
  std::vector<std::string> Glob(std::string_view) const override { return {}; }
};

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

Result<TokenRequest> TokenRequest::Make(const OAuth2& config, OAuth2Style style, std::string user_agent) {
  Result<Url> url = ParseRequestUrl(config.token_url);
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
  TokenRequest asked(config, std::move(*url));
  asked.user_agent_ = std::move(user_agent);
  if (style == OAuth2Style::kBody) {
    if (!config.client_id.empty()) values["client_id"] = config.client_id;
    if (!config.client_secret.empty()) values["client_secret"] = config.client_secret;
  } else {
    const std::string who = text::QueryEscape(config.client_id) + ":" + text::QueryEscape(config.client_secret);
    asked.authorization_ = "Basic " + text::EncodeBase64(who);
  }
  for (const auto& [name, value] : values) {
    asked.form_ +=
        fmt::format("{}{}={}", asked.form_.empty() ? "" : "&", text::QueryEscape(name), text::QueryEscape(value));
  }
  return asked;
}

Result<HopRequest> TokenRequest::Hop() const {
  std::vector<HttpHeader> headers = {{"User-Agent", user_agent_}};
  if (!without_form_) headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
  Url url = url_;
  if (!authorization_.empty() && !origin_.crossed_hosts) {
    headers.push_back({"Authorization", authorization_});
    // It goes before what the URL says of the user.
    url.user.reset();
  }
  HopRequest request;
  if (Status built = BuildHop(client_, NoFiles(), headers, url, origin_, &request); !built) {
    return PostError(built.error().message);
  }
  request.method = without_form_ ? "GET" : "POST";
  if (!without_form_) request.body = form_;
  return request;
}

Result<bool> TokenRequest::Follow(const ResponseHead& head) {
  const std::string_view location = HeaderValue(head.headers, "Location");
  if (!IsRedirect(head.status) || location.empty()) return false;
  Result<Url> next = Url::Resolve(url_, location);
  if (!next) {
    return PostError(
        fmt::format("failed to parse Location header {}: {}", text::GoQuote(location), next.error().message));
  }
  if (hop_ == kHopsMax) {
    return Error{fmt::format("Post {}: stopped after {} redirects", text::GoQuote(location), kHopsMax)};
  }
  ++hop_;
  origin_.referer = RefererFor(url_, *next);
  if (!IsDomainOrSubdomain(next->Hostname(), first_.Hostname())) origin_.crossed_hosts = true;
  if (!KeepsMethod(head.status)) without_form_ = true;
  url_ = std::move(*next);
  return true;
}

Error TokenRequest::PostError(std::string_view cause) const {
  return Error{fmt::format("Post {}: {}", text::GoQuote(url_.StringWithoutPassword()), cause)};
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
