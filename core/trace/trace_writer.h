// SPDX-License-Identifier: Apache-2.0
// TraceWriter: encodes events (docs/formats/trace.md) and computes both digests of a run.
//
// trace_digest covers every event of the level `outcome` as encoded, store_digest what reached storage: accepted
// appends, ends of transactions and, when the caller adds them, the series at the end. Neither depends on the level
// that is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/seams/trace_sink.h"
#include "core/trace/digest.h"

namespace stalemark::trace {

/// What the bytes hold; the digests do not depend on it.
enum class Level : std::uint8_t {
  kDigestsOnly,  ///< no bytes
  kOutcome,
  kDetail,
};

/// A sample as it is read back at the end of a run.
struct FinalSample {
  std::int64_t t_ms = 0;
  std::uint64_t value_bits = 0;
  /// HistogramText; empty: a float.
  std::string histogram;
};

class TraceWriter final : public TraceSink {
 public:
  explicit TraceWriter(Level level);

  void OnEvent(MonotonicTime at, const Event& event) override;

  /// Adds one final series to the store digest. Callers go through the series in the order of their labels.
  void AddFinalSeries(const Labels& labels, const std::vector<FinalSample>& samples);

  std::uint64_t trace_digest() const { return trace_digest_.value(); }
  std::uint64_t store_digest() const { return store_digest_.value(); }
  /// The encoded trace so far; a reader needs all of it, from the start.
  const std::string& bytes() const { return bytes_; }
  /// The same, when no event will follow.
  std::string TakeBytes() { return std::move(bytes_); }

 private:
  struct BytesHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view bytes) const { return static_cast<std::size_t>(HashOf(bytes)); }
  };
  /// One stream of events with tables of its own: the digest's stream leaves out detail events, the kept one may not.
  struct Stream {
    /// By encoded labels; never walked.
    boost::unordered_flat_map<std::string, std::uint64_t, BytesHash, std::equal_to<>> label_sets;
    /// Index: cache entry - 1. The number of its label set, which is the same in each append; 0: none yet.
    std::vector<std::uint64_t> set_of_entry;
    std::set<std::uint64_t> bodies;
    std::int64_t last_ns = 0;
  };
  friend class Encoder;

  void Encode(Stream& stream, std::int64_t at_ns, const Event& event);
  void AddToStoreDigest(const Event& event);

  Level level_;
  Stream digest_stream_;
  Stream kept_stream_;
  std::string record_;
  std::string bytes_;
  Digest trace_digest_;
  Digest store_digest_;
};

}  // namespace stalemark::trace
