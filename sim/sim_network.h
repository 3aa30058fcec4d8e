// SPDX-License-Identifier: Apache-2.0
// SimNetwork: Transport between the engine and simulated exporters. Time passes only by the delays of the responses;
// every connection serves one request. An address without an exporter refuses connections.
//
// Exporters are found by the address a hop connects to (`bare:80` for a URL that says `bare`) and may be replaced at
// any time: exchanges in flight keep their response. Errors are worded as Go words them; where Go names addresses that
// a simulation does not have, the resolver is 127.0.0.53:53 and our end of a connection 127.0.0.1:40000.
// Single-threaded; the clock and scheduler outlive the network, the network outlives its exchanges.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/seams/clock.h"
#include "core/seams/scheduler.h"
#include "core/seams/transport.h"
#include "sim/recorded_exchanges.h"
#include "sim/sim_response.h"

namespace stalemark {

/// Why a connection attempt fails.
enum class DialFailure : std::uint8_t { kRefuse, kDialTimeout, kUnknownExporter, kResolve, kTls };
/// `refuse`, `dial_timeout`, `unknown_exporter`, `resolve`, `tls`.
std::string_view DialFailureName(DialFailure failure);

/// Told what reaches the exporters, when it happens.
class RequestLog {
 public:
  virtual ~RequestLog() = default;
  /// The exporter has read the request.
  virtual void OnRequest(MonotonicTime at, std::string_view exporter, const HopRequest& request) = 0;
  /// An attempt to connect begins, and will fail.
  virtual void OnFailedDial(MonotonicTime at, std::string_view exporter, DialFailure failure) = 0;
};

class SimNetwork final : public Transport {
 public:
  SimNetwork(const Clock& clock, Scheduler& scheduler) : clock_(clock), scheduler_(scheduler) {}

  /// Puts an exporter at host:port, in the place of the one that is there. Null: nobody answers any more.
  void SetExporter(const std::string& address, std::unique_ptr<Exporter> exporter);
  /// Plays these in the place of all exporters. Before the first request; outlive the network.
  void SetRecorded(const std::vector<RecordedExchange>& exchanges) {
    recorded_ = std::make_unique<RecordedExchanges>(exchanges);
  }
  /// Null: nobody is told.
  void SetRequestLog(RequestLog* log) { log_ = log; }

  [[nodiscard]] std::unique_ptr<Exchange> Start(const HopRequest& request, TransportObserver& observer) override;

 private:
  const Clock& clock_;
  Scheduler& scheduler_;
  RequestLog* log_ = nullptr;
  std::map<std::string, std::unique_ptr<Exporter>, std::less<>> exporters_;
  /// Null: nothing is recorded.
  std::unique_ptr<RecordedExchanges> recorded_;
};

/// The URL of a request as an exporter sees it: from its Host header and target.
std::string RequestUrl(const HopRequest& request);

}  // namespace stalemark
