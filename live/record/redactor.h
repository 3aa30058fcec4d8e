// SPDX-License-Identifier: Apache-2.0
// Redactor: takes secrets out of texts: by name where a text has names, by value wherever a known one stands
// (KnownTexts), by pattern (SecretPatterns); and puts them back where requests leave.
//
// A secret that the process is to send (configuration, credentials, target sets) has a placeholder of its own that ends
// in a random part, `redacted-secret-0001-5a1c0ffee077`: a server that writes placeholders into its answers cannot
// guess one, so it gets no value. What answers hold is `redacted-secret-found-0001`, which never becomes a value again,
// but for redirects. The beginning of a placeholder that comes from outside becomes `foreign-secret-`.
// A plain value (IsDistinct) is replaced by name only: a password `prometheus` stands in half of all metric names. With
// redaction off every text stays as it is.
// Placeholders consist of characters that URLs, headers and YAML take as they are. Single-threaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/http/gunzip.h"
#include "core/model/result.h"
#include "core/seams/transport.h"
#include "live/record/known_texts.h"
#include "live/record/secret_patterns.h"

namespace stalemark {

struct RedactorOptions {
  bool enabled = true;
  /// RE2; group 1 is replaced if there is one, else all of it.
  std::vector<std::string> patterns;
  /// The ends of placeholders; absent: random.
  std::function<std::string()> tail{};
};

/// More of a packed body is not looked at.
inline constexpr std::uint64_t kUnpackedMax = std::uint64_t{64} << 20;

class Redactor {
 public:
  /// The error: a pattern that cannot be used.
  static Result<std::unique_ptr<Redactor>> Make(const RedactorOptions& options);

  bool enabled() const { return enabled_; }
  /// The placeholder of a value that may be sent, from now on known.
  std::string Hide(std::string_view secret);
  /// Known, without a placeholder of its own: credentials as they were encoded.
  void Watch(std::string_view secret);

  enum class Kind : std::uint8_t { kText, kUrl };
  /// kOwn: what is found may be sent. kAnswer: it may not. kRedirect: it may, within a bound.
  enum class Source : std::uint8_t { kOwn, kAnswer, kRedirect };
  /// A text without secrets: known values, then what patterns find. In a URL userinfo and parameters are escaped.
  std::string Text(std::string_view text, Kind kind = Kind::kText, Source source = Source::kOwn);
  ResponseHead Head(ResponseHead head);
  /// A body as it was sent with these headers; one that is packed is packed again if it changes. Absent: it is packed
  /// and cannot be cleaned: more than kUnpackedMax, or broken with a secret before the place.
  std::optional<std::string> Body(const std::string& body, const std::vector<HttpHeader>& headers);

  /// A text with the values in the place of their placeholders, each through `encode`.
  std::string Reveal(std::string_view text, const std::function<std::string(std::string_view)>& encode) const;

  std::size_t known() const { return secrets_.size() + found_.size(); }
  /// Of the known ones those that are not distinct.
  std::size_t plain() const { return plain_; }

  /// Where a known value, or something that a pattern takes for one, still stands; absent: nowhere.
  std::optional<std::size_t> Find(std::string_view bytes);
  /// The content of a packed body as far as it can be read; absent: nothing of it.
  std::optional<std::string> Unpacked(std::string_view bytes);

 private:
  Redactor(const RedactorOptions& options, std::unique_ptr<SecretPatterns> patterns);

  std::string HideFound(std::string_view secret, Source source);
  void AddForms(std::string_view secret, const std::string& placeholder, Source source);
  /// With `foreign-secret-` for beginnings of placeholders that are none.
  std::string WithoutForeign(std::string_view text) const;
  std::string WithoutMatches(std::size_t pattern, std::string text, Kind kind, Source source);
  /// Up to kUnpackedMax.
  GunzipEnd Unpack(std::string_view bytes, BodyBuffer* unpacked);
  bool IsPlaceholder(std::string_view text) const;
  bool IsInPlaceholder(std::string_view text, std::size_t at) const;

  const bool enabled_;
  const std::function<std::string()> tail_;
  const std::unique_ptr<SecretPatterns> patterns_;
  /// Value -> placeholder.
  std::map<std::string, std::string, std::less<>> secrets_;
  /// Those that came in answers: at most kFoundMax.
  std::map<std::string, std::string, std::less<>> found_;
  /// Placeholder -> value.
  KnownTexts values_;
  /// What is looked for -> placeholder; placeholders for themselves, so that nothing is looked for inside.
  KnownTexts forms_;
  std::size_t plain_ = 0;
  Gunzipper gunzipper_;
};

}  // namespace stalemark
