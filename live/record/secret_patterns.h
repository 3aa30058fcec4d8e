// SPDX-License-Identifier: Apache-2.0
// SecretPatterns: what looks like a secret by its name or its surroundings, known or not: passwords and tokens in URLs,
// `Bearer TOKEN`, `password=VALUE`, members of JSON, and what patterns of the user find. One list of words for all.
//
// Single-threaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"

namespace re2 {
class RE2;
}

namespace stalemark {

/// How a text has its special bytes where a pattern stands, if it is a URL.
enum class UrlPart : std::uint8_t { kNone, kUserinfo, kQuery };

class SecretPatterns {
 public:
  /// Of the user: RE2; group 1 is the secret if there is one, else all of it. The error: one that does not compile, or
  /// that finds what a recording consists of: times, names of bodies, placeholders.
  static Result<std::unique_ptr<SecretPatterns>> Make(const std::vector<std::string>& of_the_user);
  ~SecretPatterns();
  SecretPatterns(const SecretPatterns&) = delete;
  SecretPatterns& operator=(const SecretPatterns&) = delete;

  std::size_t size() const { return patterns_.size(); }
  UrlPart part(std::size_t pattern) const { return patterns_[pattern].part; }
  struct Match {
    std::string_view secret;
    /// Where to go on.
    std::size_t end = 0;
  };
  /// What a pattern finds first.
  std::optional<Match> Next(std::size_t pattern, std::string_view text, std::size_t from) const;

 private:
  SecretPatterns();
  enum class Filter : std::uint8_t { kNone, kName, kToken, kDistinct };
  struct Pattern {
    std::unique_ptr<re2::RE2> regex;
    int group = 0;
    Filter filter = Filter::kNone;
    UrlPart part = UrlPart::kNone;
  };
  Status Add(const std::string& text, int group, Filter filter, UrlPart part);
  static bool Passes(Filter filter, std::string_view name, std::string_view secret);

  std::vector<Pattern> patterns_;
};

/// Names of labels and keys whose values are secret: `password`, `api_key`, `access_token`, `__param_key`.
bool IsSecretName(std::string_view name);
/// Of parameters of URLs, where shorter words count, too: `key`, `x-sig`, `auth`.
bool IsSecretParameter(std::string_view name);
/// Headers whose values are: `Authorization`, `Cookie`, `X-Api-Key`.
bool IsSecretHeader(std::string_view name);
/// Whether a value is long or mixed enough to be looked for in any text: 16 bytes, or 6 with letters and others.
bool IsDistinct(std::string_view secret);

}  // namespace stalemark
