// SPDX-License-Identifier: Apache-2.0
#include "live/record/redactor.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <re2/re2.h>

#include "core/http/gzip.h"
#include "core/http/request_headers.h"
#include "core/text/ascii.h"
#include "core/text/base64.h"
#include "core/text/query_escape.h"

namespace stalemark {
namespace {

constexpr std::string_view kPrefix = "redacted-secret-";
constexpr std::uint64_t kUnpackedMax = std::uint64_t{1} << 30;

/// Passwords in front of a host, values of parameters that are named like secrets, tokens that a server of OAuth2 gives
/// as JSON. Group 1 is the secret.
constexpr std::size_t kParameterPattern = 1;
constexpr const char* kUrlPatterns[] = {
    R"re(://[^/\s:@"'\\]*:([^/\s@"'\\]+)@)re",
    R"re((?i)[?&][a-z0-9_.-]*(?:password|passwd|secret|token|api_?key|access_?key|credential|signature)=([^&\s"'#\\]+))re",
    R"re("(?:access|refresh|id)_token"\s*:\s*"([^"\\]+)")re",
};

constexpr std::string_view kSecretWords[] = {"password",  "passwd",     "secret",     "token",    "apikey",
                                             "accesskey", "privatekey", "credential", "signature"};
/// What is named like a secret and is none.
constexpr std::string_view kHarmlessEnds[] = {"file", "files", "url", "ref", "type", "keyid"};

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// Small letters, without what separates words.
std::string Bare(std::string_view name) {
  std::string bare;
  for (const char c : name) {
    if (c != '_' && c != '-' && c != '.') bare.push_back(ascii::ToLower(c));
  }
  return bare;
}

bool IsPlaceholder(std::string_view text) {
  return text.substr(0, kPrefix.size()) == kPrefix;
}

void ReplaceAll(std::string* text, std::string_view from, std::string_view to) {
  for (std::size_t at = text->find(from); at != std::string::npos; at = text->find(from, at + to.size())) {
    text->replace(at, from.size(), to);
  }
}

std::string JsonEscaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

}  // namespace

bool IsSecretName(std::string_view name) {
  const std::string bare = Bare(name);
  for (const std::string_view end : kHarmlessEnds) {
    if (EndsWith(bare, end)) return false;
  }
  return std::any_of(std::begin(kSecretWords), std::end(kSecretWords),
                     [&](std::string_view word) { return bare.find(word) != std::string::npos; });
}

bool IsSecretHeader(std::string_view name) {
  const std::string bare = Bare(name);
  constexpr std::string_view kNames[] = {"authorization", "cookie", "authenticate", "authinfo", "session"};
  return IsSecretName(name) || std::any_of(std::begin(kNames), std::end(kNames),
                                           [&](std::string_view word) { return bare.find(word) != std::string::npos; });
}

bool IsDistinct(std::string_view secret) {
  const bool has_letter = std::any_of(secret.begin(), secret.end(), ascii::IsLetter);
  const bool has_other =
      std::any_of(secret.begin(), secret.end(), [](char c) { return !ascii::IsLetter(c) && c != '_'; });
  return secret.size() >= 16 || (secret.size() >= 6 && has_letter && has_other);
}

Redactor::Redactor(bool enabled) : enabled_(enabled) {}

Redactor::~Redactor() = default;

Result<std::unique_ptr<Redactor>> Redactor::Make(const RedactorOptions& options) {
  std::unique_ptr<Redactor> redactor(new Redactor(options.enabled));
  std::vector<std::string> patterns(std::begin(kUrlPatterns), std::end(kUrlPatterns));
  patterns.insert(patterns.end(), options.patterns.begin(), options.patterns.end());
  for (const std::string& pattern : patterns) {
    RE2::Options quiet;
    quiet.set_log_errors(false);
    auto compiled = std::make_unique<RE2>(pattern, quiet);
    if (!compiled->ok()) return Error{fmt::format("{}: {}", pattern, compiled->error())};
    redactor->patterns_.push_back(std::move(compiled));
  }
  return redactor;
}

std::string Redactor::Hide(std::string_view secret) {
  if (!enabled_ || secret.empty() || IsPlaceholder(secret)) return std::string(secret);
  if (const auto known = secrets_.find(secret); known != secrets_.end()) return known->second;
  std::string placeholder = fmt::format("{}{:04}", kPrefix, secrets_.size() + 1);
  secrets_.emplace(secret, placeholder);
  values_.emplace(placeholder, secret);
  if (!IsDistinct(secret)) ++plain_;
  AddForms(secret, placeholder);
  return placeholder;
}

void Redactor::Watch(std::string_view secret) {
  if (enabled_) AddForms(secret, {});
}

void Redactor::AddForms(std::string_view secret, const std::string& placeholder) {
  if (!IsDistinct(secret)) return;
  for (std::string form :
       {std::string(secret), text::QueryEscape(secret), JsonEscaped(secret), text::EncodeBase64(secret)}) {
    const auto is_known = [&](const Form& known) { return known.text == form; };
    if (std::none_of(forms_.begin(), forms_.end(), is_known)) forms_.push_back({std::move(form), placeholder});
  }
  std::stable_sort(forms_.begin(), forms_.end(),
                   [](const Form& a, const Form& b) { return a.text.size() > b.text.size(); });
}

std::string Redactor::WithoutKnown(std::string text) const {
  for (const Form& form : forms_) {
    ReplaceAll(&text, form.text, form.placeholder.empty() ? kPrefix.substr(0, kPrefix.size() - 1) : form.placeholder);
  }
  return text;
}

std::string Redactor::WithoutMatches(const RE2& pattern, std::string text, bool is_escaped) {
  const int group = pattern.NumberOfCapturingGroups() > 0 ? 1 : 0;
  re2::StringPiece found[2];
  std::string replaced;
  std::size_t done = 0;
  std::size_t from = 0;
  while (from <= text.size() && pattern.Match(text, from, text.size(), RE2::UNANCHORED, found, group + 1)) {
    const std::string_view secret(found[group].data(), found[group].size());
    if (!secret.empty()) {
      const auto begin = static_cast<std::size_t>(secret.data() - text.data());
      replaced.append(text, done, begin - done);
      replaced += Hide(is_escaped ? text::QueryUnescape(secret) : std::string(secret));
      done = begin + secret.size();
    }
    from = std::max(static_cast<std::size_t>(found[0].data() - text.data()) + found[0].size(), from + 1);
  }
  if (done == 0) return text;
  replaced.append(text, done, std::string::npos);
  return replaced;
}

std::string Redactor::Text(std::string_view text, Kind kind) {
  if (!enabled_) return std::string(text);
  std::string result = WithoutKnown(std::string(text));
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    result = WithoutMatches(*patterns_[i], std::move(result), kind == Kind::kUrl && i == kParameterPattern);
  }
  return result;
}

ResponseHead Redactor::Head(ResponseHead head) {
  if (!enabled_) return head;
  for (HttpHeader& header : head.headers) {
    // The engine reads none of these.
    const Kind kind = ascii::EqualFold(header.name, "Location") ? Kind::kUrl : Kind::kText;
    header.value = IsSecretHeader(header.name) ? "redacted" : Text(header.value, kind);
  }
  head.status_text = Text(head.status_text);
  return head;
}

std::optional<std::string> Redactor::Unpacked(std::string_view bytes) {
  GunzipOptions options;
  options.bytes_max = kUnpackedMax;
  BodyBuffer unpacked;
  if (gunzipper_.Unpack(bytes, options, &unpacked).end != GunzipEnd::kComplete) return {};
  return std::string(unpacked.bytes());
}

std::string Redactor::Body(const std::string& body, const std::vector<HttpHeader>& headers) {
  if (!enabled_) return body;
  const bool is_packed = HeaderValue(headers, "Content-Encoding") == "gzip";
  if (!is_packed) return Text(body);
  const std::optional<std::string> content = Unpacked(body);
  if (!content) return Text(body);
  const std::string redacted = Text(*content);
  return redacted == *content ? body : Gzip(redacted);
}

std::string Redactor::Reveal(std::string_view text, const std::function<std::string(std::string_view)>& encode) const {
  std::string revealed(text);
  if (text.find(kPrefix) == std::string_view::npos) return revealed;
  for (const auto& [placeholder, value] : values_) ReplaceAll(&revealed, placeholder, encode(value));
  return revealed;
}

std::optional<std::size_t> Redactor::Find(std::string_view bytes) {
  if (!enabled_) return {};
  for (const Form& form : forms_) {
    if (const std::size_t at = bytes.find(form.text); at != std::string_view::npos) return at;
  }
  for (const auto& pattern : patterns_) {
    const int group = pattern->NumberOfCapturingGroups() > 0 ? 1 : 0;
    re2::StringPiece found[2];
    std::size_t from = 0;
    while (from <= bytes.size() &&
           pattern->Match({bytes.data(), bytes.size()}, from, bytes.size(), RE2::UNANCHORED, found, group + 1)) {
      const std::string_view secret(found[group].data(), found[group].size());
      if (!secret.empty() && !IsPlaceholder(secret)) return static_cast<std::size_t>(secret.data() - bytes.data());
      from = std::max(static_cast<std::size_t>(found[0].data() - bytes.data()) + found[0].size(), from + 1);
    }
  }
  return {};
}

}  // namespace stalemark
