// SPDX-License-Identifier: Apache-2.0
// RecordingTransport: keeps every exchange of an engine on its way to a real transport (core/seams/recording.h).
//
// A body of status 200 is held until it is complete, so that the redactor sees all of it; the engine then gets it in
// one piece, at the instant of its end. One of more than kHeldBytesMax ends there as if the connection had been cut.
// Without redaction everything is passed on as it comes. Bodies are handed to a sink when they end, which says where
// they lie. Single-threaded; what it refers to outlives it, and it its exchanges.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/seams/recording.h"
#include "live/record/frozen_clock.h"
#include "live/record/redactor.h"

namespace stalemark {

inline constexpr std::size_t kHeldBytesMax = std::size_t{64} << 20;

class RecordingTransport final : public Transport {
 public:
  /// Keeps a body; its name in the capsule.
  using KeepBody = std::function<std::string(const std::string& body)>;

  RecordingTransport(Transport& inner, FrozenClock& clock, Redactor& redactor, KeepBody keep_body)
      : inner_(inner), clock_(clock), redactor_(redactor), keep_body_(std::move(keep_body)) {}

  [[nodiscard]] std::unique_ptr<Exchange> Start(const HopRequest& request, TransportObserver& observer) override;

  /// In the order of their starts. Those under way have no end and no body yet.
  const std::deque<RecordedExchange>& exchanges() const { return exchanges_; }
  /// Ends the records of exchanges under way: bodies so far are kept.
  void Flush();

 private:
  class RecordedHop;

  Transport& inner_;
  FrozenClock& clock_;
  Redactor& redactor_;
  const KeepBody keep_body_;
  std::deque<RecordedExchange> exchanges_;
  std::vector<RecordedHop*> under_way_;
};

}  // namespace stalemark
