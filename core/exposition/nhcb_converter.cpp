// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/nhcb_converter.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/model/float_arithmetic.h"
#include "core/model/number.h"
#include "core/text/go_float.h"

namespace stalemark {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string Text(double number) {
  std::string text;
  text::AppendShortestG(text, number);
  return text;
}

std::string NotCumulative(double count, char relation, double other) {
  return fmt::format("count is not cumulative: {} {} {}", Text(count), relation, Text(other));
}

/// Whether Go's conversion to int64 and back keeps the number. 2^63 and everything outside the range do not.
bool FitsInt64(double number) {
  return number == static_cast<double>(Int64FromDouble(number));
}

/// What both kinds have in common; the buckets are the caller's.
template <class AnyHistogram>
void Begin(AnyHistogram& histogram, double sum, std::size_t bucket_count) {
  histogram.counter_reset_hint = CounterResetHint::kUnknown;
  histogram.schema = kCustomBucketsSchema;
  histogram.sum = sum;
  histogram.positive_spans.assign(1, {0, static_cast<std::uint32_t>(bucket_count)});
  histogram.positive_buckets.clear();
  histogram.custom_values.clear();
}

}  // namespace

void NhcbConverter::Reset() {
  buckets_.clear();
  late_.clear();
  count_ = 0;
  has_count_ = false;
  sum_ = 0;
  status_ = {};
}

Status NhcbConverter::Fail(std::string message) {
  status_ = Error{std::move(message)};
  return status_;
}

Status NhcbConverter::SetBucketCount(double upper_bound, double count) {
  if (!status_.ok()) return status_;
  if (upper_bound != upper_bound) return Fail("bucket boundary must not be NaN");
  if (count < 0) {
    return Fail(fmt::format("bucket count must be non-negative: le={}, count={}", Text(upper_bound), Text(count)));
  }
  const Bucket bucket{upper_bound, count};
  if (!late_.empty() || (HasBuckets() && !(LastBucket().upper_bound < upper_bound))) return InsertBucket(bucket);
  if (HasBuckets() && count < LastBucket().count) return Fail(NotCumulative(count, '<', LastBucket().count));
  buckets_.push_back(bucket);
  return {};
}

/// A bucket anywhere.
Status NhcbConverter::InsertBucket(const Bucket& bucket) {
  if (LastBucket().upper_bound == bucket.upper_bound) return {};
  if (late_.empty()) {
    for (const Bucket& earlier : buckets_) late_.emplace_hint(late_.end(), earlier.upper_bound, earlier.count);
  }
  const auto next = late_.lower_bound(bucket.upper_bound);
  if (next != late_.end() && next->first == bucket.upper_bound) return {};
  if (next != late_.begin() && bucket.count < std::prev(next)->second) {
    return Fail(NotCumulative(bucket.count, '<', std::prev(next)->second));
  }
  if (next != late_.end() && bucket.count > next->second) {
    return Fail(NotCumulative(bucket.count, '>', next->second));
  }
  late_.emplace_hint(next, bucket.upper_bound, bucket.count);
  return {};
}

Status NhcbConverter::SetCount(double count) {
  if (!status_.ok()) return status_;
  if (count < 0) return Fail(fmt::format("count must be non-negative: count={}", Text(count)));
  count_ = count;
  has_count_ = true;
  return {};
}

Status NhcbConverter::SetSum(double sum) {
  if (status_.ok()) sum_ = sum;
  return status_;
}

NhcbConverter::Bucket NhcbConverter::LastBucket() const {
  return late_.empty() ? buckets_.back() : Bucket{late_.rbegin()->first, late_.rbegin()->second};
}

bool NhcbConverter::EndsAtInfinity() const {
  return HasBuckets() && LastBucket().upper_bound == kInfinity;
}

bool NhcbConverter::CountIsBelowBuckets() const {
  return status_.ok() && HasBuckets() && !EndsAtInfinity() && Count() < LastBucket().count;
}

Status NhcbConverter::Convert() {
  if (!status_.ok()) return status_;
  const double count = Count();
  const bool implied_infinity = !EndsAtInfinity();
  if (!late_.empty()) {
    buckets_.clear();
    for (const auto& [upper_bound, bucket_count] : late_) buckets_.push_back({upper_bound, bucket_count});
  }
  if (implied_infinity) buckets_.push_back({kInfinity, count});
  const bool integral =
      std::all_of(buckets_.begin(), buckets_.end(), [](const Bucket& bucket) { return FitsInt64(bucket.count); }) &&
      count == static_cast<double>(Uint64FromDouble(count));
  Status status = integral ? ConvertToIntegers(count) : ConvertToFloats(count);
  if (implied_infinity) buckets_.pop_back();
  return status;
}

Status NhcbConverter::ConvertToIntegers(double count) {
  const std::uint64_t total = Uint64FromDouble(count);
  if (total != Uint64FromDouble(buckets_.back().count)) {
    return Error{fmt::format("count mismatch: count={} != le={} count={}", total, Text(buckets_.back().upper_bound),
                             Text(buckets_.back().count))};
  }
  Begin(integers_, sum_, buckets_.size());
  integers_.count = total;
  std::int64_t last_cumulative = 0;
  std::int64_t last_count = 0;
  for (const Bucket& bucket : buckets_) {
    const std::int64_t cumulative = Int64FromDouble(bucket.count);
    const std::int64_t in_bucket = cumulative - last_cumulative;  // of numbers >= 0
    integers_.positive_buckets.push_back(in_bucket - last_count);
    last_cumulative = cumulative;
    last_count = in_bucket;
    if (bucket.upper_bound != kInfinity) integers_.custom_values.push_back(bucket.upper_bound);
  }
  Compact(integers_, 2);
  result_ = {&integers_, nullptr};
  return {};
}

Status NhcbConverter::ConvertToFloats(double count) {
  // A NaN count mismatches every bucket.
  if (!(count == buckets_.back().count)) {
    return Error{fmt::format("count mismatch: count={} != le={} count={}", Text(count),
                             Text(buckets_.back().upper_bound), Text(buckets_.back().count))};
  }
  Begin(floats_, sum_, buckets_.size());
  floats_.count = count;
  double last_cumulative = 0;
  for (const Bucket& bucket : buckets_) {
    floats_.positive_buckets.push_back(SubtractFloats(bucket.count, last_cumulative));
    last_cumulative = bucket.count;
    if (bucket.upper_bound != kInfinity) floats_.custom_values.push_back(bucket.upper_bound);
  }
  Compact(floats_, 0);
  result_ = {nullptr, &floats_};
  return {};
}

void NhcbConverter::SetHint(CounterResetHint hint) {
  integers_.counter_reset_hint = hint;
  floats_.counter_reset_hint = hint;
}

}  // namespace stalemark
