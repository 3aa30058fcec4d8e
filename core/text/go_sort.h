// SPDX-License-Identifier: Apache-2.0
// Go's slices.SortFunc, step by step: pattern-defeating quicksort with the same pivots and the same swaps
// (zsortanyfunc.go).
//
// That sort is not stable, and some orders that upstream sorts by are no orders (a NaN is neither less nor greater):
// what comes out of more than twelve items depends on the algorithm, and reaches what is stored. Allocates nothing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

namespace stalemark::text {
namespace go_sort_internal {

/// Ranges are [begin, end) in indexes, as the first one of the whole list is not partitioned by equality.
template <class T, class LessThan>
class GoSorter {
 public:
  GoSorter(std::span<T> items, LessThan less) : items_(items), less_(less) {}

  void Run() {
    const auto count = static_cast<Index>(items_.size());
    Sort(0, count, BitLength(count));
  }

 private:
  using Index = std::int64_t;
  static constexpr Index kInsertionMax = 12;
  static constexpr Index kNintherMin = 50;
  static constexpr int kSwapsMax = 12;
  static constexpr Index kShiftMin = 50;
  static constexpr int kShiftSteps = 5;

  enum class Hint : std::uint8_t { kUnknown, kIncreasing, kDecreasing };
  struct Pivot {
    Index at;
    Hint hint;
  };
  struct Partition {
    Index pivot;
    bool already_partitioned;
  };

  static int BitLength(Index value) {
    int bits = 0;
    for (; value > 0; value >>= 1) ++bits;
    return bits;
  }
  T& At(Index i) { return items_[static_cast<std::size_t>(i)]; }
  bool Less(Index a, Index b) { return less_(At(a), At(b)); }
  void Swap(Index a, Index b) { std::swap(At(a), At(b)); }

  /// `bad_pivots`: so many unbalanced partitions are borne before the heap sorts the rest.
  void Sort(Index begin, Index end, int bad_pivots) {
    bool balanced = true;
    bool partitioned = true;
    while (end - begin > kInsertionMax) {
      if (bad_pivots == 0) return HeapSort(begin, end);
      if (!balanced) {
        BreakPatterns(begin, end);
        --bad_pivots;
      }
      const Index length = end - begin;
      Pivot pivot = ChoosePivot(begin, end);
      if (pivot.hint == Hint::kDecreasing) {
        Reverse(begin, end);
        pivot = {end - 1 - (pivot.at - begin), Hint::kIncreasing};
      }
      if (balanced && partitioned && pivot.hint == Hint::kIncreasing && SortNearlySorted(begin, end)) return;
      if (begin > 0 && !Less(begin - 1, pivot.at)) {
        begin = PartitionEqual(begin, end, pivot.at);
        continue;
      }
      const Partition partition = PartitionBy(begin, end, pivot.at);
      partitioned = partition.already_partitioned;
      const Index left = partition.pivot - begin;
      const Index right = end - partition.pivot;
      balanced = std::min(left, right) >= length / 8;
      if (left < right) {
        Sort(begin, partition.pivot, bad_pivots);
        begin = partition.pivot + 1;
      } else {
        Sort(partition.pivot + 1, end, bad_pivots);
        end = partition.pivot;
      }
    }
    InsertionSort(begin, end);
  }

  void InsertionSort(Index begin, Index end) {
    for (Index i = begin + 1; i < end; ++i) {
      if (!Less(i, i - 1)) continue;
      T moved = std::move(At(i));
      Index to = i;
      for (; to > begin && less_(moved, At(to - 1)); --to) At(to) = std::move(At(to - 1));
      At(to) = std::move(moved);
    }
  }

  void HeapSort(Index begin, Index end) {
    const Index count = end - begin;
    for (Index i = (count - 1) / 2; i >= 0; --i) SiftDown(i, count, begin);
    for (Index i = count - 1; i >= 0; --i) {
      Swap(begin, begin + i);
      SiftDown(0, i, begin);
    }
  }

  void SiftDown(Index root, Index count, Index first) {
    for (Index child = 2 * root + 1; child < count; child = 2 * root + 1) {
      if (child + 1 < count && Less(first + child, first + child + 1)) ++child;
      if (!Less(first + root, first + child)) return;
      Swap(first + root, first + child);
      root = child;
    }
  }

  /// Smaller ones in front of the pivot, the others behind.
  Partition PartitionBy(Index begin, Index end, Index pivot) {
    Swap(begin, pivot);
    Index i = begin + 1;
    Index j = end - 1;
    bool already_partitioned = true;
    for (;; already_partitioned = false) {
      while (i <= j && Less(i, begin)) ++i;
      while (i <= j && !Less(j, begin)) --j;
      if (i > j) break;
      Swap(i++, j--);
    }
    Swap(j, begin);
    return {j, already_partitioned};
  }

  /// Nothing is smaller than the pivot: those like it to the front. Gives the first that is greater.
  Index PartitionEqual(Index begin, Index end, Index pivot) {
    Swap(begin, pivot);
    Index i = begin + 1;
    Index j = end - 1;
    for (;;) {
      while (i <= j && !Less(begin, i)) ++i;
      while (i <= j && Less(begin, j)) --j;
      if (i > j) return i;
      Swap(i++, j--);
    }
  }

  /// True: it was sorted, or a few shifts did it.
  bool SortNearlySorted(Index begin, Index end) {
    Index i = begin + 1;
    for (int step = 0; step < kShiftSteps; ++step) {
      while (i < end && !Less(i, i - 1)) ++i;
      if (i == end) return true;
      if (end - begin < kShiftMin) return false;
      Swap(i, i - 1);
      if (i - begin >= 2) {
        for (Index j = i - 1; j >= 1 && Less(j, j - 1); --j) Swap(j, j - 1);
      }
      if (end - i >= 2) {
        for (Index j = i + 1; j < end && Less(j, j - 1); ++j) Swap(j, j - 1);
      }
    }
    return false;
  }

  /// Scatters three items about the middle, by Go's generator seeded with the length.
  void BreakPatterns(Index begin, Index end) {
    const Index length = end - begin;
    auto random = static_cast<std::uint64_t>(length);
    const std::uint64_t mask = (std::uint64_t{1} << BitLength(length)) - 1;
    const Index middle = begin + length / 4 * 2;
    for (Index i = middle - 1; i <= middle + 1; ++i) {
      random ^= random << 13;
      random ^= random >> 7;
      random ^= random << 17;
      auto other = static_cast<Index>(random & mask);
      if (other >= length) other -= length;
      Swap(i, begin + other);
    }
  }

  Pivot ChoosePivot(Index begin, Index end) {
    const Index quarter = (end - begin) / 4;
    int swaps = 0;
    Index at[3];
    for (Index k = 0; k < 3; ++k) {
      at[k] = begin + quarter * (k + 1);
      if (end - begin >= kNintherMin) at[k] = Median(at[k] - 1, at[k], at[k] + 1, &swaps);
    }
    const Index median = Median(at[0], at[1], at[2], &swaps);
    return {median, swaps == 0 ? Hint::kIncreasing : swaps == kSwapsMax ? Hint::kDecreasing : Hint::kUnknown};
  }

  Index Median(Index a, Index b, Index c, int* swaps) {
    Order(&a, &b, swaps);
    Order(&b, &c, swaps);
    Order(&a, &b, swaps);
    return b;
  }

  void Order(Index* a, Index* b, int* swaps) {
    if (!Less(*b, *a)) return;
    ++*swaps;
    std::swap(*a, *b);
  }

  void Reverse(Index begin, Index end) { std::reverse(&At(begin), &At(end - 1) + 1); }

  std::span<T> items_;
  LessThan less_;
};

}  // namespace go_sort_internal

/// Sorts by `less(a, b)`. Up to twelve items: those that are alike keep their order.
template <class T, class LessThan>
void GoSort(std::span<T> items, LessThan less) {
  go_sort_internal::GoSorter<T, LessThan>(items, less).Run();
}

}  // namespace stalemark::text
