// SPDX-License-Identifier: Apache-2.0
#include "core/storage/agent_storage.h"

#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/model/value.h"
#include "core/storage/exemplar_ring.h"
#include "core/storage/series_labels.h"
#include "core/storage/zero_sample.h"

namespace stalemark {

class AgentAppender final : public Appender {
 public:
  explicit AgentAppender(AgentStorage& storage) : storage_(storage) {}

  AppendResult Append(const AppendRequest& request) override {
    if (closed_) return Refuse(AppendCode::kOther, kClosedText);
    if (const Status valid = ValidateHistogram(request); !valid) {
      return Refuse(AppendCode::kOther, valid.error().message);
    }
    const SeriesRef ref = Resolve(request);
    if (ref == kNoSeries) return {kNoSeries, AppendCode::kOther};
    AgentStorage::Series& series = *storage_.Find(ref);
    // With a window a zero must be newer than all samples nevertheless.
    if (storage_.options_.st_zero_samples && request.st_ms != 0 && request.st_ms < request.t_ms &&
        request.st_ms > series.last_t_ms) {
      TakeZero(request, ref);
    }
    if (request.t_ms <= NewestRefused(series)) {
      ++storage_.stats_.out_of_order_samples;
      return Refuse(AppendCode::kOutOfOrder, "out of order sample");
    }
    Take(request, ref);
    AppendResult result{ref, AppendCode::kOk};
    if (!IsStale(request)) AppendExemplars(series, ref, request.exemplars, result);
    return result;
  }

  std::string ErrorText() const override { return error_text_; }

  void Commit(CommitDone done) override {
    std::optional<std::string> error;
    if (closed_) {
      error = std::string(kClosedText);
    } else if (const Status logged = Log(); !logged) {
      error = logged.error().message;
    } else {
      for (const SampleRecord& sample : floats_) NoteTime(sample.ref, sample.t_ms);
      for (const auto& record : histograms_) NoteTime(record.ref, record.t_ms);
      for (const auto& record : float_histograms_) NoteTime(record.ref, record.t_ms);
    }
    closed_ = true;
    // `done` may destroy this.
    done(error);
  }

  void Rollback() override {
    if (std::exchange(closed_, true)) return;
    // The series stay, so the log must know them; upstream's callers drop this error too.
    const Status logged = storage_.LogSeries(created_);
    static_cast<void>(logged);
  }

 private:
  static constexpr std::string_view kClosedText = "appender closed";

  static Status ValidateHistogram(const AppendRequest& request) {
    if (request.float_histogram != nullptr) return Validate(*request.float_histogram);
    if (request.histogram != nullptr) return Validate(*request.histogram);
    return {};
  }

  static bool IsFloat(const AppendRequest& request) {
    return request.float_histogram == nullptr && request.histogram == nullptr;
  }

  static bool IsStale(const AppendRequest& request) {
    if (request.float_histogram != nullptr) return request.float_histogram->IsStale();
    if (request.histogram != nullptr) return request.histogram->IsStale();
    return IsStaleNaN(request.value_bits);
  }

  AppendResult Refuse(AppendCode code, std::string_view text) {
    error_text_ = text;
    return {kNoSeries, code};
  }

  SeriesRef Resolve(const AppendRequest& request) {
    if (storage_.Find(request.ref) != nullptr) return request.ref;
    const bool has_empty = HasEmptyValue(*request.labels);
    const Labels without_empty = has_empty ? WithoutEmptyValues(*request.labels) : Labels();
    const Labels& labels = has_empty ? without_empty : *request.labels;
    error_text_ = InvalidSeriesText(labels);
    return error_text_.empty() ? storage_.GetOrCreate(labels, created_) : kNoSeries;
  }

  /// Samples up to this time are out of order.
  std::int64_t NewestRefused(const AgentStorage::Series& series) const {
    constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
    const std::int64_t window = storage_.options_.out_of_order_window_ms;
    return series.last_t_ms < kMin + window ? kMin : series.last_t_ms - window;
  }

  void Take(const AppendRequest& request, SeriesRef ref) {
    if (request.float_histogram != nullptr) {
      float_histograms_.push_back({ref, request.t_ms, request.st_ms, *request.float_histogram});
    } else if (request.histogram != nullptr) {
      histograms_.push_back({ref, request.t_ms, request.st_ms, *request.histogram});
    } else {
      TakeFloat({ref, request.t_ms, request.value_bits}, request.st_ms);
    }
    Count(request);
  }

  void TakeZero(const AppendRequest& request, SeriesRef ref) {
    if (request.float_histogram != nullptr) {
      float_histograms_.push_back({ref, request.st_ms, 0, ZeroOf(*request.float_histogram)});
    } else if (request.histogram != nullptr) {
      histograms_.push_back({ref, request.st_ms, 0, ZeroOf(*request.histogram)});
    } else {
      TakeFloat({ref, request.st_ms, BitsOf(0)}, 0);
    }
    Count(request);
  }

  void TakeFloat(const SampleRecord& sample, std::int64_t st_ms) {
    floats_.push_back(sample);
    if (storage_.options_.st_storage) start_times_.push_back(st_ms);
  }

  void Count(const AppendRequest& request) {
    ++(IsFloat(request) ? storage_.stats_.samples_appended : storage_.stats_.histograms_appended);
  }

  void AppendExemplars(AgentStorage::Series& series, SeriesRef ref, std::span<const Exemplar> exemplars,
                       AppendResult& result) {
    for (const Exemplar& exemplar : exemplars) {
      auto kept = std::make_unique<Exemplar>(exemplar);
      if (HasEmptyValue(kept->labels)) kept->labels = WithoutEmptyValues(kept->labels);
      if (const std::string invalid = InvalidExemplarText(kept->labels); !invalid.empty()) {
        error_text_ = (result.exemplars_refused > 0 ? error_text_ + '\n' : std::string()) + invalid;
        CountRefusedExemplar(ExemplarVerdict::kTooLong, result);
        continue;
      }
      if (series.last_exemplar != nullptr && SameExemplar(*series.last_exemplar, *kept)) continue;
      if (storage_.wal_ != nullptr) exemplars_.push_back({ref, *kept});
      // At once: a rollback does not take it back.
      series.last_exemplar = std::move(kept);
      ++storage_.stats_.exemplars_appended;
    }
  }

  static std::string InvalidExemplarText(const Labels& labels) {
    if (const std::optional<std::string_view> name = RepeatedName(labels)) {
      return fmt::format("label name \"{}\" is not unique: invalid exemplar", *name);
    }
    return IsTooLong(labels) ? std::string(ExemplarErrorText(ExemplarVerdict::kTooLong)) : std::string();
  }

  Status Log() {
    if (Status logged = storage_.LogSeries(created_); !logged) return logged;
    return storage_.LogSamples({.samples = floats_,
                                .start_times = start_times_,
                                .histograms = histograms_,
                                .float_histograms = float_histograms_,
                                .exemplars = exemplars_,
                                .st_storage = storage_.options_.st_storage});
  }

  void NoteTime(SeriesRef ref, std::int64_t t_ms) {
    AgentStorage::Series& series = *storage_.Find(ref);
    if (t_ms >= series.last_t_ms) {
      series.last_t_ms = t_ms;
    } else {
      ++storage_.stats_.out_of_order_samples;
    }
  }

  AgentStorage& storage_;
  std::vector<SampleRecord> floats_;
  /// Of `floats_`, with st_storage.
  std::vector<std::int64_t> start_times_;
  std::vector<HistogramRecord<Histogram>> histograms_;
  std::vector<HistogramRecord<FloatHistogram>> float_histograms_;
  /// What is logged of them; nothing without a log.
  std::vector<ExemplarRecord> exemplars_;
  std::vector<SeriesRef> created_;
  std::string error_text_;
  bool closed_ = false;
};

std::unique_ptr<Appender> AgentStorage::NewAppender(const AppenderContext&) {
  return std::make_unique<AgentAppender>(*this);
}

SeriesRef AgentStorage::GetOrCreate(const Labels& labels, std::vector<SeriesRef>& created) {
  const SeriesIndex::Place place = index_.FindOrAdd(labels, series_);
  if (!place.is_new) return SeriesRef{place.index + std::uint64_t{1}};
  Series& series = series_.Add();
  series.labels = labels;
  series.next_same_hash = place.next_same_hash;
  ++stats_.active_series;
  const SeriesRef ref{series_.size()};
  created.push_back(ref);
  return ref;
}

Status AgentStorage::LogSeries(const std::vector<SeriesRef>& created) {
  if (wal_ == nullptr || created.empty()) return {};
  std::vector<SeriesRecord> records;
  for (const SeriesRef ref : created) records.push_back({.ref = ref, .labels = &Find(ref)->labels});
  EncodeSeriesRecord(records, record_);
  return wal_->Log(record_.view());
}

Status AgentStorage::LogSamples(const LoggedBatch& batch) {
  if (wal_ == nullptr) return {};
  std::string_view what;
  return LogBatch(batch, record_, *wal_, what);
}

}  // namespace stalemark
