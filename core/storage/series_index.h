// SPDX-License-Identifier: Apache-2.0
// SeriesIndex: finds a series by its labels. Mirrors stripeSeries of tsdb/head.go and seriesHashmap of tsdb/agent: a
// map from hashes, and series of one hash in a chain, newest first, that runs through the series themselves.
//
// Series live in a list of the caller's, by index; each has `labels` and `next_same_hash`. None is ever removed.
#pragma once

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

  template <class SeriesList>
  Place FindOrAdd(const Labels& labels, const SeriesList& series) {
    const auto end = static_cast<std::uint32_t>(series.size());
    const auto [slot, first_of_hash] = newest_.try_emplace(labels.Hash(), end);
    if (first_of_hash) return {end, true, kNone};
    for (std::uint32_t at = slot->second; at != kNone; at = series[at].next_same_hash) {
      if (series[at].labels == labels) return {at, false, kNone};
    }
    return {end, true, std::exchange(slot->second, end)};
  }

  /// Heap memory of the map.
  std::size_t memory_bytes() const {
    constexpr std::size_t kBytesPerBucket = sizeof(std::pair<std::uint64_t, std::uint32_t>) + 1;
    return newest_.bucket_count() * kBytesPerBucket;
  }

 private:
  struct KeepHash {
    using is_avalanching = void;
    std::size_t operator()(std::uint64_t hash) const { return static_cast<std::size_t>(hash); }
  };

  /// Only looked up, never walked.
  boost::unordered_flat_map<std::uint64_t, std::uint32_t, KeepHash> newest_;
};

}  // namespace stalemark
