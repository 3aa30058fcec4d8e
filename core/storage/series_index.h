// SPDX-License-Identifier: Apache-2.0
// SeriesIndex: finds a series by its labels. Mirrors stripeSeries of tsdb/head.go and seriesHashmap of tsdb/agent: a
// map from hashes (32 bits of them, to have less to keep for each series), and series of one hash in a chain, newest
// first, that runs through the series themselves.
//
// Series live in a list of the caller's, by index; each has `labels` and `next_same_hash`. Indexes are not used again:
// there are 2^32 - 1 of them, which 1,000 new series a second use up in 50 days. Then the process ends with an assert.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/model/labels.h"

namespace stalemark {

class SeriesIndex {
 public:
  /// The end of a chain.
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  struct Place {
    std::uint32_t index = 0;
    /// The caller must add it at that index, the end of its list, with this next_same_hash.
    bool is_new = false;
    std::uint32_t next_same_hash = kNone;
  };

  /// `LabelSet`: Labels, or in tests what has their hash and equality.
  template <class LabelSet, class SeriesList>
  Place FindOrAdd(const LabelSet& labels, const SeriesList& series) {
    assert(series.size() < kNone);
    const auto end = static_cast<std::uint32_t>(series.size());
    const auto [slot, first_of_hash] = newest_.try_emplace(HashOf(labels), end);
    if (first_of_hash) return {end, true, kNone};
    for (std::uint32_t at = slot->second; at != kNone; at = series[at].next_same_hash) {
      if (series[at].labels == labels) return {at, false, kNone};
    }
    return {end, true, std::exchange(slot->second, end)};
  }

  /// Forgets the series at an index of the list, which still has its labels and its next_same_hash.
  template <class SeriesList>
  void Erase(std::uint32_t index, SeriesList& series) {
    const auto slot = newest_.find(HashOf(series[index].labels));
    assert(slot != newest_.end());
    const std::uint32_t next = series[index].next_same_hash;
    if (slot->second != index) {
      std::uint32_t before = slot->second;
      while (series[before].next_same_hash != index) before = series[before].next_same_hash;
      series[before].next_same_hash = next;
    } else if (next != kNone) {
      slot->second = next;
    } else {
      newest_.erase(slot);
    }
  }

  /// Heap memory of the map.
  std::size_t memory_bytes() const {
    constexpr std::size_t kBytesPerBucket = sizeof(std::pair<std::uint32_t, std::uint32_t>) + 1;
    return newest_.bucket_count() * kBytesPerBucket;
  }

 private:
  /// The map spreads it over its own bits.
  struct KeepHash {
    std::size_t operator()(std::uint32_t hash) const { return hash; }
  };

  template <class LabelSet>
  static std::uint32_t HashOf(const LabelSet& labels) {
    return static_cast<std::uint32_t>(labels.Hash());
  }

  /// Only looked up, never walked.
  boost::unordered_flat_map<std::uint32_t, std::uint32_t, KeepHash> newest_;
};

}  // namespace stalemark
