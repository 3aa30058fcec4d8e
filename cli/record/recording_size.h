// SPDX-License-Identifier: Apache-2.0
// RecordingSize: how large a recording has become, counted while it grows, and whether it has to end: a capsule that is
// too large for its own reader would be lost as a whole.
//
// SizedTransport counts what each exchange will be in recording.yml, the timers around it included; not less than is
// written. Single-threaded; what it refers to outlives it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "core/seams/transport.h"

namespace stalemark::cli {

struct RecordingSize {
  std::size_t requests = 0;
  /// Values and keys of recording.yml, and its bytes.
  std::size_t nodes = 0;
  std::size_t text_bytes = 0;
  /// Memory of the log that the replay is compared with.
  std::size_t log_bytes = 0;
};

/// Why a recording of this size has to end; empty: it may go on.
std::string FullReason(const RecordingSize& size);

class SizedTransport final : public Transport {
 public:
  /// `holds`: bodies of status 200 are held, their chunks are written as one.
  SizedTransport(Transport& inner, bool holds) : inner_(inner), holds_(holds) {}
  [[nodiscard]] std::unique_ptr<Exchange> Start(const HopRequest& request, TransportObserver& observer) override;

  /// Without log_bytes.
  const RecordingSize& size() const { return size_; }

 private:
  class SizedHop;

  Transport& inner_;
  const bool holds_;
  RecordingSize size_;
};

}  // namespace stalemark::cli
