// SPDX-License-Identifier: Apache-2.0
#include "core/storage/head_appender.h"

#include <cassert>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/model/value.h"
#include "core/text/go_float.h"

namespace stalemark {
namespace {

/// HEAD-11.
Labels WithoutEmptyValues(const Labels& labels) {
  std::vector<Label> kept;
  for (const Label label : labels) {
    if (!label.value.empty()) kept.push_back(label);
  }
  return Labels::FromSorted(kept);
}

bool HasEmptyValue(const Labels& labels) {
  for (const Label label : labels) {
    if (label.value.empty()) return true;
  }
  return false;
}

/// Name that upstream's HasDuplicateLabelNames finds. It takes an empty name in the first place for a duplicate.
std::optional<std::string_view> RepeatedName(const Labels& labels) {
  std::string_view previous;
  for (const Label label : labels) {
    if (label.name == previous) return label.name;
    previous = label.name;
  }
  return std::nullopt;
}

}  // namespace

HeadAppender::HeadAppender(Head& head) : head_(head) {
  ++head_.stats_.active_appenders;
  if (head_.initialized()) Open();
}

HeadAppender::~HeadAppender() {
  if (state_ != State::kClosed) Close();
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

AppendResult HeadAppender::Append(const AppendRequest& request) {
  if (state_ != State::kOpen) {
    if (state_ == State::kClosed) return Refuse(AppendCode::kOther, kAppenderClosed);
    head_.InitTime(request.t_ms);
    Open();
  }
  if (head_.options_.out_of_order_window_ms == 0 && request.t_ms < bounds_.min_valid_t_ms) {
    head_.CountRefusal(AppendCode::kOutOfBounds);
    return Refuse(AppendCode::kOutOfBounds);
  }
  SeriesRef ref = request.ref;
  const MemSeries* series = head_.Find(ref);
  if (series == nullptr) {
    ref = ResolveByLabels(*request.labels);
    if (ref == kNoSeries) return {kNoSeries, AppendCode::kOther};
    series = head_.Find(ref);
  }
  head_.PrefetchAfter(ref);
  const Head::Verdict verdict = head_.Check(*series, request.t_ms, request.value_bits, bounds_);
  if (verdict.out_of_order || verdict.code != AppendCode::kOk) {
    const AppendCode code = Judge(verdict, request, series->chunk.last_bits());
    if (code != AppendCode::kOk) return Refuse(code);
  }
  buffer_.samples.push_back({ref, request.t_ms, request.value_bits});
  return {ref, AppendCode::kOk};
}

AppendCode HeadAppender::Judge(const Head::Verdict& verdict, const AppendRequest& request,
                               std::uint64_t existing_bits) {
  if (verdict.out_of_order && request.reject_out_of_order) {
    head_.CountRefusal(AppendCode::kOutOfOrder);
    return AppendCode::kOutOfOrder;
  }
  if (verdict.delta_ms > 0) {
    ++head_.stats_.out_of_order_delta_count;
    head_.stats_.out_of_order_delta_sum_seconds += static_cast<double>(verdict.delta_ms) / 1000;
  }
  // A sample out of bounds was counted before its series was looked up, and otherwise is counted by nobody.
  if (verdict.code != AppendCode::kOutOfBounds) head_.CountRefusal(verdict.code);
  if (verdict.code == AppendCode::kDuplicate) {
    refusal_.t_ms = request.t_ms;
    refusal_.existing_bits = existing_bits;
    refusal_.new_bits = request.value_bits;
  }
  return verdict.code;
}

AppendResult HeadAppender::Refuse(AppendCode code, std::string_view text) {
  refusal_.code = code;
  refusal_.text = text;
  return {kNoSeries, code};
}

SeriesRef HeadAppender::ResolveByLabels(const Labels& labels) {
  if (HasEmptyValue(labels)) return ResolveByLabels(WithoutEmptyValues(labels));
  if (labels.empty()) {
    Refuse(AppendCode::kOther, "empty labelset: invalid sample");
    return kNoSeries;
  }
  if (const std::optional<std::string_view> name = RepeatedName(labels)) {
    Refuse(AppendCode::kOther, fmt::format("label name \"{}\" is not unique: invalid sample", *name));
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
      std::string text =
          fmt::format("duplicate sample for timestamp {}; overrides not allowed: existing ", refusal_.t_ms);
      text::AppendShortestG(text, DoubleOf(refusal_.existing_bits));
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
    head_.CommitSamples(buffer_, bounds_);
    Close();
  }
  // `done` may destroy this.
  done(error);
}

void HeadAppender::Rollback() {
  if (state_ == State::kClosed) return;
  buffer_.samples.clear();
  // The series stay in the head, so the log must know them (HEAD-23); upstream's callers drop this error too.
  const Status logged = head_.Log(buffer_);
  static_cast<void>(logged);
  Close();
}

}  // namespace stalemark
