// SPDX-License-Identifier: Apache-2.0
// Recording: what crossed the seams of an engine while it ran live: timers and HTTP exchanges, each with its instants.
// live/record keeps it, a scenario file carries it (docs/formats/scenario.md), sim plays it.
//
// Plain values. Times are of the run's monotonic clock, to the nanosecond. Within one instant the engine is called
// once, so the order of calls is the order of instants.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "core/seams/time.h"
#include "core/seams/transport.h"

namespace stalemark {

/// A timer that did not fire when it was due.
struct RecordedTimer {
  MonotonicTime armed{};
  /// Not before `armed`.
  MonotonicTime due{};
  /// Of the timers with both in common, in arming order; from 0.
  std::uint64_t nth = 0;
  /// Absent: cancelled after it was due, or still waiting at the end.
  std::optional<MonotonicTime> fired;

  std::tuple<MonotonicTime, MonotonicTime, std::uint64_t> Key() const { return {armed, due, nth}; }
};

/// Bytes of a body that arrived together.
struct RecordedChunk {
  MonotonicTime at{};
  std::uint64_t bytes = 0;
};

struct RecordedHead {
  MonotonicTime at{};
  ResponseHead head;
};

/// One hop.
struct RecordedExchange {
  MonotonicTime start{};
  std::string method = "GET";
  std::string url;
  std::vector<HttpHeader> request_headers;
  /// Absent: none came.
  std::optional<RecordedHead> head;
  std::vector<RecordedChunk> chunks;
  /// The engine got the body at its end, in one piece.
  bool held = false;
  /// Where the body lies in the capsule; empty: there is none.
  std::string body_file;
  /// Null: none. Shared by exchanges with the same body.
  std::shared_ptr<const std::string> body;
  /// Absent: cancelled, or under way at the end.
  std::optional<MonotonicTime> end;
  std::optional<TransportError> error;
};

struct Recording {
  std::vector<RecordedTimer> timers;
  /// In the order of their starts.
  std::vector<RecordedExchange> exchanges;
};

/// What a recording knows a request by: its URL as the other end sees it.
inline std::string RecordedUrl(const HopRequest& request) {
  return request.scheme + "://" + request.host + request.target;
}

}  // namespace stalemark
