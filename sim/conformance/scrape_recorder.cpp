// SPDX-License-Identifier: Apache-2.0
#include "sim/conformance/scrape_recorder.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace stalemark::conformance {
namespace {

std::int64_t Nanos(MonotonicTime t) {
  return t.time_since_epoch().count();
}

RecordedAppend::Kind KindOf(trace::Origin origin) {
  switch (origin) {
    case trace::Origin::kStaleMarker:
      return RecordedAppend::Kind::kStaleMarker;
    case trace::Origin::kReport:
      return RecordedAppend::Kind::kReport;
    case trace::Origin::kScraped:
      break;
  }
  return RecordedAppend::Kind::kScraped;
}

}  // namespace

class RecordingAppender final : public Appender {
 public:
  RecordingAppender(ScrapeRecorder& recorder, std::unique_ptr<Appender> inner, const AppenderContext& context)
      : recorder_(recorder), inner_(std::move(inner)) {
    if (context.target_labels == nullptr) return;
    transaction_.job = context.target_labels->Get("job");
    transaction_.instance = context.target_labels->Get("instance");
  }

  AppendResult Append(const AppendRequest& request) override {
    const AppendResult result = inner_->Append(request);
    RecordedAppend append;
    append.labels = *request.labels;
    append.t_ms = request.t_ms;
    append.st_ms = request.st_ms;
    append.value_bits = request.value_bits;
    if (request.histogram != nullptr) append.histogram = *request.histogram;
    if (request.float_histogram != nullptr) append.float_histogram = *request.float_histogram;
    append.exemplars.assign(request.exemplars.begin(), request.exemplars.end());
    append.reject_out_of_order = request.reject_out_of_order;
    append.has_metadata = request.metadata != nullptr;
    if (append.has_metadata) append.metadata = *request.metadata;
    if (result.code != AppendCode::kOk || result.exemplars_refused != 0) append.error = inner_->ErrorText();
    transaction_.appends.push_back(std::move(append));
    recorder_.last_append_ = &transaction_.appends.back();
    return result;
  }

  std::string ErrorText() const override { return inner_->ErrorText(); }

  void Commit(CommitDone done) override {
    const std::size_t index = recorder_.Ended(std::move(transaction_), true);
    inner_->Commit([this, index, done = std::move(done)](const std::optional<std::string>& error) {
      recorder_.transactions_[index].error = error.value_or("");
      done(error);
    });
  }

  void Rollback() override {
    recorder_.Ended(std::move(transaction_), false);
    inner_->Rollback();
  }

 private:
  ScrapeRecorder& recorder_;
  std::unique_ptr<Appender> inner_;
  RecordedTransaction transaction_;
};

std::unique_ptr<Appender> ScrapeRecorder::NewAppender(const AppenderContext& context) {
  return std::make_unique<RecordingAppender>(*this, storage_->NewAppender(context), context);
}

std::size_t ScrapeRecorder::Ended(RecordedTransaction transaction, bool committed) {
  transaction.at_ns = Nanos(clock_->MonotonicNow());
  transaction.committed = committed;
  transactions_.push_back(std::move(transaction));
  return transactions_.size() - 1;
}

void ScrapeRecorder::OnEvent(MonotonicTime at, const trace::Event& event) {
  if (const auto* append = std::get_if<trace::SampleAppended>(&event)) {
    // Told right after the append; one that a limit refused never came by.
    if (last_append_ != nullptr) last_append_->kind = KindOf(append->origin);
    last_append_ = nullptr;
  }
  next_.OnEvent(at, event);
}

void ScrapeRecorder::OnRequest(MonotonicTime at, std::string_view exporter, const HopRequest& request) {
  RecordedRequest recorded;
  recorded.at_ns = Nanos(at);
  recorded.exporter = exporter;
  recorded.method = request.method;
  recorded.url = RequestUrl(request);
  recorded.headers = request.headers;
  requests_.push_back(std::move(recorded));
}

void ScrapeRecorder::OnFailedDial(MonotonicTime at, std::string_view exporter, DialFailure failure) {
  RecordedRequest recorded;
  recorded.at_ns = Nanos(at);
  recorded.exporter = exporter;
  recorded.fault = DialFailureName(failure);
  requests_.push_back(std::move(recorded));
}

Json LabelsJson(const Labels& labels) {
  Json out = Json::object();
  for (const Label label : labels) out[std::string(label.name)] = std::string(label.value);
  return out;
}

Json SnapshotOf(const ScrapeManager& manager, std::int64_t at_ns, WallTime start) {
  Json active = Json::array();
  Json dropped = Json::array();
  Json counts = Json::object();
  for (const auto& [name, pool] : manager.pools()) {
    counts[name] = pool->dropped_count();
    for (const Target* target : pool->ActiveTargets()) {
      const Target::Outcome& outcome = target->outcome();
      Json item = {{"pool", name},
                   {"labels", LabelsJson(target->PublicLabels())},
                   {"discovered", LabelsJson(target->DiscoveredLabels())},
                   {"url", target->ScrapeUrl().String()},
                   {"health", TargetHealthText(outcome.health)},
                   {"last_error", outcome.error ? outcome.error->message : ""},
                   {"last_error_kind", outcome.error ? ScrapeErrorKindText(outcome.error->kind) : ""}};
      if (outcome.scraped_at) {
        item["last_scrape_ns"] = (*outcome.scraped_at - start).count();
        item["last_duration_ns"] = outcome.duration.count();
      }
      active.push_back(std::move(item));
    }
    for (const Target& target : pool->dropped_targets()) {
      dropped.push_back({{"pool", name}, {"discovered", LabelsJson(target.DiscoveredLabels())}});
    }
  }
  std::sort(active.begin(), active.end());
  std::sort(dropped.begin(), dropped.end());
  return {{"at_ns", at_ns}, {"active", std::move(active)}, {"dropped", std::move(dropped)}, {"dropped_counts", counts}};
}

}  // namespace stalemark::conformance
