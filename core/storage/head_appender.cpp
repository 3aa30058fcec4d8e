// SPDX-License-Identifier: Apache-2.0
#include "core/storage/head_appender.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/model/value.h"
#include "core/storage/series_labels.h"
#include "core/storage/zero_sample.h"
#include "core/text/go_float.h"

namespace stalemark {
namespace {

bool SameMetadata(const Metadata& a, const Metadata& b) {
  return a.type == b.type && a.unit == b.unit && a.help == b.help;
}

bool IsEmpty(const Metadata& metadata) {
  return metadata.type == MetricType::kUnknown && metadata.unit.empty() && metadata.help.empty();
}

}  // namespace

HeadAppender::HeadAppender(Head& head)
    : head_(head), takes_start_times_(head.options_.st_zero_samples || head.encodings_.start_times()) {
  ++head_.stats_.active_appenders;
  head_.appenders_.push_back(this);
  if (head_.initialized()) Open();
}

HeadAppender::~HeadAppender() {
  if (state_ != State::kClosed) Close();
  std::vector<const HeadAppender*>& all = head_.appenders_;
  all.erase(std::find(all.begin(), all.end(), this));
}

void HeadAppender::Open() {
  bounds_ = head_.TakeBounds();
  buffer_ = head_.TakeBuffer();
  state_ = State::kOpen;
}

void HeadAppender::Close() {
  if (counted_) --head_.stats_.active_appenders;
  counted_ = false;
  if (state_ != State::kOpen) return;
  head_.GiveBack(std::move(buffer_));
  state_ = State::kClosed;
}

AppendCode HeadAppender::Decide(const Head::Verdict& verdict, bool reject_out_of_order) {
  if (verdict.out_of_order && reject_out_of_order) return AppendCode::kOutOfOrder;
  if (verdict.delta_ms > 0) {
    ++head_.stats_.out_of_order_delta_count;
    head_.stats_.out_of_order_delta_sum_seconds += static_cast<double>(verdict.delta_ms) / 1000;
  }
  return verdict.code;
}

AppendCode HeadAppender::DecideFloat(const Head::Verdict& verdict, const MemSeries& series, std::int64_t t_ms,
                                     std::uint64_t bits, bool reject_out_of_order) {
  const AppendCode code = Decide(verdict, reject_out_of_order);
  if (code == AppendCode::kDuplicate) {
    refusal_.duplicate = series.holds_floats() ? Refusal::Duplicate::kFloats : Refusal::Duplicate::kFloatOnHistogram;
    refusal_.t_ms = t_ms;
    refusal_.existing_bits = series.chunk.last_bits();
    refusal_.new_bits = bits;
  }
  return code;
}

AppendCode HeadAppender::AppendFloat(SeriesRef ref, const AppendRequest& request) {
  const MemSeries& series = *head_.Find(ref);
  const std::int64_t t_ms = request.t_ms;
  const std::uint64_t bits = request.value_bits;
  const Head::Verdict verdict = head_.Check(series, t_ms, bits, bounds_);
  if (verdict.out_of_order || verdict.code != AppendCode::kOk) {
    const AppendCode code = DecideFloat(verdict, series, t_ms, bits, request.reject_out_of_order);
    if (code != AppendCode::kOk) return code;
  }
  buffer_.BeginSample(ref, SampleKind::kFloat);
  buffer_.samples.push_back({ref, t_ms, bits});
  if (head_.encodings_.start_times()) buffer_.start_times.push_back(request.st_ms);
  return AppendCode::kOk;
}

AppendResult HeadAppender::Append(const AppendRequest& request) {
  if (AppendPlainFloat(request)) return {request.ref, AppendCode::kOk};
  return AppendChecked(request);
}

inline bool HeadAppender::AppendPlainFloat(const AppendRequest& request) {
  if (state_ != State::kOpen || takes_start_times_ || !buffer_.floats_only()) return false;
  if (request.histogram != nullptr || request.float_histogram != nullptr || HasAttachments(request)) return false;
  const MemSeries* series = head_.Find(request.ref);
  if (series == nullptr || !Head::IsNewest(*series, request.t_ms, bounds_)) return false;
  head_.PrefetchAfter(request.ref);
  buffer_.samples.push_back({request.ref, request.t_ms, request.value_bits});
  return true;
}

AppendResult HeadAppender::AppendChecked(const AppendRequest& request) {
  if (state_ != State::kOpen) {
    if (state_ == State::kClosed) return Refuse(AppendCode::kOther, kAppenderClosed);
    head_.InitTime(request.t_ms);
    Open();
  }
  if (request.float_histogram != nullptr) return AppendHistogramRequest(request, *request.float_histogram);
  if (request.histogram != nullptr) return AppendHistogramRequest(request, *request.histogram);

  const SeriesRef ref = Resolve(request, head_.stats_.floats);
  if (ref == kNoSeries) return {kNoSeries, refusal_.code};
  if (request.st_ms != 0 && head_.options_.st_zero_samples) AppendFloatZero(ref, request);
  const bool stale = IsStaleNaN(request.value_bits);
  if (stale) {
    const SampleKind kind = buffer_.KindInBatch(ref);
    if (kind != SampleKind::kFloat) return AppendHistogramMarker(request, ref, kind);
  }
  const AppendCode code = AppendFloat(ref, request);
  if (code != AppendCode::kOk) return RefuseChecked(code, head_.stats_.floats);
  if (stale || !HasAttachments(request)) return {ref, AppendCode::kOk};
  return AppendAttachments(ref, request);
}

template <class H>
AppendResult HeadAppender::AppendHistogramRequest(const AppendRequest& request, const H& histogram) {
  SampleStats& stats = head_.stats_.histograms;
  if (const Status valid = Validate(histogram); !valid) return Refuse(AppendCode::kOther, valid.error().message);
  const SeriesRef ref = Resolve(request, stats);
  if (ref == kNoSeries) return {kNoSeries, refusal_.code};
  if (request.st_ms != 0 && head_.options_.st_zero_samples && MayHaveZero(request)) {
    AppendHistogram(ref, request.st_ms, 0, ZeroOf(histogram), true);
  }
  const AppendCode code = AppendHistogram(ref, request.t_ms, request.st_ms, histogram, request.reject_out_of_order);
  if (code != AppendCode::kOk) return RefuseChecked(code, stats);
  if (histogram.IsStale() || !HasAttachments(request)) return {ref, AppendCode::kOk};
  return AppendAttachments(ref, request);
}

inline SeriesRef HeadAppender::Resolve(const AppendRequest& request, SampleStats& stats) {
  if (head_.options_.out_of_order_window_ms == 0 && request.t_ms < bounds_.min_valid_t_ms) {
    Head::CountRefusal(AppendCode::kOutOfBounds, stats);
    return Refuse(AppendCode::kOutOfBounds).ref;
  }
  const SeriesRef ref = head_.Find(request.ref) != nullptr ? request.ref : ResolveByLabels(*request.labels);
  head_.PrefetchAfter(ref);
  return ref;
}

bool HeadAppender::MayHaveZero(const AppendRequest& request) const {
  return request.st_ms < request.t_ms && request.st_ms >= bounds_.min_valid_t_ms;
}

void HeadAppender::AppendFloatZero(SeriesRef ref, const AppendRequest& request) {
  if (!MayHaveZero(request)) return;
  const MemSeries& series = *head_.Find(ref);
  const Head::Verdict verdict = head_.Check(series, request.st_ms, BitsOf(0), bounds_);
  if (Decide(verdict, true) != AppendCode::kOk) return;
  buffer_.BeginSample(ref, SampleKind::kFloat);
  // Not push_back: with one caller it is inlined there, which is a fifth of an append.
  buffer_.samples.insert(buffer_.samples.end(), {ref, request.st_ms, BitsOf(0)});
  if (head_.encodings_.start_times()) buffer_.start_times.push_back(0);
}

AppendResult HeadAppender::AppendAttachments(SeriesRef ref, const AppendRequest& request) {
  AppendResult result{ref, AppendCode::kOk};
  if (!request.exemplars.empty() && head_.exemplars_.enabled()) AppendExemplars(ref, request.exemplars, result);
  if (request.metadata != nullptr && head_.options_.metadata) AppendMetadata(ref, *request.metadata);
  return result;
}

AppendResult HeadAppender::AppendHistogramMarker(const AppendRequest& request, SeriesRef ref, SampleKind kind) {
  Histogram histogram;
  FloatHistogram float_histogram;
  AppendRequest marker{.ref = ref, .labels = request.labels, .t_ms = request.t_ms, .st_ms = request.st_ms};
  marker.reject_out_of_order = request.reject_out_of_order;
  if (kind == SampleKind::kHistogram || kind == SampleKind::kCustomHistogram) {
    histogram.sum = DoubleOf(request.value_bits);
    marker.histogram = &histogram;
  } else {
    float_histogram.sum = DoubleOf(request.value_bits);
    marker.float_histogram = &float_histogram;
  }
  return AppendChecked(marker);
}

template <class H>
AppendCode HeadAppender::AppendHistogram(SeriesRef ref, std::int64_t t_ms, std::int64_t st_ms, const H& histogram,
                                         bool reject_out_of_order) {
  const Head::Verdict verdict = head_.Check(*head_.Find(ref), ref, t_ms, histogram, bounds_);
  const AppendCode code = Decide(verdict, reject_out_of_order);
  if (code == AppendCode::kDuplicate) refusal_.duplicate = Refusal::Duplicate::kHistogram;
  if (code != AppendCode::kOk) return code;
  buffer_.BeginSample(ref, KindOf(histogram));
  HistogramRecord<H>& record = buffer_.ListOf(histogram).Add();
  record.ref = ref;
  record.t_ms = t_ms;
  record.st_ms = st_ms;
  record.histogram = histogram;
  return AppendCode::kOk;
}

void HeadAppender::AppendExemplars(SeriesRef ref, std::span<const Exemplar> exemplars, AppendResult& result) {
  refusal_.code = AppendCode::kOk;
  refusal_.text.clear();
  for (const Exemplar& exemplar : exemplars) {
    Exemplar kept = exemplar;
    if (HasEmptyValue(kept.labels)) kept.labels = WithoutEmptyValues(kept.labels);
    const ExemplarVerdict verdict = head_.exemplars_.Validate(ref, kept);
    if (verdict == ExemplarVerdict::kDuplicate) continue;
    if (verdict == ExemplarVerdict::kOk) {
      buffer_.exemplars.push_back({ref, std::move(kept)});
      continue;
    }
    if (result.exemplars_refused > 0) refusal_.text += '\n';
    refusal_.text += ExemplarErrorText(verdict);
    CountRefusedExemplar(verdict, result);
  }
}

void HeadAppender::AppendMetadata(SeriesRef ref, const Metadata& metadata) {
  if (IsEmpty(metadata)) return;
  const Metadata* const current = head_.MetadataOf(ref);
  if (current != nullptr && SameMetadata(*current, metadata)) return;
  buffer_.metadata.push_back({ref, metadata});
}

AppendResult HeadAppender::RefuseChecked(AppendCode code, SampleStats& stats) {
  // A sample out of bounds was counted before its series was looked up, and otherwise is counted by nobody.
  if (code != AppendCode::kOutOfBounds) Head::CountRefusal(code, stats);
  return Refuse(code);
}

AppendResult HeadAppender::Refuse(AppendCode code, std::string_view text) {
  refusal_.code = code;
  refusal_.text = text;
  return {kNoSeries, code};
}

SeriesRef HeadAppender::ResolveByLabels(const Labels& labels) {
  if (HasEmptyValue(labels)) return ResolveByLabels(WithoutEmptyValues(labels));
  if (const std::string invalid = InvalidSeriesText(labels); !invalid.empty()) {
    Refuse(AppendCode::kOther, invalid);
    return kNoSeries;
  }
  return head_.GetOrCreate(labels, buffer_.created);
}

std::string HeadAppender::ErrorText() const {
  switch (refusal_.code) {
    case AppendCode::kOutOfOrder:
      return "out of order sample";
    case AppendCode::kOutOfBounds:
      return "out of bounds";
    case AppendCode::kTooOld:
      return "too old sample";
    case AppendCode::kDuplicate: {
      if (refusal_.duplicate == Refusal::Duplicate::kHistogram) return "duplicate sample for timestamp";
      std::string text =
          fmt::format("duplicate sample for timestamp {}; overrides not allowed: existing ", refusal_.t_ms);
      if (refusal_.duplicate == Refusal::Duplicate::kFloatOnHistogram) {
        text += "is a histogram";
      } else {
        text::AppendShortestG(text, DoubleOf(refusal_.existing_bits));
      }
      text += ", new value ";
      text::AppendShortestG(text, DoubleOf(refusal_.new_bits));
      return text;
    }
    default:
      return refusal_.text;
  }
}

void HeadAppender::Commit(CommitDone done) {
  std::optional<std::string> error;
  if (state_ == State::kClosed) {
    error = std::string(kAppenderClosed);
  } else if (const Status logged = head_.Log(buffer_); !logged) {
    error = "write to WAL: " + logged.error().message;
    Rollback();
  } else {
    head_.Commit(buffer_, bounds_);
    Close();
  }
  // `done` may destroy this.
  done(error);
}

void HeadAppender::Rollback() {
  if (state_ == State::kClosed) return;
  buffer_.ClearSamples();
  // The series stay in the head, so the log must know them (HEAD-23); upstream's callers drop this error too.
  const Status logged = head_.Log(buffer_);
  static_cast<void>(logged);
  Close();
}

}  // namespace stalemark
