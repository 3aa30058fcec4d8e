// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/start_time_synthesis.h"

#include <utility>

#include "core/model/float_arithmetic.h"
#include "core/model/number.h"
#include "core/model/value.h"

namespace stalemark {
namespace {

/// Absolute counts as floats back to deltas of integers.
void ToDeltas(const std::vector<double>& counts, std::vector<std::int64_t>* deltas) {
  deltas->clear();
  std::uint64_t last = 0;
  for (const double count : counts) {
    const std::uint64_t absolute = Uint64FromDouble(count);
    deltas->push_back(static_cast<std::int64_t>(absolute - last));
    last = absolute;
  }
}

void ToIntegers(const FloatHistogram& floats, CounterResetHint hint, Histogram* out) {
  out->counter_reset_hint = hint;
  out->schema = floats.schema;
  out->zero_threshold = floats.zero_threshold;
  out->zero_count = Uint64FromDouble(floats.zero_count);
  out->count = Uint64FromDouble(floats.count);
  out->sum = floats.sum;
  out->positive_spans = floats.positive_spans;
  out->negative_spans = floats.negative_spans;
  ToDeltas(floats.positive_buckets, &out->positive_buckets);
  ToDeltas(floats.negative_buckets, &out->negative_buckets);
  out->custom_values = floats.custom_values;
}

}  // namespace

StartTimeSynthesis::Float StartTimeSynthesis::Add(std::uint64_t value_bits, std::int64_t t_ms) {
  const double value = DoubleOf(value_bits);
  if (st_ms_ == 0) {
    previous_ = reference_ = value;
    st_ms_ = t_ms;
    return {value_bits, st_ms_, true};
  }
  if (value < previous_) {
    reference_ = 0;
    // The reset lies somewhere between the two samples; 1 ms before this one is the guess that risks least.
    st_ms_ = t_ms - 1;
  }
  previous_ = value;
  return {BitsOf(SubtractFloats(value, reference_)), st_ms_, false};
}

bool StartTimeSynthesis::Advance(FloatHistogram current, std::int64_t t_ms, Adjusted* result) {
  if (histograms_ == nullptr) histograms_ = std::make_unique<Histograms>();
  Histograms& state = *histograms_;
  result->is_reference = st_ms_ == 0;
  if (result->is_reference) {
    state.reference = state.previous = std::move(current);
    state.has_reference = true;
    result->st_ms = st_ms_ = t_ms;
    return false;
  }
  if (DetectReset(current, state.previous)) {
    state.has_reference = false;
    st_ms_ = t_ms - 1;
  }
  result->st_ms = st_ms_;
  state.previous = std::move(current);
  if (!state.has_reference) return false;
  state.adjusted_floats = Subtract(state.previous, state.reference);
  result->unchanged = false;
  return true;
}

StartTimeSynthesis::Adjusted StartTimeSynthesis::Add(const Histogram& histogram, std::int64_t t_ms) {
  Adjusted result;
  if (Advance(ToFloat(histogram), t_ms, &result)) {
    ToIntegers(histograms_->adjusted_floats, histogram.counter_reset_hint, &histograms_->adjusted);
  }
  return result;
}

StartTimeSynthesis::Adjusted StartTimeSynthesis::Add(const FloatHistogram& histogram, std::int64_t t_ms) {
  Adjusted result;
  Advance(histogram, t_ms, &result);
  return result;
}

}  // namespace stalemark
