// SPDX-License-Identifier: Apache-2.0
#include "core/storage/histogram_layout.h"

#include <utility>

namespace stalemark {
namespace {

/// Puts a layout together from ascending bucket indexes.
class SpanBuilder {
 public:
  void Add(std::int64_t index) {
    std::int64_t gap = index - last_ - 1;
    if (gap == 0 && !spans_.empty()) {
      ++spans_.back().length;
    } else {
      if (spans_.empty()) ++gap;
      spans_.push_back({static_cast<std::int32_t>(gap), 1});
    }
    last_ = index;
  }
  Spans Take() { return std::move(spans_); }

 private:
  Spans spans_;
  std::int64_t last_ = 0;
};

template <class Bucket, class Insert, class Keep>
std::vector<Bucket> MergeBuckets(const std::vector<Bucket>& in, const std::vector<BucketInsert>& inserts, Insert insert,
                                 Keep keep) {
  std::vector<Bucket> out;
  std::size_t total = in.size();
  for (const BucketInsert& one : inserts) total += one.count;
  out.reserve(total);
  auto next = inserts.begin();
  for (std::size_t i = 0; i <= in.size(); ++i) {
    for (; next != inserts.end() && next->position == i; ++next) {
      for (std::size_t n = 0; n < next->count; ++n) out.push_back(insert());
    }
    if (i < in.size()) out.push_back(keep(in[i]));
  }
  return out;
}

}  // namespace

std::uint64_t CountBuckets(const Spans& spans) {
  std::uint64_t count = 0;
  for (const HistogramSpan& span : spans) count += span.length;
  return count;
}

BucketIndexes::BucketIndexes(const Spans& spans) : spans_(spans) {
  if (!spans.empty()) index_ += spans.front().offset;
}

bool BucketIndexes::Next(std::int64_t& index) {
  if (span_ >= spans_.size()) return false;
  if (bucket_ < std::int64_t{spans_[span_].length} - 1) {
    ++bucket_;
    index = ++index_;
    return true;
  }
  while (span_ + 1 < spans_.size()) {
    const HistogramSpan& span = spans_[++span_];
    bucket_ = 0;
    // Upstream adds in 32 bits.
    index_ += static_cast<std::int32_t>(static_cast<std::uint32_t>(span.offset) + 1u);
    if (span.length == 0) {
      --index_;
      continue;
    }
    index = index_;
    return true;
  }
  return false;
}

void InsertStreak::Add(std::int64_t index) {
  if (open_.count > 0 && open_.bucket_index + static_cast<std::int64_t>(open_.count) != index) Finish();
  if (open_.count == 0) open_.bucket_index = index;
  ++open_.count;
}

void InsertStreak::Advance() {
  Finish();
  ++open_.position;
}

void InsertStreak::Finish() {
  if (open_.count == 0) return;
  out_.push_back(open_);
  open_.count = 0;
}

void FitGauges(const Spans& chunk, const Spans& histogram, LayoutChange& change, Spans& merged) {
  BucketIndexes old_indexes(chunk);
  BucketIndexes new_indexes(histogram);
  InsertStreak forward(change.forward);
  InsertStreak backward(change.backward);
  SpanBuilder both;
  std::int64_t old_index = 0;
  std::int64_t new_index = 0;
  bool has_old = old_indexes.Next(old_index);
  bool has_new = new_indexes.Next(new_index);
  while (has_old || has_new) {
    const bool take_old = has_old && (!has_new || old_index <= new_index);
    const bool take_new = has_new && (!has_old || new_index <= old_index);
    both.Add(take_old ? old_index : new_index);
    if (take_old && !take_new) backward.Add(old_index);
    if (take_new && !take_old) forward.Add(new_index);
    if (take_old) {
      forward.Advance();
      has_old = old_indexes.Next(old_index);
    }
    if (take_new) {
      backward.Advance();
      has_new = new_indexes.Next(new_index);
    }
  }
  forward.Finish();
  backward.Finish();
  merged = both.Take();
}

Spans WithInserts(const Spans& spans, const std::vector<BucketInsert>& inserts) {
  if (inserts.empty()) return spans;
  SpanBuilder out;
  BucketIndexes indexes(spans);
  std::int64_t index = 0;
  bool more = indexes.Next(index);
  for (const BucketInsert& insert : inserts) {
    for (std::size_t n = 0; n < insert.count; ++n) {
      const std::int64_t inserted = insert.bucket_index + static_cast<std::int64_t>(n);
      for (; more && index <= inserted; more = indexes.Next(index)) out.Add(index);
      out.Add(inserted);
    }
  }
  for (; more; more = indexes.Next(index)) out.Add(index);
  return out.Take();
}

std::vector<std::int64_t> WithInserts(const std::vector<std::int64_t>& deltas,
                                      const std::vector<BucketInsert>& inserts) {
  // Counts wrap as upstream's do.
  std::uint64_t count = 0;  // of the input bucket before
  std::uint64_t out_count = 0;
  const auto step_to = [&out_count](std::uint64_t to) {
    return static_cast<std::int64_t>(to - std::exchange(out_count, to));
  };
  return MergeBuckets(
      deltas, inserts, [&] { return step_to(0); },
      [&](std::int64_t delta) {
        count += static_cast<std::uint64_t>(delta);
        return step_to(count);
      });
}

std::vector<double> WithInserts(const std::vector<double>& counts, const std::vector<BucketInsert>& inserts) {
  return MergeBuckets(
      counts, inserts, [] { return 0.0; }, [](double count) { return count; });
}

}  // namespace stalemark
