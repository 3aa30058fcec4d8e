// SPDX-License-Identifier: Apache-2.0
// TraceReader: decodes what TraceWriter wrote. Bounded on any input: a damaged trace ends with an Error that names the
// byte offset of the record.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "core/model/result.h"
#include "core/seams/time.h"
#include "core/seams/trace_event.h"

namespace stalemark::trace {

struct TimedEvent {
  MonotonicTime at{};
  Event event;
};

class TraceReader {
 public:
  /// `bytes` must outlive the reader and the events it returns.
  static Result<TraceReader> Open(std::string_view bytes);

  /// The next event; empty at the end. Its views are valid as long as the reader and the bytes.
  Result<std::optional<TimedEvent>> Next();

 private:
  friend class Decoder;
  explicit TraceReader(std::string_view all) : all_(all) {}

  std::string_view all_;
  std::string_view rest_;
  std::int64_t last_ns_ = 0;
  /// A deque: events point to its elements.
  std::deque<Labels> label_sets_;
};

}  // namespace stalemark::trace
