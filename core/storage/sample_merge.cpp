// SPDX-License-Identifier: Apache-2.0
#include "core/storage/sample_merge.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

namespace stalemark {
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

/// The runs from `first` on, before `last`, overlap: upstream's chainSampleIterator. A cursor in the heap stands at a
/// sample that was not given out; `current` stands behind the one that was.
void Chain(const SampleRun* first, const SampleRun* last, std::vector<Sample>& out) {
  CursorHeap heap;
  for (const SampleRun* run = first + 1; run != last; ++run) heap.Push({&run->samples, 0});
  Cursor current{&first->samples, 0};
  // Upstream compares with the smallest time before anything was given out, and so drops a first sample of that time.
  std::int64_t last_t = std::numeric_limits<std::int64_t>::min();
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
      if (current.t_ms() != last_t) break;
      ++current.at;
    }
    last_t = current.t_ms();
    out.push_back((*current.samples)[current.at]);
    ++current.at;
  }
}

}  // namespace

void MergeRuns(std::vector<SampleRun> runs, std::vector<Sample>& out) {
  runs.erase(std::remove_if(runs.begin(), runs.end(), [](const SampleRun& run) { return run.samples.empty(); }),
             runs.end());
  std::stable_sort(runs.begin(), runs.end(), [](const SampleRun& a, const SampleRun& b) {
    return a.samples.front().t_ms < b.samples.front().t_ms;
  });
  for (std::size_t first = 0; first < runs.size();) {
    std::int64_t max_t = runs[first].max_t_ms;
    std::size_t last = first + 1;
    for (; last < runs.size() && runs[last].samples.front().t_ms <= max_t; ++last) {
      max_t = std::max(max_t, runs[last].max_t_ms);
    }
    if (last == first + 1) {
      out.insert(out.end(), runs[first].samples.begin(), runs[first].samples.end());
    } else {
      Chain(runs.data() + first, runs.data() + last, out);
    }
    first = last;
  }
}

}  // namespace stalemark
