// SPDX-License-Identifier: Apache-2.0
// ScrapeRecorder: writes down what a run of a scrape case did, in the terms of the case format: requests, transactions,
// snapshots. It stands between the engine and the storage, and listens to the network and to the trace, which knows
// where an append comes from. Single-threaded.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/scrape/scrape_manager.h"
#include "core/seams/appendable.h"
#include "core/seams/trace_sink.h"
#include "sim/conformance/case.h"
#include "sim/sim_network.h"

namespace stalemark::conformance {

/// One append that reached storage.
struct RecordedAppend {
  enum class Kind : std::uint8_t { kScraped, kStaleMarker, kReport };
  Kind kind = Kind::kScraped;
  Labels labels;
  std::int64_t t_ms = 0;
  std::int64_t st_ms = 0;
  std::uint64_t value_bits = 0;
  std::optional<Histogram> histogram;
  std::optional<FloatHistogram> float_histogram;
  std::vector<Exemplar> exemplars;
  bool reject_out_of_order = false;
  bool has_metadata = false;
  Metadata metadata;
  std::string error;
};

struct RecordedTransaction {
  std::int64_t at_ns = 0;
  std::string job;
  std::string instance;
  bool committed = false;
  std::string error;
  std::vector<RecordedAppend> appends;
};

struct RecordedRequest {
  std::int64_t at_ns = 0;
  std::string exporter;
  /// Empty: the exporter read the request.
  std::string fault;
  std::string method;
  std::string url;
  std::vector<HttpHeader> headers;
};

class ScrapeRecorder final : public Appendable, public RequestLog, public TraceSink {
 public:
  /// Passes events on to `next`.
  explicit ScrapeRecorder(TraceSink& next) : next_(next) {}
  /// What it tells the time by; before the first append.
  void SetClock(const Clock& clock) { clock_ = &clock; }
  /// Where appends go; before the first one.
  void SetStorage(Appendable& storage) { storage_ = &storage; }

  std::unique_ptr<Appender> NewAppender(const AppenderContext& context) override;
  void OnEvent(MonotonicTime at, const trace::Event& event) override;
  void OnRequest(MonotonicTime at, std::string_view exporter, const HopRequest& request) override;
  void OnFailedDial(MonotonicTime at, std::string_view exporter, DialFailure failure) override;

  // In call order.
  const std::vector<RecordedRequest>& requests() const { return requests_; }
  const std::vector<RecordedTransaction>& transactions() const { return transactions_; }

 private:
  friend class RecordingAppender;
  /// Takes its place in the list when it ends; the result tells where.
  std::size_t Ended(RecordedTransaction transaction, bool committed);

  TraceSink& next_;
  const Clock* clock_ = nullptr;
  Appendable* storage_ = nullptr;
  /// Until the trace tells where it comes from.
  RecordedAppend* last_append_ = nullptr;
  std::vector<RecordedRequest> requests_;
  std::vector<RecordedTransaction> transactions_;
};

/// The targets of all pools as a snapshot of the case format, lists sorted.
Json SnapshotOf(const ScrapeManager& manager, std::int64_t at_ns, WallTime start);

Json LabelsJson(const Labels& labels);

}  // namespace stalemark::conformance
