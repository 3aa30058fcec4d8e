// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/yaml_fields.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/config/yaml_scalar.h"
#include "core/model/duration.h"
#include "core/text/go_quote.h"
#include "core/text/nearest.h"

namespace stalemark::scenario {
namespace {

constexpr std::uint64_t kNodesFollowedMax = 4'000'000;
constexpr std::uint64_t kReadBytesMax = std::uint64_t{256} << 20;
constexpr std::size_t kShownMax = 60;

std::string Quoted(std::string_view text) {
  return text.size() <= kShownMax ? text::GoQuote(text) : text::GoQuote(text.substr(0, kShownMax)) + "...";
}

std::string OneOf(const std::vector<std::string_view>& words) {
  return fmt::format("{}{}", words.size() == 1 ? "" : "one of ", fmt::join(words, ", "));
}

/// Reads `count` digits; -1 when there are others.
int Digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// Days from 1970-01-01 in the Gregorian calendar (H. Hinnant's days_from_civil).
std::int64_t DaysFromCivil(std::int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

int DaysInMonth(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

}  // namespace

std::string DescribeNode(const yaml::Node& node) {
  switch (node.kind) {
    case yaml::NodeKind::kSequence:
      return "a list";
    case yaml::NodeKind::kMapping:
      return "a mapping";
    case yaml::NodeKind::kAlias:
      return "an alias";
    case yaml::NodeKind::kScalar:
      break;
  }
  return node.IsNull() ? "nothing" : Quoted(node.value);
}

std::optional<WallTime> ParseInstant(std::string_view text) {
  const int year = Digits(text, 0, 4);
  const int month = Digits(text, 5, 2);
  const int day = Digits(text, 8, 2);
  const int hour = Digits(text, 11, 2);
  const int minute = Digits(text, 14, 2);
  const int second = Digits(text, 17, 2);
  // Nanoseconds since 1970 reach from 1678 to 2262.
  if (year < 1700 || year > 2200 || month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month)) return {};
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return {};
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') return {};
  std::size_t at = 19;
  std::int64_t nanoseconds = 0;
  if (at < text.size() && text[at] == '.') {
    std::int64_t unit = 100'000'000;
    const std::size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
      nanoseconds += (text[at] - '0') * unit;
    if (at == first) return {};
  }
  std::int64_t offset_minutes = 0;
  if (text.substr(at) != "Z") {
    const int hours = Digits(text, at + 1, 2);
    const int minutes = Digits(text, at + 4, 2);
    if (text.size() != at + 6 || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || text[at + 3] != ':')
      return {};
    if (text[at] != '+' && text[at] != '-') return {};
    offset_minutes = (hours * 60 + minutes) * (text[at] == '-' ? -1 : 1);
  }
  const std::int64_t minutes = (DaysFromCivil(year, month, day) * 24 + hour) * 60 + minute - offset_minutes;
  return WallTime(std::chrono::minutes(minutes) + std::chrono::seconds(second) + Nanoseconds(nanoseconds));
}

const yaml::Node* FieldReader::Follow(const yaml::Node& node) {
  const yaml::Node* at = &node;
  while (at->kind == yaml::NodeKind::kAlias) at = at->target;
  if (++nodes_followed_ <= kNodesFollowedMax) return at;
  if (nodes_followed_ == kNodesFollowedMax + 1) Complain(node, "too many values, counting what aliases repeat");
  return nullptr;
}

std::optional<std::string> FieldReader::Text(const yaml::Node& node, std::string_view expected) {
  const yaml::Node* at = Follow(node);
  if (at == nullptr) return {};
  if (at->kind != yaml::NodeKind::kScalar || at->IsNull()) {
    Fail(node, DescribeNode(*at), expected);
    return {};
  }
  if (text_bytes_ > kReadBytesMax) return {};
  text_bytes_ += at->value.size();
  if (text_bytes_ > kReadBytesMax) {
    Complain(node, "too much text, counting what aliases repeat");
    return {};
  }
  return at->value;
}

std::optional<std::uint64_t> FieldReader::Number(const yaml::Node& node, std::uint64_t max) {
  const std::string expected = fmt::format("a whole number up to {}", max);
  const std::optional<std::string> text = Text(node, expected);
  if (!text) return {};
  constexpr std::size_t kDigitsMax = 19;
  std::uint64_t value = 0;
  bool good = !text->empty() && text->size() <= kDigitsMax;
  for (const char c : good ? *text : std::string()) {
    good = good && c >= '0' && c <= '9';
    if (good) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (good && value <= max) return value;
  Fail(node, Quoted(*text), expected);
  return {};
}

std::optional<bool> FieldReader::Flag(const yaml::Node& node) {
  const std::optional<std::size_t> word = Word(node, {"false", "true"});
  if (!word) return {};
  return *word == 1;
}

std::optional<Nanoseconds> FieldReader::Duration(const yaml::Node& node) {
  constexpr std::string_view kExpected = "a duration such as 1m30s";
  const std::optional<std::string> text = Text(node, kExpected);
  if (!text) return {};
  const Result<Nanoseconds> duration = ParseDuration(*text);
  if (duration.ok() && *duration <= kDurationMax) return *duration;
  const bool has_no_unit = !text->empty() && text->find_first_not_of("0123456789") == std::string::npos;
  Fail(node, Quoted(*text), duration.ok() ? "a duration of at most 366d" : kExpected,
       has_no_unit ? *text + "s" : std::string());
  return {};
}

std::optional<Nanoseconds> FieldReader::SignedDuration(const yaml::Node& node) {
  const yaml::Node* at = Follow(node);
  if (at == nullptr || at->kind != yaml::NodeKind::kScalar || at->value.empty() || at->value[0] != '-')
    return Duration(node);
  yaml::Node positive = *at;
  positive.line = node.line;
  positive.column = node.column;
  positive.value.erase(0, 1);
  const std::optional<Nanoseconds> duration = Duration(positive);
  if (!duration) return {};
  return -*duration;
}

std::optional<WallTime> FieldReader::Instant(const yaml::Node& node) {
  constexpr std::string_view kExpected = "a time such as 2026-01-01T00:00:00Z";
  const std::optional<std::string> text = Text(node, kExpected);
  if (!text) return {};
  const std::optional<WallTime> instant = ParseInstant(*text);
  if (!instant) Fail(node, Quoted(*text), kExpected);
  return instant;
}

std::optional<std::size_t> FieldReader::Word(const yaml::Node& node, const std::vector<std::string_view>& words) {
  const std::optional<std::string> text = Text(node, OneOf(words));
  if (!text) return {};
  const auto found = std::find(words.begin(), words.end(), *text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  Fail(node, Quoted(*text), OneOf(words), text::NearestWord(*text, words));
  return {};
}

void FieldReader::Mapping(const yaml::Node& node, std::string_view what, std::initializer_list<Key> keys) {
  std::vector<std::string_view> names;
  for (const Key& key : keys) names.push_back(key.name);
  KnownEntries(node, what, names, [&](std::size_t number, const yaml::Node& value) {
    const Key& key = keys.begin()[number];
    if (key.read) return (*key.read)(value);
    *key.node = &value;
  });
}

void FieldReader::Nodes(const yaml::Node& node, std::string_view what, const std::vector<KeptKey>& keys) {
  std::vector<std::string_view> names;
  for (const KeptKey& key : keys) names.push_back(key.name);
  KnownEntries(node, what, names, [&](std::size_t number, const yaml::Node& value) { *keys[number].node = &value; });
}

void FieldReader::KnownEntries(const yaml::Node& node, std::string_view what,
                               const std::vector<std::string_view>& names,
                               FunctionRef<void(std::size_t number, const yaml::Node& value)> read) {
  Entries(node, what, [&](const std::string& name, const yaml::Node& key_node, const yaml::Node& value) {
    const auto known = std::find(names.begin(), names.end(), name);
    if (known != names.end()) return read(static_cast<std::size_t>(known - names.begin()), value);
    Fail(key_node, "unknown key " + Quoted(name), OneOf(names), text::NearestWord(name, names));
  });
}

void FieldReader::Entries(const yaml::Node& node, std::string_view what,
                          FunctionRef<void(const std::string&, const yaml::Node&, const yaml::Node&)> read) {
  const yaml::Node* at = Follow(node);
  if (at == nullptr) return;
  if (at->kind != yaml::NodeKind::kMapping) {
    Fail(node, DescribeNode(*at), what);
    return;
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i + 1 < at->children.size() && error_count_ < kErrorsMax; i += 2) {
    const yaml::Node& key_node = *at->children[i];
    const std::optional<std::string> key = Text(key_node, "a key");
    if (!key) continue;
    if (!seen.insert(*key).second) {
      Fail(key_node, "key " + Quoted(*key) + " a second time", "each key once");
      continue;
    }
    read(*key, key_node, *at->children[i + 1]);
  }
}

void FieldReader::Items(const yaml::Node& node, std::string_view what, Read read) {
  const yaml::Node* at = Follow(node);
  if (at == nullptr) return;
  if (at->kind != yaml::NodeKind::kSequence) {
    Fail(node, DescribeNode(*at), what);
    return;
  }
  for (const yaml::Node* item : at->children) {
    if (error_count_ >= kErrorsMax) return;
    read(*item);
  }
}

void FieldReader::Fail(const yaml::Node& at, std::string_view found, std::string_view expected,
                       std::string_view nearest) {
  std::string message = fmt::format("found {}, expected {}", found, expected);
  if (!nearest.empty()) message += fmt::format(" (did you mean \"{}\"?)", nearest);
  Complain(at, message);
}

void FieldReader::Complain(std::uint32_t line, std::uint32_t column, std::string_view message) {
  AddLine(fmt::format("{}:{}:{}: {}", file_, line, column, message));
}

void FieldReader::AddLine(std::string_view line) {
  ++error_count_;
  if (error_count_ > kErrorsMax) return;
  if (!errors_.empty()) errors_.push_back('\n');
  errors_ += line;
}

}  // namespace stalemark::scenario
