// SPDX-License-Identifier: Apache-2.0
// The exemplars of all series, in one ring of fixed size: a new one takes the place of the oldest (HEAD-33). Mirrors
// CircularExemplarStorage (tsdb/exemplar.go).
//
// Exemplars of a series are linked in the order of their times; within the window they may come out of order. Memory
// grows with use up to the maximum. Exemplars carry no empty label values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/model/exemplar.h"
#include "core/seams/appendable.h"

namespace stalemark {

enum class ExemplarVerdict : std::uint8_t {
  kOk,
  kDuplicate,   ///< equals the series' newest: nothing to do, no error
  kTooLong,     ///< `label length for exemplar exceeds maximum of 128 UTF-8 characters`
  kOutOfOrder,  ///< `out of order exemplar`
};

/// Upstream's text of a refusal; empty for kOk and kDuplicate.
std::string_view ExemplarErrorText(ExemplarVerdict verdict);

/// Upstream's Exemplar.Equals: exemplars without timestamps of their own are equal at any time.
bool SameExemplar(const Exemplar& a, const Exemplar& b);

/// Names and values together have more than kExemplarLabelRunesMax code points.
bool IsTooLong(const Labels& exemplar_labels);

/// Counts up to what the result can hold.
inline void CountRefusedExemplar(ExemplarVerdict verdict, AppendResult& result) {
  if (result.exemplars_refused == std::numeric_limits<std::uint16_t>::max()) return;
  ++result.exemplars_refused;
  if (verdict == ExemplarVerdict::kOutOfOrder) ++result.exemplars_out_of_order;
}

class ExemplarRing {
 public:
  /// `exemplars_max` 0: nothing is kept. A window of 0: no exemplar may be older than its series' newest.
  ExemplarRing(std::size_t exemplars_max, std::int64_t out_of_order_window_ms)
      : exemplars_max_(std::min<std::size_t>(exemplars_max, kNone)), window_ms_(out_of_order_window_ms) {}

  bool enabled() const { return exemplars_max_ > 0; }
  /// What Add would say.
  ExemplarVerdict Validate(SeriesRef series, const Exemplar& exemplar) const;
  ExemplarVerdict Add(SeriesRef series, Exemplar exemplar);
  /// Of one series, oldest time first. The pointers are valid until the next Add.
  std::vector<const Exemplar*> Of(SeriesRef series) const;

  /// How many Add took, and refused as out of order.
  std::uint64_t appended() const { return appended_; }
  std::uint64_t out_of_order() const { return out_of_order_; }

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  struct Entry {
    Exemplar exemplar;
    SeriesRef series = kNoSeries;
    std::uint32_t previous = kNone;
    std::uint32_t next = kNone;
  };
  struct Ends {
    std::uint32_t oldest = kNone;
    std::uint32_t newest = kNone;
  };

  const Ends* Find(SeriesRef series) const;
  ExemplarVerdict Judge(const Ends* ends, const Exemplar& exemplar) const;
  /// The newest entry that is not newer, or else the oldest.
  std::uint32_t EntryBefore(const Ends& ends, std::int64_t t_ms) const;
  void Unlink(std::uint32_t index);
  void LinkAfter(std::uint32_t index, std::uint32_t before);
  void Link(std::uint32_t index, Ends& ends);

  const std::size_t exemplars_max_;
  const std::int64_t window_ms_;
  std::vector<Entry> entries_;
  std::size_t next_ = 0;
  /// Never iterated.
  boost::unordered_flat_map<std::uint64_t, Ends> series_;
  std::uint64_t appended_ = 0;
  std::uint64_t out_of_order_ = 0;
};

}  // namespace stalemark
