// SPDX-License-Identifier: Apache-2.0
#include "sim/expect/sample_value.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

namespace stalemark::scenario {
namespace {

bool IsNear(double expected, double stored, const Tolerance& tolerance) {
  if (BitsOf(expected) == BitsOf(stored)) return true;
  if (tolerance.kind == Tolerance::Kind::kNone) return false;
  const double apart = expected < stored ? stored - expected : expected - stored;
  const double size = expected < 0 ? -expected : expected;
  // False for NaN, and for an infinity beside a number.
  return apart - apart == 0 &&
         apart <= (tolerance.kind == Tolerance::Kind::kAbsolute ? tolerance.amount : tolerance.amount * size);
}

bool AreNear(const std::vector<double>& expected, const std::vector<double>& stored, const Tolerance& tolerance) {
  return std::equal(expected.begin(), expected.end(), stored.begin(), stored.end(),
                    [&](double a, double b) { return IsNear(a, b, tolerance); });
}

FloatHistogram AsFloat(const HistogramValue& value) {
  const auto* const integer = std::get_if<Histogram>(&value);
  return integer != nullptr ? ToFloat(*integer) : std::get<FloatHistogram>(value);
}

bool HistogramsMatch(const NotedHistogram& noted, FloatHistogram stored, const Tolerance& tolerance) {
  FloatHistogram expected = noted.histogram;
  // One without any gap written out is the same in every division into spans.
  Compact(expected, 0);
  Compact(stored, 0);
  return expected.schema == stored.schema && expected.zero_threshold == stored.zero_threshold &&
         (!noted.hint_set || expected.counter_reset_hint == stored.counter_reset_hint) &&
         (!expected.UsesCustomBuckets() || expected.custom_values == stored.custom_values) &&
         IsNear(expected.count, stored.count, tolerance) && IsNear(expected.sum, stored.sum, tolerance) &&
         IsNear(expected.zero_count, stored.zero_count, tolerance) &&
         expected.positive_spans == stored.positive_spans && expected.negative_spans == stored.negative_spans &&
         AreNear(expected.positive_buckets, stored.positive_buckets, tolerance) &&
         AreNear(expected.negative_buckets, stored.negative_buckets, tolerance);
}

std::string FloatText(std::uint64_t bits) {
  const double value = DoubleOf(bits);
  const bool usual = value == value || IsStaleNaN(bits) || bits == kNormalNaN;
  return usual ? ValueText(bits) : fmt::format("NaN (bits {:016x})", bits);
}

}  // namespace

bool IsHistogram(const Sample& sample) {
  return sample.histogram != nullptr && !IsStaleNaN(sample.bits);
}

bool Matches(const SampleValue& expected, const Sample& stored, const Tolerance& tolerance) {
  if (IsHistogram(stored) != (expected.histogram != nullptr)) return false;
  if (IsHistogram(stored)) return HistogramsMatch(*expected.histogram, AsFloat(*stored.histogram), tolerance);
  return expected.bits == stored.bits || IsNear(DoubleOf(expected.bits), DoubleOf(stored.bits), tolerance);
}

SampleValue StoredValue(const Sample& sample, HintShown hint) {
  if (!IsHistogram(sample)) return {sample.bits};
  NotedHistogram noted{AsFloat(*sample.histogram), true};
  CounterResetHint& stored = noted.histogram.counter_reset_hint;
  if (hint == HintShown::kIfNotable && stored == CounterResetHint::kNotCounterReset)
    stored = CounterResetHint::kUnknown;
  return {0, std::make_shared<const NotedHistogram>(std::move(noted))};
}

std::string StoredText(const Sample& sample, HintShown hint) {
  if (!IsHistogram(sample)) return FloatText(sample.bits);
  return HistogramNotation(AsFloat(*sample.histogram), hint);
}

std::string ExpectedText(const SampleValue& value) {
  return value.histogram == nullptr ? FloatText(value.bits) : ValueText(value);
}

std::string StoredTextBeside(const SampleValue& expected, const Sample& sample) {
  const bool hint_set = expected.histogram != nullptr && expected.histogram->hint_set;
  return StoredText(sample, hint_set ? HintShown::kAlways : HintShown::kIfNotable);
}

}  // namespace stalemark::scenario
