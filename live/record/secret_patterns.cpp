// SPDX-License-Identifier: Apache-2.0
#include "live/record/secret_patterns.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <re2/re2.h>

#include "core/text/ascii.h"

namespace stalemark {
namespace {

/// Anywhere in a name, without what separates words.
constexpr std::string_view kSecretWords[] = {"password",  "passwd",     "secret",     "token",    "apikey",
                                             "accesskey", "privatekey", "credential", "signature"};
/// As the last word of a parameter.
constexpr std::string_view kParameterWords[] = {"pass", "pwd", "sig", "auth", "jwt", "code", "key"};
/// What is named like a secret and is none.
constexpr std::string_view kHarmlessEnds[] = {"file", "files", "url", "ref", "type", "keyid"};
constexpr std::string_view kParameterLabel = "__param_";

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

/// All words for a regular expression; `apikey` and its like end as `key` does.
std::string AnyWord() {
  std::string any;
  const auto add = [&any](std::string_view word) {
    if (word != "key" && EndsWith(word, "key")) return;
    any += (any.empty() ? "" : "|") + std::string(word);
  };
  for (const std::string_view word : kSecretWords) add(word);
  for (const std::string_view word : kParameterWords) add(word);
  return any;
}

bool LooksLikeToken(std::string_view text) {
  return text.size() >= 16 && std::any_of(text.begin(), text.end(), ascii::IsDigit) &&
         std::any_of(text.begin(), text.end(), ascii::IsLetter);
}

/// What the files of a recording have of themselves: numbers of all lengths, hashes, placeholders, words.
std::vector<std::string> OwnTexts() {
  std::vector<std::string> texts = {
      "redacted-secret-0001-5a1c0ffee077",
      "redacted-secret-found-0001",
      "foreign-secret-",
      "- {start: 0, method: 'GET', url: ', request: 0, head: {at: 0, status: 200, text: '200 OK', length: 9, "
      "headers: [['Content-Type', 'text/plain']]}, chunks: [[0, 9]], held: true, body: 'bodies/', end: 0}",
  };
  std::uint64_t state = 1;
  const auto next = [&state] {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state >> 33);
  };
  for (int i = 0; i < 1000; ++i) {
    std::string number;
    for (std::size_t n = 1 + next() % 20; number.size() < n;) number += "0123456789"[next() % 10];
    texts.push_back(number);
    std::string hash;
    while (hash.size() < 24) hash += "0123456789abcdef"[next() % 16];
    texts.push_back(hash);
  }
  return texts;
}

}  // namespace

bool IsSecretName(std::string_view name) {
  if (name.substr(0, kParameterLabel.size()) == kParameterLabel) {
    return IsSecretParameter(name.substr(kParameterLabel.size()));
  }
  const std::string bare = Bare(name);
  for (const std::string_view end : kHarmlessEnds) {
    if (EndsWith(bare, end)) return false;
  }
  return std::any_of(std::begin(kSecretWords), std::end(kSecretWords),
                     [&](std::string_view word) { return bare.find(word) != std::string::npos; });
}

bool IsSecretParameter(std::string_view name) {
  const std::size_t separator = name.find_last_of("_-.");
  const std::string_view last = separator == std::string_view::npos ? name : name.substr(separator + 1);
  return IsSecretName(name) || std::any_of(std::begin(kParameterWords), std::end(kParameterWords),
                                           [&](std::string_view word) { return ascii::EqualFold(last, word); });
}

bool IsSecretHeader(std::string_view name) {
  const std::string bare = Bare(name);
  constexpr std::string_view kNames[] = {"authorization", "cookie", "authenticate", "authinfo", "session"};
  return IsSecretParameter(name) || std::any_of(std::begin(kNames), std::end(kNames), [&](std::string_view word) {
           return bare.find(word) != std::string::npos;
         });
}

bool IsDistinct(std::string_view secret) {
  const bool has_letter = std::any_of(secret.begin(), secret.end(), ascii::IsLetter);
  const bool has_other =
      std::any_of(secret.begin(), secret.end(), [](char c) { return !ascii::IsLetter(c) && c != '_'; });
  return secret.size() >= 16 || (secret.size() >= 6 && has_letter && has_other);
}

SecretPatterns::SecretPatterns() = default;
SecretPatterns::~SecretPatterns() = default;

Status SecretPatterns::Add(const std::string& text, int group, Filter filter, UrlPart part) {
  RE2::Options quiet;
  quiet.set_log_errors(false);
  auto regex = std::make_unique<RE2>(text, quiet);
  if (!regex->ok()) return Error{fmt::format("{}: {}", text, regex->error())};
  if (group < 0) group = std::min(regex->NumberOfCapturingGroups(), 1);
  patterns_.push_back({std::move(regex), group, filter, part});
  return {};
}

Result<std::unique_ptr<SecretPatterns>> SecretPatterns::Make(const std::vector<std::string>& of_the_user) {
  std::unique_ptr<SecretPatterns> made(new SecretPatterns);
  const std::string words = AnyWord();
  struct BuiltIn {
    std::string text;
    int group;
    Filter filter;
    UrlPart part;
  };
  // Userinfo ends at the last @ of the authority.
  const BuiltIn built_in[] = {
      {R"re(://[^/?#\s:@"'\\<>]*:([^/?#\s"'\\<>]+)@)re", 1, Filter::kNone, UrlPart::kUserinfo},
      {R"re(://([^/?#\s:@"'\\<>]{16,})@)re", 1, Filter::kToken, UrlPart::kUserinfo},
      {fmt::format(R"re((?i)[?&;]([a-z0-9_.-]*(?:{})[a-z0-9_.-]*)=([^&\s"'#\\<>]+))re", words), 2, Filter::kName,
       UrlPart::kQuery},
      {fmt::format(R"re((?i)"([a-z0-9_.-]*(?:{})[a-z0-9_.-]*)"\s*:\s*"((?:[^"\\]|\\.)+)")re", words), 2, Filter::kName,
       UrlPart::kNone},
      // The same inside a string.
      {fmt::format(R"re((?i)\\"([a-z0-9_.-]*(?:{})[a-z0-9_.-]*)\\"\s*:\s*\\"([^"\\]+))re", words), 2, Filter::kName,
       UrlPart::kNone},
      {R"re((?i)\bbearer(?:\s|%20|\+)+([a-z0-9._~+/=-]{6,}))re", 1, Filter::kDistinct, UrlPart::kNone},
      {R"re((?i)\b([a-z0-9_.-]*(?:password|passwd|pwd|pass)) ?= ?'?([^\s"'&;,)}\]\\]+))re", 2, Filter::kName,
       UrlPart::kNone},
  };
  for (const BuiltIn& one : built_in) {
    if (Status added = made->Add(one.text, one.group, one.filter, one.part); !added.ok()) return added.error();
  }
  const std::vector<std::string> own = of_the_user.empty() ? std::vector<std::string>() : OwnTexts();
  for (const std::string& text : of_the_user) {
    if (Status added = made->Add(text, -1, Filter::kNone, UrlPart::kNone); !added.ok()) return added.error();
    for (const std::string& sample : own) {
      if (!made->Next(made->size() - 1, sample, 0)) continue;
      return Error{
          fmt::format("{}: this also finds what a recording consists of (\"{}\"): say more of what stands around"
                      " the secret, and put the secret in a group",
                      text, sample.substr(0, 40))};
    }
  }
  return made;
}

bool SecretPatterns::Passes(Filter filter, std::string_view name, std::string_view secret) {
  switch (filter) {
    case Filter::kNone:
      return true;
    case Filter::kName:
      return IsSecretParameter(name);
    case Filter::kToken:
      return LooksLikeToken(secret);
    case Filter::kDistinct:
      return IsDistinct(secret);
  }
  return true;
}

std::optional<SecretPatterns::Match> SecretPatterns::Next(std::size_t index, std::string_view text,
                                                          std::size_t from) const {
  const Pattern& pattern = patterns_[index];
  re2::StringPiece found[3];
  while (from <= text.size() && pattern.regex->Match({text.data(), text.size()}, from, text.size(), RE2::UNANCHORED,
                                                     found, pattern.group + 1)) {
    const std::string_view secret(found[pattern.group].data(), found[pattern.group].size());
    const std::string_view name(found[1].data(), found[1].size());
    from = std::max(static_cast<std::size_t>(found[0].data() - text.data()) + found[0].size(), from + 1);
    if (!secret.empty() && Passes(pattern.filter, name, secret)) return Match{secret, from};
  }
  return {};
}

}  // namespace stalemark
