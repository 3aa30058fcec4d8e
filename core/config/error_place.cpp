// SPDX-License-Identifier: Apache-2.0
#include "core/config/error_place.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/text/ascii.h"
#include "core/text/go_quote.h"
#include "core/text/nearest.h"

namespace stalemark {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;
/// Bounds the walks: aliases can repeat without end, and what is kept without being understood nests deep.
constexpr int kDepthMax = 8;

const yaml::Node& Resolved(const yaml::Node& node) {
  const yaml::Node* at = &node;
  for (int i = 0; i < kDepthMax && at->kind == yaml::NodeKind::kAlias; ++i) at = at->target;
  return *at;
}

bool IsWordCharacter(char c) {
  return ascii::IsWord(c) || c == '-';
}

/// As texts spell settings: `scrape timeout` for scrape_timeout, in any case.
std::string Spoken(std::string_view text) {
  std::string out = ascii::ToLower(std::string(text));
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

/// Where whole words stand in a text.
std::size_t FindWords(std::string_view text, std::string_view words) {
  if (words.empty()) return kNowhere;
  for (std::size_t at = text.find(words); at != kNowhere; at = text.find(words, at + 1)) {
    const std::size_t end = at + words.size();
    const bool begins = at == 0 || !IsWordCharacter(text[at - 1]);
    if (begins && (end == text.size() || !IsWordCharacter(text[end]))) return at;
  }
  return kNowhere;
}

/// What a message names, and where that is.
class Search {
 public:
  explicit Search(std::string_view message) : message_(message), spoken_(Spoken(message)) {}

  const yaml::Node& Run(const yaml::Node& node) const {
    const yaml::Node& block = Resolved(node);
    if (block.kind == yaml::NodeKind::kScalar) return block;
    if (const Setting named = NamedSetting(block, 0); named.key != nullptr) {
      if (message_.find(text::GoQuote(named.key->value)) != kNowhere) return *named.key;
      const yaml::Node& value = Resolved(*named.value);
      if (value.kind == yaml::NodeKind::kScalar) return value.value.empty() ? *named.key : value;
      const yaml::Node& inner = Run(value);
      return &inner == &value ? *named.key : inner;
    }
    if (const yaml::Node* null = NullItem(block, 0)) return *null;
    const Found quoted = QuotedValue(block, 0);
    return quoted.node != nullptr ? *quoted.node : node;
  }

 private:
  struct Setting {
    const yaml::Node* key = nullptr;
    const yaml::Node* value = nullptr;
    std::size_t at = kNowhere;
  };
  struct Found {
    const yaml::Node* node = nullptr;
    std::size_t at = kNowhere;
  };

  /// The setting named first: of the block itself, else of those in it.
  Setting NamedSetting(const yaml::Node& block, int depth) const {
    Setting best;
    if (block.kind == yaml::NodeKind::kMapping) {
      for (std::size_t i = 0; i + 1 < block.children.size(); i += 2) {
        const std::size_t at = FindWords(spoken_, Spoken(block.children[i]->value));
        if (at < best.at) best = {block.children[i], block.children[i + 1], at};
      }
    }
    if (best.key != nullptr || depth >= kDepthMax) return best;
    for (const yaml::Node* child : block.children) {
      const Setting inner = NamedSetting(Resolved(*child), depth + 1);
      if (inner.at < best.at) best = inner;
    }
    return best;
  }

  /// The item that an "empty or null" is said of.
  const yaml::Node* NullItem(const yaml::Node& block, int depth) const {
    if (depth >= kDepthMax || message_.find("null") == kNowhere) return nullptr;
    for (const yaml::Node* child : block.children) {
      if (block.kind == yaml::NodeKind::kSequence && Resolved(*child).IsNull()) return child;
      if (const yaml::Node* inner = NullItem(*child, depth + 1)) return inner;
    }
    return nullptr;
  }

  /// The value that the message quotes, or else repeats.
  Found QuotedValue(const yaml::Node& node, int depth) const {
    Found best;
    if (node.kind == yaml::NodeKind::kScalar && !node.value.empty()) {
      best.at = message_.find(text::GoQuote(node.value));
      if (best.at == kNowhere && node.value.size() > 1) best.at = FindWords(message_, node.value);
      if (best.at != kNowhere) best.node = &node;
    }
    if (depth >= kDepthMax) return best;
    for (const yaml::Node* child : node.children) {
      const Found inner = QuotedValue(Resolved(*child), depth + 1);
      if (inner.at < best.at) best = inner;
    }
    return best;
  }

  std::string_view message_;
  std::string spoken_;
};

struct Expectation {
  /// What upstream's message has in it.
  std::string_view in_message;
  /// Empty: the message says it.
  std::string_view expected;
  /// The valid words, where they can be counted; separated by blanks.
  std::string_view words;
};

constexpr std::array<Expectation, 18> kExpectations = {{
    {"unknown relabel action", "an action",
     "replace keep drop keepequal dropequal hashmod labelmap labeldrop labelkeep lowercase uppercase"},
    {"unknown scrape protocol", "",
     "PrometheusProto OpenMetricsText0.0.1 OpenMetricsText1.0.0 PrometheusText0.0.4 PrometheusText1.0.0"},
    {"unrecognized ValidationScheme", "a validation scheme", "legacy utf8"},
    {"name escaping method", "", "allow-utf-8 underscores dots values"},
    {"unknown TLS version", "a TLS version", "TLS10 TLS11 TLS12 TLS13"},
    {"valid signature algorithms", "an algorithm", "RS256 RS384 RS512"},
    {"chunk_encoding.floats", "an encoding", "xor xor2"},
    {"URL scheme must be", "a URL with http:// or https:// in front", ""},
    {"is not a valid hostname", "HOST or HOST:PORT; the scheme and the path have settings of their own", ""},
    {"duration", "a duration such as 30s, 5m or 1h30m", ""},
    {"units:", "a size such as 512KB or 10MB", ""},
    {"is not valid for file discovery", "a name that ends in .json, .yml or .yaml, with a * in its last part at most",
     ""},
    {"cannot start any token", "blanks where a tab indents, or quotes around a text that begins with @, % or `", ""},
    {"a tab character", "blanks: tabs do not indent", ""},
    {"mapping values are not allowed", "one KEY: VALUE a line, and quotes around a text with a colon and a blank", ""},
    {"could not find expected ':'", "KEY: VALUE", ""},
    {"did not find expected key", "a key below the block's first one, at the same column", ""},
    {"did not find expected '-' indicator", "a - below the list's first one, at the same column", ""},
}};

/// What people call a Go type; empty: what the type is called already.
std::string_view PlainTypeName(std::string_view go_type) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kNames = {{
      {"bool", "true or false"},
      {"string", "a text"},
      {"uint", "a number, not negative"},
      {"uint64", "a number, not negative"},
      {"float64", "a number"},
      {"int", "a number"},
      {"config.ScrapeProtocol", "a text"},
      {"config.Header", "a mapping with the keys values, secrets or files"},
      {"url.Values", "a mapping to lists of texts"},
  }};
  for (const auto& [type, name] : kNames) {
    if (type == go_type) return name;
  }
  const auto begins = [&](std::string_view prefix) { return go_type.substr(0, prefix.size()) == prefix; };
  if (begins("[]") || go_type == "model.LabelNames") return "a list, with a - in front of each item";
  if (begins("map[") || begins("struct") || go_type.find(".plain") != kNowhere || go_type == "config.ScrapeConfig" ||
      go_type == "config.ScrapeConfigs") {
    return "a mapping: KEY: VALUE";
  }
  return {};
}

}  // namespace

const yaml::Node& BlamedNode(const yaml::Node& node, std::string_view message) {
  return Search(message).Run(node);
}

ConfigError DescribeError(const yaml::Node& node, std::string message, std::string file) {
  ConfigError error;
  error.message = std::move(message);
  error.file = std::move(file);
  error.line = node.line;
  error.column = node.column;
  if (node.kind == yaml::NodeKind::kScalar) error.found = node.value;
  AddExpectation(error);
  return error;
}

void AddExpectation(ConfigError& error) {
  constexpr std::string_view kInto = " into ";
  const std::size_t into = error.message.rfind(kInto);
  if (error.message.substr(0, 16) == "cannot unmarshal" && into != kNowhere) {
    error.expected = PlainTypeName(std::string_view(error.message).substr(into + kInto.size()));
    return;
  }
  const auto rule = std::find_if(kExpectations.begin(), kExpectations.end(), [&](const Expectation& expectation) {
    return error.message.find(expectation.in_message) != kNowhere;
  });
  if (rule == kExpectations.end()) return;
  error.expected = rule->expected;
  if (rule->words.empty()) return;
  std::vector<std::string_view> words;
  for (std::string_view rest = rule->words; !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    words.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  for (std::size_t i = 0; i < words.size() && !rule->expected.empty(); ++i) {
    error.expected += i == 0 ? ": " : ", ";
    error.expected += words[i];
  }
  error.nearest = text::NearestWord(error.found, words);
}

}  // namespace stalemark
