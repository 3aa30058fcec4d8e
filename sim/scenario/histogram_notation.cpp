// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/histogram_notation.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "core/model/histogram_buckets.h"
#include "core/model/histogram_text.h"
#include "core/text/ascii.h"
#include "core/text/go_float.h"
#include "core/text/go_quote.h"
#include "core/text/nearest.h"

namespace stalemark::scenario {
namespace {

constexpr std::pair<std::string_view, CounterResetHint> kHints[] = {
    {"unknown", CounterResetHint::kUnknown},
    {"reset", CounterResetHint::kCounterReset},
    {"not_reset", CounterResetHint::kNotCounterReset},
    {"gauge", CounterResetHint::kGauge},
};

/// One side's buckets begin at this index.
struct NotedSide {
  std::vector<double> buckets;
  std::int32_t offset = 0;

  void MoveTo(std::vector<HistogramSpan>* spans, std::vector<double>* counts) {
    if (!buckets.empty()) *spans = {{offset, static_cast<std::uint32_t>(buckets.size())}};
    *counts = std::move(buckets);
  }
};

class HistogramReader {
 public:
  explicit HistogramReader(TextCursor* cursor) : cursor_(*cursor) {}

  Result<NotedHistogram> Read() {
    cursor_.Accept("{{");
    // Blanks stand between two keys and before the end, and alone in an empty description.
    bool separated = !cursor_.SkipBlanks();
    const bool may_have_keys = separated;
    for (std::size_t keys = 0; !cursor_.Accept("}}"); ++keys) {
      if (cursor_.done()) return Fail("no }}");
      if (!may_have_keys) return Fail("a blank behind {{");
      if (!separated) return Fail("no blank before the next key");
      const std::size_t key_at = cursor_.at;
      if (std::string problem = ReadKey(); !problem.empty()) return Error{std::move(problem), key_at};
      separated = cursor_.SkipBlanks();
    }
    positive_.MoveTo(&noted_.histogram.positive_spans, &noted_.histogram.positive_buckets);
    negative_.MoveTo(&noted_.histogram.negative_spans, &noted_.histogram.negative_buckets);
    return std::move(noted_);
  }

 private:
  using Part = bool (HistogramReader::*)();
  struct Key {
    std::string_view name;
    Part read;
    std::string_view expected;
  };

  Error Fail(std::string problem) const { return {std::move(problem), cursor_.at}; }

  /// Empty, or what is wrong.
  std::string ReadKey() {
    static constexpr std::string_view kNumber = "a number";
    static constexpr std::string_view kNumbers = "numbers such as [1 2.5]";
    static constexpr std::string_view kIndex = "a whole number";
    static const Key kKeys[] = {
        {"schema", &HistogramReader::ReadSchema, kIndex},
        {"sum", &HistogramReader::ReadSum, kNumber},
        {"count", &HistogramReader::ReadCount, kNumber},
        {"z_bucket", &HistogramReader::ReadZeroCount, kNumber},
        {"z_bucket_w", &HistogramReader::ReadZeroThreshold, "a number without a sign"},
        {"custom_values", &HistogramReader::ReadCustomValues, kNumbers},
        {"buckets", &HistogramReader::ReadBuckets, kNumbers},
        {"offset", &HistogramReader::ReadOffset, kIndex},
        {"n_buckets", &HistogramReader::ReadNegativeBuckets, kNumbers},
        {"n_offset", &HistogramReader::ReadNegativeOffset, kIndex},
        {"counter_reset_hint", &HistogramReader::ReadHint, "unknown, reset, not_reset or gauge"},
    };
    const std::string name = ascii::ToLower(std::string(cursor_.TakeWord()));
    const Key* const key =
        std::find_if(std::begin(kKeys), std::end(kKeys), [&](const Key& k) { return k.name == name; });
    if (key == std::end(kKeys)) return UnknownKey(name, {std::begin(kKeys), std::end(kKeys)});
    const std::uint32_t bit = std::uint32_t{1} << (key - std::begin(kKeys));
    if ((seen_ & bit) != 0) return fmt::format("the key {} a second time", name);
    seen_ |= bit;
    if (!cursor_.Accept(":")) return fmt::format("no : behind {}", name);
    return (this->*key->read)() ? std::string() : fmt::format("{} needs {}", name, key->expected);
  }

  static std::string UnknownKey(const std::string& name, const std::vector<Key>& keys) {
    std::vector<std::string_view> names;
    for (const Key& key : keys) names.push_back(key.name);
    const std::string_view nearest = text::NearestWord(name, names);
    const std::string did_you_mean = nearest.empty() ? fmt::format("the keys are {}", fmt::join(names, ", "))
                                                     : fmt::format("did you mean {}?", nearest);
    return fmt::format("{} is no key of a histogram ({})", text::GoQuote(name), did_you_mean);
  }

  bool ReadSchema() { return ReadInt(&noted_.histogram.schema); }
  bool ReadSum() { return ReadSigned(&noted_.histogram.sum); }
  bool ReadCount() { return ReadSigned(&noted_.histogram.count); }
  bool ReadZeroCount() { return ReadSigned(&noted_.histogram.zero_count); }
  bool ReadZeroThreshold() { return ReadUnsigned(&noted_.histogram.zero_threshold); }
  bool ReadCustomValues() { return ReadList(&noted_.histogram.custom_values); }
  bool ReadBuckets() { return ReadList(&positive_.buckets); }
  bool ReadOffset() { return ReadInt(&positive_.offset); }
  bool ReadNegativeBuckets() { return ReadList(&negative_.buckets); }
  bool ReadNegativeOffset() { return ReadInt(&negative_.offset); }

  bool ReadHint() {
    const std::string word = ascii::ToLower(std::string(cursor_.TakeWord()));
    const auto* const hint =
        std::find_if(std::begin(kHints), std::end(kHints), [&](const auto& known) { return known.first == word; });
    if (hint == std::end(kHints)) return false;
    noted_.histogram.counter_reset_hint = hint->second;
    noted_.hint_set = true;
    return true;
  }

  /// Upstream's lexer wants a digit first here: not `.5`.
  bool ReadUnsigned(double* value) {
    if (cursor_.Peek() != '.' && ReadNumber(&cursor_, value)) return true;
    return NumberWord(cursor_.TakeWord(), value);
  }
  bool ReadSigned(double* value) {
    const bool negative = cursor_.Accept("-");
    if (!ReadUnsigned(value)) return false;
    if (negative) *value = -*value;
    return true;
  }
  /// Wraps around as upstream's conversion does.
  bool ReadInt(std::int32_t* value) {
    const bool negative = cursor_.Accept("-");
    std::uint64_t number = 0;
    if (!ReadUint(&cursor_, &number)) return false;
    *value = static_cast<std::int32_t>(static_cast<std::uint32_t>(negative ? 0 - number : number));
    return true;
  }
  /// At least one; blanks between them and behind the last. `-Inf` cannot be written here.
  bool ReadList(std::vector<double>* values) {
    if (!cursor_.Accept("[")) return false;
    do {
      if (!values->empty() && cursor_.Accept("]")) return true;
      const bool negative = cursor_.Accept("-");
      double value = 0;
      if (negative ? !ReadNumber(&cursor_, &value) : !ReadUnsigned(&value)) return false;
      values->push_back(negative ? -value : value);
    } while (cursor_.SkipBlanks());
    return cursor_.Accept("]");
  }

  TextCursor& cursor_;
  NotedHistogram noted_;
  NotedSide positive_;
  NotedSide negative_;
  /// A bit a key.
  std::uint32_t seen_ = 0;
};

/// A number as both this and upstream's lexer read it.
std::string NumberText(double value) {
  std::string text;
  text::AppendShortestG(text, value);
  return !text.empty() && text[0] == '+' ? text.substr(1) : text;
}

void AppendNumber(std::string* out, std::string_view key, double value) {
  if (BitsOf(value) != 0) *out += fmt::format(" {}:{}", key, NumberText(value));
}

void AppendList(std::string* out, std::string_view key, const std::vector<double>& values) {
  if (values.empty()) return;
  *out += fmt::format(" {}:[", key);
  for (const double value : values) *out += NumberText(value) + " ";
  out->back() = ']';
}

/// Upstream's lexer loses its place in a list behind `Inf` and `NaN`.
bool HasListText(double value) {
  return value - value == 0;
}

/// All buckets of one side from its first one on. False: too many, or one without a text.
bool FillGaps(const std::vector<HistogramSpan>& spans, const std::vector<double>& counts, NotedSide* side) {
  constexpr std::int64_t kBucketsMax = 1000;
  histogram_internal::BucketWalk walk(spans, counts);
  while (walk.Next()) {
    if (side->buckets.empty()) side->offset = walk.index();
    const std::int64_t place = std::int64_t{walk.index()} - side->offset;
    if (place < static_cast<std::int64_t>(side->buckets.size()) || place >= kBucketsMax) return false;
    if (!HasListText(walk.count())) return false;
    side->buckets.resize(static_cast<std::size_t>(place));
    side->buckets.push_back(walk.count());
  }
  return true;
}

/// Requires: compacted. False: the histogram has no notation.
bool FillSides(const FloatHistogram& histogram, NotedSide* positive, NotedSide* negative) {
  return std::all_of(histogram.custom_values.begin(), histogram.custom_values.end(), HasListText) &&
         FillGaps(histogram.positive_spans, histogram.positive_buckets, positive) &&
         FillGaps(histogram.negative_spans, histogram.negative_buckets, negative);
}

void AppendSide(std::string* out, std::string_view prefix, const NotedSide& side) {
  if (side.buckets.empty()) return;
  if (side.offset != 0) *out += fmt::format(" {}offset:{}", prefix, side.offset);
  AppendList(out, std::string(prefix) + "buckets", side.buckets);
}

FloatHistogram Negated(FloatHistogram histogram) {
  for (double* value : {&histogram.count, &histogram.sum, &histogram.zero_count}) *value = -*value;
  for (double& count : histogram.positive_buckets) count = -count;
  for (double& count : histogram.negative_buckets) count = -count;
  return histogram;
}

}  // namespace

Result<NotedHistogram> ReadHistogram(TextCursor* cursor) {
  return HistogramReader(cursor).Read();
}

Result<FloatHistogram> Combine(const FloatHistogram& base, const FloatHistogram& increment, Sign sign) {
  if (base.schema > increment.schema) {
    return Error{
        fmt::format("error combining histograms: cannot merge from schema {} to {}", increment.schema, base.schema)};
  }
  if (base.UsesCustomBuckets() != increment.UsesCustomBuckets()) {
    return Error{"cannot apply this operation on histograms with a mix of exponential and custom bucket schemas"};
  }
  return Subtract(base, sign == Sign::kMinus ? increment : Negated(increment));
}

bool HasNotation(const FloatHistogram& histogram) {
  FloatHistogram compact = histogram;
  Compact(compact, 0);
  NotedSide positive;
  NotedSide negative;
  return FillSides(compact, &positive, &negative);
}

std::string HistogramNotation(const FloatHistogram& histogram, HintShown hint) {
  FloatHistogram compact = histogram;
  Compact(compact, 0);
  NotedSide positive;
  NotedSide negative;
  if (!FillSides(compact, &positive, &negative)) return HistogramText(compact);
  std::string out;
  if (compact.schema != 0) out += fmt::format(" schema:{}", compact.schema);
  AppendNumber(&out, "count", compact.count);
  AppendNumber(&out, "sum", compact.sum);
  AppendNumber(&out, "z_bucket", compact.zero_count);
  AppendNumber(&out, "z_bucket_w", compact.zero_threshold);
  AppendList(&out, "custom_values", compact.custom_values);
  AppendSide(&out, "", positive);
  AppendSide(&out, "n_", negative);
  const CounterResetHint stored = compact.counter_reset_hint;
  const bool shown =
      hint == HintShown::kAlways || stored == CounterResetHint::kGauge || stored == CounterResetHint::kCounterReset;
  for (const auto& [word, value] : kHints) {
    if (shown && value == stored && value != CounterResetHint::kUnknown)
      out += fmt::format(" counter_reset_hint:{}", word);
  }
  return "{{" + (out.empty() ? out : out.substr(1)) + "}}";
}

}  // namespace stalemark::scenario
