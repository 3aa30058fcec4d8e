// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/body_template.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/model/value.h"
#include "core/text/go_float.h"
#include "core/text/go_quote.h"
#include "core/text/nearest.h"

namespace stalemark::scenario {
namespace {

struct NamedValue {
  std::string_view name;
  TemplateValue value;
};
constexpr NamedValue kValues[] = {
    {"ordinal", TemplateValue::kOrdinal},      {"time", TemplateValue::kTime},     {"time_ms", TemplateValue::kTimeMs},
    {"start_time", TemplateValue::kStartTime}, {"uptime", TemplateValue::kUptime}, {"counter", TemplateValue::kCounter},
};

struct NamedNumber {
  std::string_view name;
  double TemplatePiece::*number;
};
constexpr NamedNumber kNamedNumbers[] = {
    {"rate", &TemplatePiece::rate}, {"step", &TemplatePiece::step}, {"from", &TemplatePiece::from}};

class TemplateParser {
 public:
  explicit TemplateParser(std::string_view text) : text_(text) {}

  Result<BodyTemplate> Parse() {
    while (at_ < text_.size()) {
      const std::size_t dollar = std::min(text_.find('$', at_), text_.size());
      AddText(text_.substr(at_, dollar - at_));
      at_ = dollar;
      if (at_ == text_.size()) break;
      const std::string_view rest = text_.substr(at_);
      if (rest.substr(0, 2) == "$$") {
        AddText("$");
        at_ += 2;
      } else if (rest.substr(0, 2) != "${") {
        return Error{"found a single $, expected ${...}, or $$ for the sign itself", at_};
      } else if (Status status = ReadPlace(); !status.ok()) {
        return status.error();
      }
    }
    return std::move(pieces_);
  }

 private:
  struct Word {
    std::string_view text;
    std::size_t at = 0;
  };

  void AddText(std::string_view text) {
    if (text.empty()) return;
    if (pieces_.empty() || pieces_.back().value != TemplateValue::kText) pieces_.emplace_back();
    pieces_.back().text += text;
  }

  /// `${...}`, at whose `$` the parser stands.
  Status ReadPlace() {
    const std::size_t end = text_.find_first_of("}\n", at_);
    if (end == std::string_view::npos || text_[end] != '}') {
      return Error{"found ${ without }, expected both on one line", at_};
    }
    const std::vector<Word> words = Words(at_ + 2, end);
    if (words.empty()) return Error{"found ${}, expected the name of a value in it", at_};
    TemplatePiece piece;
    std::vector<std::string_view> names;
    for (const NamedValue& value : kValues) names.push_back(value.name);
    const auto found = std::find(names.begin(), names.end(), words[0].text);
    if (found == names.end()) return Unknown(words[0], names);
    piece.value = kValues[found - names.begin()].value;
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (Status status = ReadSetting(words[0].text, words[i], &piece); !status.ok()) return status;
    }
    pieces_.push_back(std::move(piece));
    at_ = end + 1;
    return {};
  }

  std::vector<Word> Words(std::size_t begin, std::size_t end) const {
    std::vector<Word> words;
    for (;;) {
      begin = std::min(text_.find_first_not_of(' ', begin), end);
      if (begin == end) return words;
      const std::size_t word_end = std::min(text_.find(' ', begin), end);
      words.push_back({text_.substr(begin, word_end - begin), begin});
      begin = word_end;
    }
  }

  static Status ReadSetting(std::string_view value, const Word& word, TemplatePiece* piece) {
    if (piece->value != TemplateValue::kCounter) {
      return Error{fmt::format("found {} behind {}, expected nothing", text::GoQuote(word.text), value), word.at};
    }
    if (word.text == "kept") {
      piece->kept = true;
      return {};
    }
    const std::size_t equals = std::min(word.text.find('='), word.text.size());
    for (const NamedNumber& known : kNamedNumbers) {
      if (equals == word.text.size() || word.text.substr(0, equals) != known.name) continue;
      const std::string_view digits = word.text.substr(equals + 1);
      const text::ParsedFloat number = text::ParseSampleFloat(digits);
      if (number.error == text::FloatError::kNone) {
        piece->*known.number = DoubleOf(number.bits);
        return {};
      }
      return Error{fmt::format("found {}, expected a number", text::GoQuote(digits)), word.at + equals + 1};
    }
    return Unknown({word.text.substr(0, equals), word.at}, {"rate", "step", "from", "kept"},
                   "rate=N, step=N, from=N, kept");
  }

  static Error Unknown(const Word& word, const std::vector<std::string_view>& known, std::string_view expected = {}) {
    const std::string_view nearest = text::NearestWord(word.text, known);
    std::string message =
        fmt::format("found {}, expected one of {}", text::GoQuote(word.text),
                    expected.empty() ? fmt::format("{}", fmt::join(known, ", ")) : std::string(expected));
    if (!nearest.empty()) message += fmt::format(" (did you mean \"{}\"?)", nearest);
    return {std::move(message), word.at};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  BodyTemplate pieces_;
};

}  // namespace

Result<BodyTemplate> ParseBodyTemplate(std::string_view text) {
  return TemplateParser(text).Parse();
}

}  // namespace stalemark::scenario
