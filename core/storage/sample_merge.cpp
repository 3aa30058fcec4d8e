// SPDX-License-Identifier: Apache-2.0
#include "core/storage/sample_merge.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <memory>
#include <utility>
#include <variant>

namespace stalemark {

bool operator==(const Sample& a, const Sample& b) {
  if (a.t_ms != b.t_ms || a.bits != b.bits || a.st_ms != b.st_ms) return false;
  if (a.histogram == nullptr || b.histogram == nullptr) return a.histogram == b.histogram;
  if (a.histogram->index() != b.histogram->index()) return false;
  const auto same = [&b](const auto& histogram) {
    const auto& other = std::get<std::decay_t<decltype(histogram)>>(*b.histogram);
    return histogram.counter_reset_hint == other.counter_reset_hint && Equals(histogram, other);
  };
  return std::visit(same, *a.histogram);
}

namespace {

struct Cursor {
  const std::vector<Sample>* samples;
  std::size_t at;
  std::int64_t t_ms() const { return (*samples)[at].t_ms; }
  bool done() const { return at == samples->size(); }
};

/// Go's container/heap by time. Spelled out: which of two equal times comes up is part of the result, and differs
/// between implementations of std::push_heap.
class CursorHeap {
 public:
  bool empty() const { return items_.empty(); }
  const Cursor& top() const { return items_.front(); }

  void Push(Cursor cursor) {
    items_.push_back(cursor);
    std::size_t child = items_.size() - 1;
    while (child > 0) {
      const std::size_t parent = (child - 1) / 2;
      if (!Less(child, parent)) break;
      std::swap(items_[child], items_[parent]);
      child = parent;
    }
  }

  Cursor Pop() {
    const std::size_t last = items_.size() - 1;
    std::swap(items_[0], items_[last]);
    std::size_t parent = 0;
    for (std::size_t child = 1; child < last; child = 2 * parent + 1) {
      if (child + 1 < last && Less(child + 1, child)) ++child;
      if (!Less(child, parent)) break;
      std::swap(items_[child], items_[parent]);
      parent = child;
    }
    const Cursor popped = items_.back();
    items_.pop_back();
    return popped;
  }

 private:
  bool Less(std::size_t a, std::size_t b) const { return items_[a].t_ms() < items_[b].t_ms(); }
  std::vector<Cursor> items_;
};

/// What is behind another iterator's sample cannot be said to continue it.
Sample NotConsecutive(Sample sample) {
  if (sample.histogram == nullptr) return sample;
  const auto with_unknown = [](auto histogram) -> std::shared_ptr<const HistogramValue> {
    if (histogram.counter_reset_hint == CounterResetHint::kGauge) return nullptr;
    if (histogram.counter_reset_hint == CounterResetHint::kUnknown) return nullptr;
    histogram.counter_reset_hint = CounterResetHint::kUnknown;
    return std::make_shared<const HistogramValue>(std::move(histogram));
  };
  if (auto changed = std::visit(with_unknown, *sample.histogram)) sample.histogram = std::move(changed);
  return sample;
}

/// The runs from `first` on, before `last`, overlap: upstream's chainSampleIterator. A cursor in the heap stands at a
/// sample that was not given out; `current` stands behind the one that was.
void Chain(const SampleRun* first, const SampleRun* last, std::vector<Sample>& out) {
  CursorHeap heap;
  for (const SampleRun* run = first + 1; run != last; ++run) {
    if (!run->samples.empty()) heap.Push({&run->samples, 0});
  }
  Cursor current{&first->samples, 0};
  // Upstream compares with the smallest time before anything was given out, and so drops a first sample of that time.
  std::int64_t last_t = std::numeric_limits<std::int64_t>::min();
  bool consecutive = false;
  for (;;) {
    for (;;) {
      if (current.done()) {
        if (heap.empty()) return;
      } else {
        if (current.t_ms() == last_t) {
          ++current.at;
          continue;
        }
        if (heap.empty() || current.t_ms() < heap.top().t_ms()) break;
        heap.Push(current);
      }
      current = heap.Pop();
      consecutive = false;
      if (current.t_ms() != last_t) break;
      ++current.at;
    }
    last_t = current.t_ms();
    const Sample& sample = (*current.samples)[current.at];
    out.push_back(consecutive ? sample : NotConsecutive(sample));
    consecutive = true;
    ++current.at;
  }
}

}  // namespace

bool MergeRuns(std::vector<SampleRun> runs, const TimeRange& range, std::vector<Sample>& out) {
  runs.erase(std::remove_if(runs.begin(), runs.end(), [](const SampleRun& run) { return run.samples.empty(); }),
             runs.end());
  std::stable_sort(runs.begin(), runs.end(), [](const SampleRun& a, const SampleRun& b) {
    return a.samples.front().t_ms < b.samples.front().t_ms;
  });
  bool any = false;
  std::vector<Sample> merged;
  for (std::size_t first = 0; first < runs.size();) {
    std::int64_t max_t = runs[first].max_t_ms;
    std::size_t last = first + 1;
    for (; last < runs.size() && runs[last].samples.front().t_ms <= max_t; ++last) {
      max_t = std::max(max_t, runs[last].max_t_ms);
    }
    if (range.Overlaps(runs[first].samples.front().t_ms, max_t)) {
      any = true;
      const std::vector<Sample>* group = &runs[first].samples;
      if (last > first + 1) {
        merged.clear();
        Chain(runs.data() + first, runs.data() + last, merged);
        group = &merged;
      }
      std::copy_if(group->begin(), group->end(), std::back_inserter(out),
                   [&range](const Sample& sample) { return range.Contains(sample.t_ms); });
    }
    first = last;
  }
  return any;
}

void ChainRuns(std::vector<SampleRun> runs, std::vector<Sample>& out) {
  if (!runs.empty()) Chain(runs.data(), runs.data() + runs.size(), out);
}

}  // namespace stalemark
