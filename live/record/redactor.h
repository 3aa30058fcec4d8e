// SPDX-License-Identifier: Apache-2.0
// Redactor: the secrets of a recording, each with a placeholder of its own (`redacted-secret-0001`), and what takes
// them out of texts: by name where a text has names, by value wherever a known one stands, by pattern (passwords and
// tokens in URLs, patterns of the user).
//
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

namespace re2 {
class RE2;
}

namespace stalemark {

struct RedactorOptions {
  bool enabled = true;
  /// RE2; group 1 is replaced if there is one, else all of it.
  std::vector<std::string> patterns;
};

class Redactor {
 public:
  /// The error: a pattern that does not compile.
  static Result<std::unique_ptr<Redactor>> Make(const RedactorOptions& options);
  ~Redactor();
  Redactor(const Redactor&) = delete;
  Redactor& operator=(const Redactor&) = delete;

  bool enabled() const { return enabled_; }
  /// The placeholder of a value, from now on known.
  std::string Hide(std::string_view secret);
  /// Known to be looked for at the end; never replaced by itself: credentials as they were encoded.
  void Watch(std::string_view secret);

  /// A text without secrets: known values, then what patterns find. In a URL the values of parameters are escaped.
  enum class Kind : std::uint8_t { kText, kUrl };
  std::string Text(std::string_view text, Kind kind = Kind::kText);
  ResponseHead Head(ResponseHead head);
  /// A body as it was sent with these headers; one that is packed is packed again if it changes.
  std::string Body(const std::string& body, const std::vector<HttpHeader>& headers);

  /// A text with the values in the place of their placeholders, each through `encode`.
  std::string Reveal(std::string_view text, const std::function<std::string(std::string_view)>& encode) const;

  std::size_t known() const { return secrets_.size(); }
  /// Of the known ones those that are not distinct.
  std::size_t plain() const { return plain_; }

  /// Where a known value, or something that a pattern takes for one, still stands; absent: nowhere.
  std::optional<std::size_t> Find(std::string_view bytes);
  /// The content of a packed body; absent: it is none, or broken.
  std::optional<std::string> Unpacked(std::string_view bytes);

 private:
  explicit Redactor(bool enabled);

  void AddForms(std::string_view secret, const std::string& placeholder);
  std::string WithoutKnown(std::string text) const;
  std::string WithoutMatches(const re2::RE2& pattern, std::string text, bool is_escaped);

  const bool enabled_;
  std::vector<std::unique_ptr<re2::RE2>> patterns_;
  /// Value -> placeholder.
  std::map<std::string, std::string, std::less<>> secrets_;
  /// Placeholder -> value.
  std::map<std::string, std::string, std::less<>> values_;
  struct Form {
    std::string text;
    /// Empty: looked for only.
    std::string placeholder;
  };
  /// What is looked for, the longest first.
  std::vector<Form> forms_;
  std::size_t plain_ = 0;
  Gunzipper gunzipper_;
};

/// Names of labels, parameters and keys whose values are secret: `password`, `api_key`, `access_token`.
bool IsSecretName(std::string_view name);
/// Headers whose values are: `Authorization`, `Cookie`, `X-Api-Key`.
bool IsSecretHeader(std::string_view name);
/// Whether a value is long or mixed enough to be looked for in any text: 16 bytes, or 6 with letters and others.
bool IsDistinct(std::string_view secret);

}  // namespace stalemark
