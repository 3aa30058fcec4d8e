// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/selector.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/text/ascii.h"
#include "core/text/go_quote.h"
#include "core/text/utf8.h"
#include "sim/scenario/notation_number.h"

namespace stalemark::scenario {
namespace {

/// Words that promql/parser does not take for the name of a metric, in lower case.
constexpr std::string_view kNoNames[] = {"atan2", "bool", "group_left", "group_right", "ignoring", "inf", "nan", "on"};

int DigitOf(char c) {
  if (ascii::IsDigit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
}

/// A quoted text with the escapes of Go, in one of three quotes. Mirrors strutil.Unquote.
class StringReader {
 public:
  explicit StringReader(TextCursor* cursor) : cursor_(*cursor) {}

  /// Requires: the cursor stands on the opening quote. Absent: it is no such text.
  std::optional<std::string> Read() {
    const char quote = cursor_.text[cursor_.at++];
    std::string out;
    while (!cursor_.done()) {
      const char c = cursor_.text[cursor_.at++];
      if (c == quote) return text::IsValidUtf8(raw_) ? std::optional<std::string>(std::move(out)) : std::nullopt;
      raw_.push_back(c);
      if (quote == '`' || c != '\\') {
        if (quote != '`' && c == '\n') return {};
        out.push_back(c);
      } else if (!Escape(quote, &out)) {
        return {};
      }
    }
    return {};
  }

 private:
  bool Escape(char quote, std::string* out) {
    if (cursor_.done()) return false;
    const char c = cursor_.text[cursor_.at++];
    constexpr std::string_view kLetters = "abfnrtv\\";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\";
    if (const std::size_t letter = kLetters.find(c); letter != std::string_view::npos) {
      out->push_back(kMeanings[letter]);
      return true;
    }
    if (c == quote) {
      out->push_back(c);
      return true;
    }
    if (c == 'x') return Number(16, 2, 0, out);
    if (c == 'u') return Number(16, 4, 0, out);
    if (c == 'U') return Number(16, 8, 0, out);
    return DigitOf(c) < 8 && Number(8, 2, static_cast<std::uint32_t>(DigitOf(c)), out);
  }

  /// `\x` and octals are bytes, the others code points.
  bool Number(int base, int digits, std::uint32_t value, std::string* out) {
    for (int i = 0; i < digits; ++i) {
      const int digit = DigitOf(cursor_.Peek());
      if (digit >= base) return false;
      value = value * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit);
      ++cursor_.at;
    }
    if (digits == 2) {
      if (value > 255) return false;
      out->push_back(static_cast<char>(value));
      return true;
    }
    if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return false;
    text::AppendRune(*out, value);
    return true;
  }

  TextCursor& cursor_;
  /// What stands between the quotes; upstream refuses invalid UTF-8 there.
  std::string raw_;
};

class SelectorParser {
 public:
  explicit SelectorParser(std::string_view text) : cursor_{text} { selector_.text = text; }

  Result<Selector> Parse() {
    SkipBlanksAndComments();
    if (cursor_.done()) return Error{"no expression found in input", 0};
    const std::string name = TakeName();
    if (!name.empty()) {
      if (std::string problem = CheckName(name); !problem.empty()) return Error{std::move(problem), 0};
      SkipBlanksAndComments();
    }
    if (cursor_.Accept("{")) {
      if (std::string problem = ReadMatchers(); !problem.empty()) return Error{std::move(problem), cursor_.at};
    } else if (name.empty()) {
      return NoSelector();
    }
    if (!name.empty()) {
      if (names_ > 0) return Error{fmt::format("metric name must not be set twice: {}", text::GoQuote(name)), 0};
      static_cast<void>(Add(MatchType::kEqual, kMetricName, name));
    }
    SkipBlanksAndComments();
    if (!cursor_.done()) return NoSelector();
    const bool selects_something = std::any_of(selector_.matchers.begin(), selector_.matchers.end(),
                                               [](const Matcher& matcher) { return !matcher.Matches(""); });
    if (!selects_something) return Error{"vector selector must contain at least one non-empty matcher", 0};
    return std::move(selector_);
  }

 private:
  Error NoSelector() const {
    const std::string_view rest = cursor_.text.substr(cursor_.at);
    return {fmt::format("unexpected {}: only selectors such as up{{job=\"a\"}} are evaluated, no functions, operators, "
                        "ranges or modifiers",
                        text::GoQuote(text::FirstRunes(rest, 20))),
            cursor_.at};
  }

  void SkipBlanksAndComments() {
    while (cursor_.SkipBlanks() || cursor_.Peek() == '#') {
      if (cursor_.Peek() != '#') continue;
      while (!cursor_.done() && cursor_.Peek() != '\n' && cursor_.Peek() != '\r') ++cursor_.at;
    }
  }

  std::string TakeName() {
    const std::size_t begin = cursor_.at;
    if (!ascii::IsNameStart(cursor_.Peek()) && cursor_.Peek() != ':') return {};
    while (ascii::IsWord(cursor_.Peek()) || cursor_.Peek() == ':') ++cursor_.at;
    return std::string(cursor_.text.substr(begin, cursor_.at - begin));
  }

  static std::string CheckName(const std::string& name) {
    if (IsBareMetricName(name)) return {};
    return fmt::format("{0} is a word of PromQL: write {{__name__=\"{0}\"}}", name);
  }

  /// Up to and with the closing brace. Empty, or what is wrong.
  std::string ReadMatchers() {
    bool separated = true;
    for (std::size_t count = 0;; ++count) {
      SkipBlanksAndComments();
      if (cursor_.done()) return "unexpected end of input inside braces";
      if (cursor_.Accept("}")) return {};
      if (!separated) return Unexpected("\",\" or \"}\"");
      if (std::string problem = ReadMatcher(); !problem.empty()) return problem;
      SkipBlanksAndComments();
      separated = cursor_.Accept(",");
    }
  }

  std::string Unexpected(std::string_view expected) const {
    const std::string_view rest = cursor_.text.substr(cursor_.at);
    const std::string found = rest.empty() ? "end of input" : text::GoQuote(text::FirstRunes(rest, 1));
    return fmt::format("unexpected {} in label matching, expected {}", found, expected);
  }

  std::string ReadMatcher() {
    std::string name;
    const bool quoted = IsQuote(cursor_.Peek());
    if (quoted) {
      std::optional<std::string> read = StringReader(&cursor_).Read();
      if (!read) return "error unquoting a string";
      name = std::move(*read);
    } else if (ascii::IsNameStart(cursor_.Peek())) {
      while (ascii::IsWord(cursor_.Peek())) name.push_back(cursor_.text[cursor_.at++]);
    } else {
      return Unexpected("identifier or \"}\"");
    }
    SkipBlanksAndComments();
    const std::optional<MatchType> type = ReadOperator();
    if (!type) {
      if (!quoted) return Unexpected("label matching operator");
      return Add(MatchType::kEqual, kMetricName, name);
    }
    SkipBlanksAndComments();
    if (!IsQuote(cursor_.Peek())) return Unexpected("string");
    const std::optional<std::string> value = StringReader(&cursor_).Read();
    if (!value) return "error unquoting a string";
    return Add(*type, name, *value);
  }

  static bool IsQuote(char c) { return c == '"' || c == '\'' || c == '`'; }

  std::optional<MatchType> ReadOperator() {
    if (cursor_.Accept("=~")) return MatchType::kRegex;
    if (cursor_.Accept("!~")) return MatchType::kNotRegex;
    if (cursor_.Accept("!=")) return MatchType::kNotEqual;
    if (cursor_.Accept("=")) return MatchType::kEqual;
    return {};
  }

  std::string Add(MatchType type, std::string_view name, const std::string& value) {
    static constexpr std::string_view kOperators[] = {"=", "!=", "=~", "!~"};
    Result<Matcher> matcher = Matcher::Make(type, name, value);
    if (!matcher.ok()) return matcher.error().message;
    names_ += name == kMetricName ? 1 : 0;
    if (name == kMetricName && type == MatchType::kEqual) selector_.metric_name = value;
    selector_.matchers.push_back(std::move(matcher).value());
    const std::string shown = IsLegacyLabelName(name) ? std::string(name) : text::GoQuote(name);
    selector_.matcher_texts.push_back(shown + std::string(kOperators[static_cast<std::size_t>(type)]) +
                                      text::GoQuote(value));
    return {};
  }

  TextCursor cursor_;
  Selector selector_;
  /// Matchers of the name.
  std::size_t names_ = 0;
};

}  // namespace

bool IsBareMetricName(std::string_view name) {
  const std::string lower = ascii::ToLower(std::string(name));
  return IsLegacyMetricName(name) && std::find(std::begin(kNoNames), std::end(kNoNames), lower) == std::end(kNoNames);
}

Result<Selector> ParseSelector(std::string_view text) {
  return SelectorParser(text).Parse();
}

}  // namespace stalemark::scenario
