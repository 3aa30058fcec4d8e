// SPDX-License-Identifier: Apache-2.0
#include "sim/sim_network.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace stalemark {
namespace {

TransportError Refused(std::string_view address) {
  return {TransportErrorKind::kRefused, fmt::format("dial tcp {}: connect: connection refused", address)};
}

/// One response on its way. Its steps are timers; between the calls of one step it may be destroyed by the observer.
class SimExchange final : public Exchange {
 public:
  SimExchange(const Clock& clock, Scheduler& scheduler, TransportObserver& observer)
      : clock_(clock), scheduler_(scheduler), observer_(observer) {}
  ~SimExchange() override {
    if (destroyed_ != nullptr) *destroyed_ = true;
  }

  void FailAfter(Nanoseconds delay, TransportError error) {
    error_ = std::move(error);
    ArmAfter(delay, [this] { End(); });
  }

  void Respond(SimResponsePtr response, const HopRequest& request) {
    response_ = std::move(response);
    wire_ = &response_->WireFor(request.headers);
    ArmAfter(response_->script().delay, [this] { SendHead(); });
  }

 private:
  void ArmAfter(Nanoseconds delay, Scheduler::Callback step) {
    timer_ = scheduler_.ArmAt(clock_.MonotonicNow() + delay, std::move(step));
  }

  void SendHead() {
    bool destroyed = false;
    destroyed_ = &destroyed;
    observer_.OnHead(wire_->head);
    if (destroyed) return;
    destroyed_ = nullptr;
    const Nanoseconds body_delay = response_->script().body_delay;
    if (wire_->head.content_length == 0U) {
      End();
    } else if (body_delay > Nanoseconds{0}) {
      ArmAfter(body_delay, [this] { SendBody(); });
    } else {
      SendBody();
    }
  }

  void SendBody() {
    const ResponseScript& script = response_->script();
    std::string_view bytes = wire_->body;
    const bool is_cut = script.fault == SimFault::kTruncate || script.fault == SimFault::kHangBody;
    // Of a body that is not cut but has a fault only the last chunk is missing, and it has one only when chunked.
    const bool is_complete = !is_cut || (script.after >= bytes.size() && !script.chunked);
    if (is_cut) bytes = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(script.after, bytes.size())));
    if (!bytes.empty()) {
      bool destroyed = false;
      destroyed_ = &destroyed;
      observer_.OnBody(bytes);
      if (destroyed) return;
      destroyed_ = nullptr;
    }
    if (!is_complete) {
      if (script.fault == SimFault::kHangBody) return;
      error_ = TransportError{TransportErrorKind::kTruncated, "unexpected EOF"};
    }
    End();
  }

  /// The last call: the observer usually destroys this.
  void End() {
    const std::optional<TransportError> error = std::move(error_);
    observer_.OnEnd(error);
  }

  const Clock& clock_;
  Scheduler& scheduler_;
  TransportObserver& observer_;
  SimResponsePtr response_;
  const SimResponse::Wire* wire_ = nullptr;
  std::optional<TransportError> error_;
  Timer timer_;
  /// Set during a call of the observer.
  bool* destroyed_ = nullptr;
};

}  // namespace

std::string_view DialFailureName(DialFailure failure) {
  switch (failure) {
    case DialFailure::kRefuse:
      return "refuse";
    case DialFailure::kDialTimeout:
      return "dial_timeout";
    case DialFailure::kUnknownExporter:
      return "unknown_exporter";
  }
  return {};
}

void SimNetwork::SetExporter(const std::string& address, std::unique_ptr<Exporter> exporter) {
  if (exporter == nullptr) {
    exporters_.erase(address);
  } else {
    exporters_[address] = std::move(exporter);
  }
}

std::unique_ptr<Exchange> SimNetwork::Start(const HopRequest& request, TransportObserver& observer) {
  const MonotonicTime now = clock_.MonotonicNow();
  auto exchange = std::make_unique<SimExchange>(clock_, scheduler_, observer);
  const auto fail_dial = [&](DialFailure failure) {
    if (log_ != nullptr) log_->OnFailedDial(now, request.address, failure);
  };
  const auto exporter = exporters_.find(request.address);
  if (exporter == exporters_.end()) {
    fail_dial(DialFailure::kUnknownExporter);
    exchange->FailAfter(Nanoseconds{0}, Refused(request.address));
    return exchange;
  }
  SimResponsePtr response = exporter->second->Next(now, request);
  const ResponseScript& script = response->script();
  if (script.fault == SimFault::kRefuse) {
    fail_dial(DialFailure::kRefuse);
    exchange->FailAfter(script.delay, Refused(request.address));
    return exchange;
  }
  if (script.fault == SimFault::kDialTimeout) {
    fail_dial(DialFailure::kDialTimeout);
    return exchange;
  }
  if (log_ != nullptr) log_->OnRequest(now, request.address, request);
  if (script.fault == SimFault::kResetBeforeHead) {
    exchange->FailAfter(script.delay, {TransportErrorKind::kResetBeforeHead, "EOF"});
  } else if (script.fault != SimFault::kHang) {
    exchange->Respond(std::move(response), request);
  }
  return exchange;
}

std::string RequestUrl(const HopRequest& request) {
  return fmt::format("{}://{}{}", request.scheme, request.host, request.target);
}

}  // namespace stalemark
