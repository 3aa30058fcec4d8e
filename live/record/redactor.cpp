// SPDX-License-Identifier: Apache-2.0
#include "live/record/redactor.h"

#include <algorithm>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "core/http/gzip.h"
#include "core/http/request_headers.h"
#include "core/text/ascii.h"
#include "core/text/query_escape.h"
#include "live/record/secret_forms.h"

namespace stalemark {
namespace {

constexpr std::string_view kPrefix = "redacted-secret-";
constexpr std::string_view kForeign = "foreign-secret-";
/// Of all secrets in answers that have none of their own.
constexpr std::string_view kShared = "redacted-secret-found";
constexpr std::size_t kPlaceholderLengthMax = 64;
/// So many secrets of answers are remembered, of at most so many bytes each.
constexpr std::size_t kFoundMax = 1000;
constexpr std::size_t kFoundLengthMax = 256;

std::string RandomTail() {
  std::random_device device;
  const std::uint64_t bits = (std::uint64_t{device()} << 32) | device();
  return fmt::format("{:012x}", bits & 0xffffffffffffU);
}

}  // namespace

Redactor::Redactor(const RedactorOptions& options, std::unique_ptr<SecretPatterns> patterns)
    : enabled_(options.enabled), tail_(options.tail ? options.tail : RandomTail), patterns_(std::move(patterns)) {
  forms_.Set(kShared, kShared);
}

Result<std::unique_ptr<Redactor>> Redactor::Make(const RedactorOptions& options) {
  Result<std::unique_ptr<SecretPatterns>> patterns =
      SecretPatterns::Make(options.enabled ? options.patterns : std::vector<std::string>());
  if (!patterns.ok()) return patterns.error();
  return std::unique_ptr<Redactor>(new Redactor(options, std::move(patterns).value()));
}

bool Redactor::IsPlaceholder(std::string_view text) const {
  const std::optional<KnownTexts::Match> match = forms_.At(text, 0);
  return match && match->text.size() == text.size() && match->text == match->value;
}

bool Redactor::IsInPlaceholder(std::string_view text, std::size_t at) const {
  const std::size_t prefix = text.substr(0, std::min(text.size(), at + kPrefix.size())).rfind(kPrefix);
  if (prefix == std::string_view::npos || prefix + kPlaceholderLengthMax < at) return false;
  const std::optional<KnownTexts::Match> match = forms_.At(text, prefix);
  return match && match->text == match->value && at < prefix + match->text.size();
}

std::string Redactor::Hide(std::string_view secret) {
  if (!enabled_ || secret.empty() || IsPlaceholder(secret)) return std::string(secret);
  if (const auto known = secrets_.find(secret); known != secrets_.end()) return known->second;
  std::string placeholder = fmt::format("{}{:04}-{}", kPrefix, secrets_.size() + 1, tail_());
  secrets_.emplace(secret, placeholder);
  values_.Set(placeholder, secret);
  if (!IsDistinct(secret)) ++plain_;
  AddForms(secret, placeholder, Source::kOwn);
  return placeholder;
}

std::string Redactor::HideFound(std::string_view secret, Source source) {
  if (source == Source::kOwn) return Hide(secret);
  if (const auto known = found_.find(secret); known != found_.end()) return known->second;
  if (found_.size() >= kFoundMax || secret.size() > kFoundLengthMax) return std::string(kShared);
  std::string placeholder = fmt::format("{}-{:04}", kShared, found_.size() + 1);
  if (source == Source::kRedirect) {
    placeholder += "-" + tail_();
    values_.Set(placeholder, secret);
  }
  found_.emplace(secret, placeholder);
  AddForms(secret, placeholder, source);
  return placeholder;
}

void Redactor::Watch(std::string_view secret) {
  if (enabled_) AddForms(secret, std::string(kShared), Source::kAnswer);
}

void Redactor::AddForms(std::string_view secret, const std::string& placeholder, Source source) {
  forms_.Set(placeholder, placeholder);
  if (!IsDistinct(secret)) return;
  for (const std::string& form : SecretForms(secret)) {
    // What comes from a server takes nothing from our own.
    if (source == Source::kOwn || !forms_.Has(form)) forms_.Set(form, placeholder);
  }
}

std::string Redactor::WithoutForeign(std::string_view text) const {
  std::string result;
  std::size_t done = 0;
  for (std::size_t at = text.find(kPrefix); at != std::string_view::npos; at = text.find(kPrefix, at)) {
    const std::optional<KnownTexts::Match> own = forms_.At(text, at);
    if (own && own->text == own->value) {
      at += own->text.size();
      continue;
    }
    result.append(text, done, at - done);
    result += kForeign;
    at += kPrefix.size();
    done = at;
  }
  result.append(text, done, std::string_view::npos);
  return result;
}

std::string Redactor::WithoutMatches(std::size_t pattern, std::string text, Kind kind, Source source) {
  const UrlPart part = kind == Kind::kUrl ? patterns_->part(pattern) : UrlPart::kNone;
  std::string replaced;
  std::size_t done = 0;
  std::size_t from = 0;
  while (const std::optional<SecretPatterns::Match> match = patterns_->Next(pattern, text, from)) {
    from = match->end;
    const auto begin = static_cast<std::size_t>(match->secret.data() - text.data());
    if (IsInPlaceholder(text, begin)) continue;
    const auto plus = part == UrlPart::kUserinfo ? text::Plus::kIsPlus : text::Plus::kIsSpace;
    replaced.append(text, done, begin - done);
    replaced += HideFound(
        part == UrlPart::kNone ? std::string(match->secret) : text::QueryUnescape(match->secret, plus), source);
    done = begin + match->secret.size();
  }
  if (done == 0) return text;
  replaced.append(text, done, std::string::npos);
  return replaced;
}

std::string Redactor::Text(std::string_view text, Kind kind, Source source) {
  if (!enabled_) return std::string(text);
  std::string result = forms_.Replaced(WithoutForeign(text));
  const std::size_t known_before = known();
  for (std::size_t i = 0; i < patterns_->size(); ++i) result = WithoutMatches(i, std::move(result), kind, source);
  // What a pattern found may stand further up without what gave it away.
  return known() == known_before ? result : forms_.Replaced(result);
}

ResponseHead Redactor::Head(ResponseHead head) {
  if (!enabled_) return head;
  for (HttpHeader& header : head.headers) {
    const bool is_redirect = ascii::EqualFold(header.name, "Location");
    // The engine reads none of the secret ones.
    header.value = IsSecretHeader(header.name) ? "redacted"
                   : is_redirect               ? Text(header.value, Kind::kUrl, Source::kRedirect)
                                               : Text(header.value, Kind::kText, Source::kAnswer);
  }
  head.status_text = Text(head.status_text, Kind::kText, Source::kAnswer);
  return head;
}

GunzipEnd Redactor::Unpack(std::string_view bytes, BodyBuffer* unpacked) {
  GunzipOptions options;
  options.bytes_max = kUnpackedMax;
  return gunzipper_.Unpack(bytes, options, unpacked).end;
}

std::optional<std::string> Redactor::Unpacked(std::string_view bytes) {
  BodyBuffer unpacked;
  const GunzipEnd end = Unpack(bytes, &unpacked);
  if (end != GunzipEnd::kComplete && unpacked.bytes().empty()) return {};
  return std::string(unpacked.bytes());
}

std::optional<std::string> Redactor::Body(const std::string& body, const std::vector<HttpHeader>& headers) {
  if (!enabled_) return body;
  if (HeaderValue(headers, "Content-Encoding") != "gzip") return Text(body, Kind::kText, Source::kAnswer);
  BodyBuffer unpacked;
  const GunzipEnd end = Unpack(body, &unpacked);
  if (end == GunzipEnd::kTooBig) return {};
  const std::string redacted = Text(unpacked.bytes(), Kind::kText, Source::kAnswer);
  const bool changes = redacted != unpacked.bytes();
  if (end == GunzipEnd::kComplete) return changes ? Gzip(redacted) : body;
  if (changes) return {};
  return Text(body, Kind::kText, Source::kAnswer);
}

std::string Redactor::Reveal(std::string_view text, const std::function<std::string(std::string_view)>& encode) const {
  return text.find(kPrefix) == std::string_view::npos ? std::string(text) : values_.Replaced(text, encode);
}

std::optional<std::size_t> Redactor::Find(std::string_view bytes) {
  if (!enabled_) return {};
  for (std::size_t from = 0;;) {
    const std::optional<KnownTexts::Match> match = forms_.Next(bytes, from);
    if (!match) break;
    if (match->text != match->value) return match->at;
    from = match->at + match->text.size();
  }
  for (std::size_t i = 0; i < patterns_->size(); ++i) {
    for (std::size_t from = 0;;) {
      const std::optional<SecretPatterns::Match> match = patterns_->Next(i, bytes, from);
      if (!match) break;
      const auto begin = static_cast<std::size_t>(match->secret.data() - bytes.data());
      if (!IsInPlaceholder(bytes, begin)) return begin;
      from = match->end;
    }
  }
  return {};
}

}  // namespace stalemark
