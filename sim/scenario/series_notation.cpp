// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/series_notation.h"

#include <algorithm>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "core/exposition/text_parser.h"
#include "core/model/value.h"
#include "core/text/go_float.h"
#include "core/text/go_quote.h"
#include "sim/scenario/selector.h"

namespace stalemark::scenario {

/// Items between blanks: `a`, `axn`, `a+bxn`, `a-bxn`, `_`, `_xn`, `stale`, and histograms in the place of `a` and `b`.
class ValuesParser {
 public:
  explicit ValuesParser(std::string_view text) : cursor_{text} {}

  Result<SeriesValues> Parse() {
    for (bool separated = true;;) {
      separated = cursor_.SkipBlanks() || separated;
      if (cursor_.done()) return std::move(values_);
      item_at_ = cursor_.at;
      std::string problem = separated ? Item() : "no blank before the next value";
      if (!problem.empty()) return Error{fmt::format("{} in {}", problem, Shown()), item_at_};
      separated = false;
    }
  }

 private:
  static constexpr std::string_view kBlanks = " \t\n\r";
  static constexpr std::size_t kShownMax = 40;
  static constexpr std::size_t kRunsMax = 1'000'000;
  static constexpr std::uint64_t kCountMax = 1'000'000'000'000'000;
  static constexpr std::uint64_t kSizeMax = 1'000 * kCountMax;
  using Run = SeriesValues::Run;
  using RunKind = SeriesValues::RunKind;

  /// The item, up to the next blank.
  std::string Shown() const {
    const std::string_view rest = cursor_.text.substr(item_at_);
    return text::GoQuote(rest.substr(0, std::min(rest.find_first_of(kBlanks), kShownMax)));
  }

  /// Empty, or what is wrong.
  std::string Item() {
    const std::string_view rest = cursor_.text.substr(cursor_.at);
    if (rest.substr(0, 2) == "{{") return HistogramItem();
    Run run;
    if (cursor_.Accept("_")) {
      if (cursor_.Accept("x")) return Times(0, &run);
      return cursor_.done() || kBlanks.find(cursor_.Peek()) != std::string_view::npos ? Add(run) : "a gap is _ or _xN";
    }
    run.kind = RunKind::kNumbers;
    const std::size_t word_end = std::min(rest.find_first_of(" \t\n\r+-"), rest.size());
    if (rest.substr(0, word_end) == "stale") {
      cursor_.at += word_end;
      run.kind = RunKind::kStale;
      return Add(run);
    }
    if (std::string problem = NumberOrWord(&run.start); !problem.empty()) return problem;
    if (cursor_.Peek() == '+' || cursor_.Peek() == '-') {
      run.steps = true;
      if (!NumberOrWord(&run.step).empty()) return "bad increment";
      return cursor_.Accept("x") ? Times(1, &run) : "an increment needs xN";
    }
    return cursor_.Accept("x") ? Times(1, &run) : Add(run);
  }

  /// `1`, `-1`, `NaN`. Of `NaNx3` upstream's lexer makes one word.
  std::string NumberOrWord(double* value) {
    const bool negative = cursor_.Accept("-");
    if (!negative) cursor_.Accept("+");
    if (!ReadNumber(&cursor_, value)) {
      const std::string_view word = cursor_.TakeWord();
      if (word.size() > 3 && word[3] == 'x' && NumberWord(word.substr(0, 3), value)) {
        return fmt::format("{0} is repeated as {0}+0xN", word.substr(0, 3));
      }
      if (!NumberWord(word, value)) return "no number, _, stale or histogram";
    }
    if (negative) *value = -*value;
    return {};
  }

  std::string HistogramItem() {
    Run run;
    run.kind = RunKind::kHistogram;
    Result<NotedHistogram> noted = ReadHistogram(&cursor_);
    if (!noted.ok()) return HistogramProblem(noted.error());
    if (cursor_.Peek() == '+' || cursor_.Peek() == '-') {
      run.histogram_sign = cursor_.Peek() == '+' ? Sign::kPlus : Sign::kMinus;
      ++cursor_.at;
      if (cursor_.text.substr(cursor_.at, 2) != "{{") return "the increment of a histogram is one too";
      Result<NotedHistogram> step = ReadHistogram(&cursor_);
      if (!step.ok()) return HistogramProblem(step.error());
      if (!cursor_.Accept("x")) return "an increment needs xN";
      // As upstream: the increment says whether the hint counts.
      noted->hint_set = step->hint_set;
      run.histogram_step = std::make_shared<const FloatHistogram>(std::move(step->histogram));
      run.histogram = std::make_shared<const NotedHistogram>(std::move(*noted));
      std::string problem = Times(1, &run);
      if (!problem.empty() || run.count < 2) return problem;
      const Result<FloatHistogram> sum = Combine(run.histogram->histogram, *run.histogram_step, run.histogram_sign);
      return sum.ok() ? std::string() : sum.error().message;
    }
    run.histogram = std::make_shared<const NotedHistogram>(std::move(*noted));
    return cursor_.Accept("x") ? Times(1, &run) : Add(run);
  }

  /// The place of the error is that inside the histogram.
  std::string HistogramProblem(const Error& error) {
    item_at_ = std::min(error.offset, cursor_.text.size());
    return error.message;
  }

  /// Adds the run, `extra` times more often than the digits at the cursor say.
  std::string Times(std::uint64_t extra, Run* run) {
    if (!ReadUint(&cursor_, &run->count) || run->count > kCountMax) return "bad number of repetitions";
    run->count += extra;
    return Add(*run);
  }

  std::string Add(const Run& run) {
    if (values_.runs_.size() >= kRunsMax || values_.size_ + run.count > kSizeMax) return "too many values";
    if (run.count > 0) values_.runs_.push_back(run);
    values_.size_ += run.count;
    return {};
  }

  TextCursor cursor_;
  /// Where the item begins, or what is wrong in it.
  std::size_t item_at_ = 0;
  SeriesValues values_;
};

bool SeriesValues::Has(RunKind kind) const {
  return std::any_of(runs_.begin(), runs_.end(), [kind](const Run& run) { return run.kind == kind; });
}

bool SeriesValues::HasValue() const {
  return std::any_of(runs_.begin(), runs_.end(), [](const Run& run) { return run.kind != RunKind::kGap; });
}

bool SeriesValues::Cursor::Next(Value* value) {
  if (run_ == values_->runs_.size()) return false;
  const Run& run = values_->runs_[run_];
  const bool first = done_ == 0;
  switch (run.kind) {
    case RunKind::kGap:
      value->reset();
      break;
    case RunKind::kStale:
      *value = SampleValue{kStaleNaN};
      break;
    case RunKind::kNumbers:
      current_ = first || !run.steps ? run.start : current_ + run.step;
      // NaN as a parsed body stores it.
      *value = SampleValue{current_ != current_ ? kNormalNaN : BitsOf(current_)};
      break;
    case RunKind::kHistogram:
      if (first) {
        current_histogram_ = run.histogram;
      } else if (run.histogram_step != nullptr) {
        // The parser has combined the first two; the layout of the sum is the base's or coarser.
        NotedHistogram next = *current_histogram_;
        Result<FloatHistogram> sum = Combine(next.histogram, *run.histogram_step, run.histogram_sign);
        if (sum.ok()) next.histogram = std::move(*sum);
        current_histogram_ = std::make_shared<const NotedHistogram>(std::move(next));
      }
      *value = SampleValue{0, current_histogram_};
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

Result<SampleValue> ParseSampleValue(std::string_view text) {
  const Result<SeriesValues> values = ParseSeriesValues(text);
  if (!values.ok()) return values.error();
  SeriesValues::Value value;
  if (values->size() != 1 || !SeriesValues::Cursor(*values).Next(&value) || !value) {
    return Error{fmt::format("found {}, expected one value", text::GoQuote(text.substr(0, 40)))};
  }
  return std::move(*value);
}

namespace {

/// The labels of `text` as a line of an exposition, without `lent` in front of it; absent: it is none.
std::optional<Labels> ReadSeriesLabels(std::string_view lent, std::string_view text) {
  const std::string series = std::string(lent) + std::string(text);
  const std::string line = series + " 0\n" + std::string(kBodyPadding, '\0');
  TextParser parser(ParserOptions{});
  parser.Reset(std::string_view(line).substr(0, line.size() - kBodyPadding));
  if (parser.Next() != EntryKind::kSeries || parser.sample().series != series) return {};
  std::vector<Label> labels;
  parser.SampleLabels(&labels);
  if (!lent.empty()) {
    labels.erase(std::find_if(labels.begin(), labels.end(), [&](const Label& label) { return label.value == lent; }));
  }
  return Labels::FromUnsorted(std::move(labels));
}

}  // namespace

Result<Labels> ParseSeriesName(std::string_view text) {
  const Error bad{fmt::format("{} is no series such as up{{job=\"a\"}}", text::GoQuote(text.substr(0, 80)))};
  if (text.empty() || text.find('\n') != std::string_view::npos || text.find('\0') != std::string_view::npos)
    return bad;
  std::optional<Labels> out = ReadSeriesLabels("", text);
  if (!out && text.front() == '{') {
    // A selector's way to name a series, `{__name__="up"}`, which expositions do not know.
    out = ReadSeriesLabels("lent", text);
    if (out && out->Get(kMetricName).empty()) return bad;
  }
  if (!out) return bad;
  if (!out->DuplicateName().empty()) {
    return Error{fmt::format("label {} stands twice in {}", out->DuplicateName(), text::GoQuote(text.substr(0, 80)))};
  }
  return std::move(*out);
}

std::string ValueText(std::uint64_t bits) {
  if (IsStaleNaN(bits)) return "stale";
  std::string out;
  text::AppendApiFloat(out, DoubleOf(bits));
  return out;
}

std::string ValueText(const SeriesValues::Value& value) {
  if (!value) return "_";
  if (value->histogram == nullptr) return ValueText(value->bits);
  return HistogramNotation(value->histogram->histogram, HintShown::kAlways);
}

std::string SeriesText(const Labels& labels) {
  const std::string_view name = labels.Get(kMetricName);
  const bool bare = name.empty() || IsBareMetricName(name);
  std::string out(bare ? name : std::string_view());
  std::string inside = bare ? std::string() : text::GoQuote(name);
  for (const Label label : labels) {
    if (label.name == kMetricName) continue;
    if (!inside.empty()) inside.push_back(',');
    inside += IsLegacyLabelName(label.name) ? std::string(label.name) : text::GoQuote(label.name);
    inside += "=" + text::GoQuote(label.value);
  }
  if (!inside.empty() || out.empty()) out += "{" + inside + "}";
  return out;
}

void ValuesWriter::Add(const SeriesValues::Value& value) {
  if (cut()) return;
  std::string text = ValueText(value);
  if (count_ > 0 && Continues(value, text)) {
    ++count_;
    return;
  }
  // Of two different numbers the second may begin the next run.
  Flush();
  kind_ = RunKind::kSame;
  count_ = 1;
  first_ = std::move(text);
  is_number_ = value && value->histogram == nullptr && !IsStaleNaN(value->bits);
  last_ = is_number_ ? DoubleOf(value->bits) : 0;
}

bool ValuesWriter::Continues(const SeriesValues::Value& value, const std::string& text) {
  if (kind_ == RunKind::kSame && text == first_) return true;
  if (!is_number_ || !value || value->histogram != nullptr || IsStaleNaN(value->bits)) return false;
  const double next = DoubleOf(value->bits);
  if (kind_ == RunKind::kSame && count_ == 1) {
    // Two numbers make a step, if it leads from the one exactly to the other.
    step_ = next - last_;
    if (step_ - step_ != 0 || BitsOf(last_ + step_) != value->bits) return false;
    kind_ = RunKind::kSteps;
  } else if (kind_ != RunKind::kSteps || BitsOf(last_ + step_) != value->bits) {
    if (kind_ != RunKind::kSteps || count_ != 2) return false;
    // The step was none: its second number begins anew.
    Append(first_);
    first_ = ValueText(BitsOf(last_));
    kind_ = RunKind::kSame;
    count_ = 1;
    return Continues(value, text);
  }
  last_ = next;
  return true;
}

void ValuesWriter::Flush() {
  if (count_ == 0) return;
  if (kind_ == RunKind::kSteps && count_ > 2) {
    Append(fmt::format("{}{}{}x{}", first_, step_ < 0 ? "" : "+", ValueText(BitsOf(step_)), count_ - 1));
  } else if (kind_ == RunKind::kSteps) {
    Append(first_);
    Append(ValueText(BitsOf(last_)));
  } else if (first_ == "_" && count_ > 1) {
    Append(fmt::format("_x{}", count_));
  } else if (count_ <= 2 || first_ == "stale") {
    for (std::uint64_t i = 0; i < count_ && !cut(); ++i) Append(first_);
  } else {
    // `NaNx3` would be one word to promtool.
    const bool is_word = is_number_ && last_ - last_ != 0;
    Append(fmt::format("{}{}x{}", first_, is_word ? "+0" : "", count_ - 1));
  }
}

void ValuesWriter::Append(const std::string& item) {
  if (cut()) return;
  ++items_;
  if (!out_.empty()) out_.push_back(' ');
  out_ += cut() ? "..." : item;
}

std::string ValuesWriter::Take() {
  Flush();
  count_ = 0;
  return std::move(out_);
}

}  // namespace stalemark::scenario
