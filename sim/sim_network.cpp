// SPDX-License-Identifier: Apache-2.0
#include "sim/sim_network.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/http/hop_client.h"

namespace stalemark {
namespace {

TransportError Refused(std::string_view address) {
  return {TransportErrorKind::kRefused, fmt::format("dial tcp {}: connect: connection refused", address)};
}

/// Go's resolver without cgo, as in the published builds.
TransportError NotResolved(std::string_view address) {
  const std::string_view host = address.substr(0, address.rfind(':'));
  return {TransportErrorKind::kResolve, fmt::format("dial tcp: lookup {} on 127.0.0.53:53: no such host", host)};
}

TransportError Reset(TransportErrorKind kind, std::string_view address) {
  return {kind, fmt::format("read tcp 127.0.0.1:40000->{}: read: connection reset by peer", address)};
}

TransportError CutOff() {
  return {TransportErrorKind::kTruncated, "unexpected EOF"};
}

TransportError HandshakeFailed(const ResponseScript& script) {
  constexpr std::string_view kUnknownAuthority =
      "tls: failed to verify certificate: x509: certificate signed by unknown authority";
  return {TransportErrorKind::kTls, script.error.empty() ? std::string(kUnknownAuthority) : script.error};
}

/// What Go's server says to a client that does not begin with a handshake.
SimResponsePtr HttpToHttps(Nanoseconds delay) {
  ResponseScript script;
  script.status = 400;
  script.body = "Client sent an HTTP request to an HTTPS server.\n";
  script.delay = delay;
  return std::make_shared<const SimResponse>(std::move(script));
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
    address_ = request.address;
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

  /// Decides what will come of the body, and how it ends.
  void SendBody() {
    const ResponseScript& script = response_->script();
    rest_ = wire_->body;
    const std::uint64_t declared = script.declared.value_or(rest_.size());
    if (declared > rest_.size()) error_ = CutOff();
    rest_ = Front(rest_, declared);
    const bool is_cut = script.fault == SimFault::kTruncate || script.fault == SimFault::kHangBody ||
                        script.fault == SimFault::kResetBody;
    // Of a body that is not cut but has a fault only the last chunk is missing, and it has one only when chunked.
    if (is_cut && (script.after < rest_.size() || script.chunked)) {
      rest_ = Front(rest_, script.after);
      hangs_ = script.fault == SimFault::kHangBody;
      error_ = script.fault == SimFault::kResetBody ? Reset(TransportErrorKind::kTruncated, address_) : CutOff();
    }
    SendPiece();
  }

  void SendPiece() {
    const ResponseScript& script = response_->script();
    const std::string_view piece = script.drip_bytes == 0 ? rest_ : Front(rest_, script.drip_bytes);
    rest_.remove_prefix(piece.size());
    if (!piece.empty()) {
      bool destroyed = false;
      destroyed_ = &destroyed;
      observer_.OnBody(piece);
      if (destroyed) return;
      destroyed_ = nullptr;
    }
    if (!rest_.empty()) {
      ArmAfter(script.drip_delay, [this] { SendPiece(); });
    } else if (!hangs_) {
      End();
    }
  }

  static std::string_view Front(std::string_view bytes, std::uint64_t count) {
    return bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(count, bytes.size())));
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
  std::string address_;
  /// Of the body, what is still to come.
  std::string_view rest_;
  /// Nothing follows the body, not even its end.
  bool hangs_ = false;
  std::optional<TransportError> error_;
  Timer timer_;
  /// Set during a call of the observer.
  bool* destroyed_ = nullptr;
};

/// The exporter has read the request.
void Answer(SimResponsePtr response, const HopRequest& request, SimExchange& exchange) {
  const ResponseScript& script = response->script();
  switch (script.fault) {
    case SimFault::kHang:
      break;
    case SimFault::kResetBeforeHead:
      exchange.FailAfter(script.delay, {TransportErrorKind::kResetBeforeHead, "EOF"});
      break;
    case SimFault::kReset:
      exchange.FailAfter(script.delay, Reset(TransportErrorKind::kResetBeforeHead, request.address));
      break;
    case SimFault::kResetInHead:
      exchange.FailAfter(script.delay, {TransportErrorKind::kResetBeforeHead,
                                        "net/http: HTTP/1.x transport connection broken: unexpected EOF"});
      break;
    default:
      exchange.Respond(std::move(response), request);
      break;
  }
}

}  // namespace

std::string_view DialFailureName(DialFailure failure) {
  switch (failure) {
    case DialFailure::kRefuse:
      return "refuse";
    case DialFailure::kDialTimeout:
      return "dial_timeout";
    case DialFailure::kUnknownExporter:
      return "unknown_exporter";
    case DialFailure::kResolve:
      return "resolve";
    case DialFailure::kTls:
      return "tls";
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
  if (recorded_ != nullptr) {
    if (const RecordedExchange* recorded = recorded_->Find(now, request)) {
      if (log_ != nullptr) log_->OnRequest(now, request.address, request);
      return PlayExchange(*recorded, clock_, scheduler_, observer);
    }
  }
  auto exchange = std::make_unique<SimExchange>(clock_, scheduler_, observer);
  const auto fail_dial = [&](DialFailure failure) {
    if (log_ != nullptr) log_->OnFailedDial(now, request.address, failure);
  };
  // A scrape without its token would tell less than an error.
  if (request.client && request.client->oauth2) {
    exchange->FailAfter(Nanoseconds{0}, {TransportErrorKind::kRefused,
                                         fmt::format("oauth2: tokens are not fetched here, and {} not asked for one",
                                                     request.client->oauth2->token_url)});
    return exchange;
  }
  const auto exporter = exporters_.find(request.address);
  if (exporter == exporters_.end()) {
    fail_dial(DialFailure::kUnknownExporter);
    exchange->FailAfter(Nanoseconds{0}, Refused(request.address));
    return exchange;
  }
  SimResponsePtr response = exporter->second->Next(now, request);
  const ResponseScript& script = response->script();
  switch (script.fault) {
    case SimFault::kResolve:
      fail_dial(DialFailure::kResolve);
      exchange->FailAfter(script.delay, NotResolved(request.address));
      return exchange;
    case SimFault::kRefuse:
      fail_dial(DialFailure::kRefuse);
      exchange->FailAfter(script.delay, Refused(request.address));
      return exchange;
    case SimFault::kDialTimeout:
      fail_dial(DialFailure::kDialTimeout);
      return exchange;
    case SimFault::kTls:
      if (request.scheme != "https") {
        response = HttpToHttps(script.delay);
        break;
      }
      fail_dial(DialFailure::kTls);
      exchange->FailAfter(script.delay, HandshakeFailed(script));
      return exchange;
    default:
      break;
  }
  if (log_ != nullptr) log_->OnRequest(now, request.address, request);
  Answer(std::move(response), request, *exchange);
  return exchange;
}

std::string RequestUrl(const HopRequest& request) {
  return fmt::format("{}://{}{}", request.scheme, request.host, request.target);
}

}  // namespace stalemark
