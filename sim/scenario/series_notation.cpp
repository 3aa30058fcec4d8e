// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/series_notation.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "core/exposition/text_parser.h"
#include "core/model/value.h"
#include "core/text/go_float.h"
#include "core/text/go_quote.h"

namespace stalemark::scenario {

/// Reads `a`, `axn`, `a+bxn`, `a-bxn`, `_`, `_xn`, `stale` between blanks.
class ValuesParser {
 public:
  explicit ValuesParser(std::string_view text) : text_(text) {}

  Result<SeriesValues> Parse() {
    for (;;) {
      at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size());
      if (at_ == text_.size()) return std::move(values_);
      const std::size_t end = std::min(text_.find_first_of(kBlanks, at_), text_.size());
      item_ = text_.substr(at_, end - at_);
      if (const char* problem = Item(item_)) {
        return Error{fmt::format("{} in {}", problem, text::GoQuote(item_.substr(0, kShownMax))), at_};
      }
      at_ = end;
    }
  }

 private:
  static constexpr std::string_view kBlanks = " \t\n\r";
  static constexpr std::size_t kShownMax = 40;
  static constexpr std::size_t kRunsMax = 1'000'000;
  using Run = SeriesValues::Run;
  using RunKind = SeriesValues::RunKind;

  /// Null, or what is wrong.
  const char* Item(std::string_view item) {
    Run run;
    if (item == "stale") {
      run.kind = RunKind::kStale;
      return Add(run);
    }
    if (item[0] == '_') {
      item.remove_prefix(1);
      if (item.empty()) return Add(run);
      if (item[0] != 'x') return "a gap is _ or _xN";
      return Times(item.substr(1), 0, &run) ? Add(run) : "bad number of repetitions";
    }
    if (item[0] == '{') return "histograms are not supported";
    run.kind = RunKind::kNumbers;
    const std::size_t start_size = NumberLength(item);
    if (!Number(item.substr(0, start_size), &run.start)) return "no number, _ or stale";
    item.remove_prefix(start_size);
    if (item.empty()) return Add(run);
    if (item[0] == '+' || item[0] == '-') {
      const std::size_t step_size = NumberLength(item);
      if (!Number(item.substr(0, step_size), &run.step)) return "bad increment";
      item.remove_prefix(step_size);
      if (item.empty()) return "an increment needs xN";
    }
    if (item[0] != 'x') return "no number, _ or stale";
    return Times(item.substr(1), 1, &run) ? Add(run) : "bad number of repetitions";
  }

  /// Up to the sign of an increment or the `x`; `1e+5` is one number. Hexadecimal would be ambiguous and is not read.
  static std::size_t NumberLength(std::string_view item) {
    std::size_t i = !item.empty() && (item[0] == '+' || item[0] == '-') ? 1 : 0;
    for (; i < item.size() && item[i] != 'x'; ++i) {
      const bool sign = item[i] == '+' || item[i] == '-';
      if (sign && !(i > 0 && (item[i - 1] == 'e' || item[i - 1] == 'E'))) break;
    }
    return i;
  }

  static bool Number(std::string_view text, double* out) {
    const text::ParsedFloat parsed = text::ParseSampleFloat(text);
    if (parsed.error != text::FloatError::kNone) return false;
    *out = DoubleOf(parsed.bits);
    return true;
  }

  /// `count` = digits + extra.
  static bool Times(std::string_view digits, std::uint64_t extra, Run* run) {
    constexpr std::size_t kDigitsMax = 15;
    if (digits.empty() || digits.size() > kDigitsMax) return false;
    std::uint64_t count = 0;
    for (const char c : digits) {
      if (c < '0' || c > '9') return false;
      count = count * 10 + static_cast<std::uint64_t>(c - '0');
    }
    run->count = count + extra;
    return true;
  }

  const char* Add(const Run& run) {
    if (values_.runs_.size() >= kRunsMax) return "too many items";
    if (run.count > 0) values_.runs_.push_back(run);
    values_.size_ += run.count;
    return nullptr;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string_view item_;
  SeriesValues values_;
};

bool SeriesValues::HasStale() const {
  return std::any_of(runs_.begin(), runs_.end(), [](const Run& run) { return run.kind == RunKind::kStale; });
}

bool SeriesValues::HasValue() const {
  return std::any_of(runs_.begin(), runs_.end(), [](const Run& run) { return run.kind != RunKind::kGap; });
}

bool SeriesValues::Cursor::Next(Value* value) {
  if (run_ == values_->runs_.size()) return false;
  const Run& run = values_->runs_[run_];
  current_ = done_ == 0 ? run.start : current_ + run.step;
  switch (run.kind) {
    case RunKind::kGap:
      value->reset();
      break;
    case RunKind::kStale:
      *value = kStaleNaN;
      break;
    case RunKind::kNumbers:
      // NaN as a parsed body stores it.
      *value = current_ != current_ ? kNormalNaN : BitsOf(current_);
      break;
  }
  if (++done_ == run.count) {
    ++run_;
    done_ = 0;
  }
  return true;
}

Result<SeriesValues> ParseSeriesValues(std::string_view text) {
  return ValuesParser(text).Parse();
}

Result<Labels> ParseSeriesName(std::string_view text) {
  const Error bad{fmt::format("{} is no series such as up{{job=\"a\"}}", text::GoQuote(text.substr(0, 80)))};
  if (text.empty() || text.find('\n') != std::string_view::npos || text.find('\0') != std::string_view::npos)
    return bad;
  const std::string line = std::string(text) + " 0\n" + std::string(kBodyPadding, '\0');
  TextParser parser(ParserOptions{});
  parser.Reset(std::string_view(line).substr(0, line.size() - kBodyPadding));
  if (parser.Next() != EntryKind::kSeries || parser.sample().series != text) return bad;
  std::vector<Label> labels;
  parser.SampleLabels(&labels);
  Labels out = Labels::FromUnsorted(std::move(labels));
  if (!out.DuplicateName().empty()) {
    return Error{fmt::format("label {} stands twice in {}", out.DuplicateName(), text::GoQuote(text.substr(0, 80)))};
  }
  return out;
}

std::string ValueText(const SeriesValues::Value& value) {
  if (!value) return "_";
  if (IsStaleNaN(*value)) return "stale";
  std::string out;
  text::AppendApiFloat(out, DoubleOf(*value));
  return out;
}

std::string SeriesText(const Labels& labels) {
  std::string out(labels.Get(kMetricName));
  std::string_view separator = "{";
  for (const Label label : labels) {
    if (label.name == kMetricName) continue;
    out.append(separator).append(label.name).append("=").append(text::GoQuote(label.value));
    separator = ",";
  }
  if (separator == ",") out.push_back('}');
  return out.empty() ? "{}" : out;
}

}  // namespace stalemark::scenario
