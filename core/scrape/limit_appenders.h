// SPDX-License-Identifier: Apache-2.0
// Appenders that refuse before storage is asked: the time limit and the sample limit (APP-01 to APP-03). They wrap the
// transaction's appender for one body; commit and rollback stay with the wrapped one. Mirrors timeLimitAppenderV2 and
// limitAppenderV2 of scrape/target.go.
#pragma once

#include <cassert>
#include <cstdint>
#include <utility>

#include "core/model/value.h"
#include "core/seams/appendable.h"

namespace stalemark {

/// Passes on to `inner` what it does not refuse. The inner appender must outlive it.
class LimitAppender : public Appender {
 public:
  explicit LimitAppender(Appender& inner) : inner_(inner) {}
  std::string ErrorText() const override { return refusal_.empty() ? inner_.ErrorText() : refusal_; }
  void Commit(CommitDone) override { assert(false && "the wrapped appender is committed"); }
  void Rollback() override { assert(false && "the wrapped appender is rolled back"); }

 protected:
  AppendResult Pass(const AppendRequest& request) {
    if (!refusal_.empty()) refusal_.clear();
    return inner_.Append(request);
  }
  AppendResult Refuse(AppendCode code, const char* text) {
    refusal_ = text;
    return {kNoSeries, code};
  }

 private:
  Appender& inner_;
  std::string refusal_;
};

/// Refuses samples later than `t_max_ms`; that time itself is fine (APP-02).
class TimeLimitAppender final : public LimitAppender {
 public:
  TimeLimitAppender(Appender& inner, std::int64_t t_max_ms) : LimitAppender(inner), t_max_ms_(t_max_ms) {}
  AppendResult Append(const AppendRequest& request) override {
    if (request.t_ms > t_max_ms_) return Refuse(AppendCode::kOutOfBounds, "out of bounds");
    return Pass(request);
  }

 private:
  std::int64_t t_max_ms_;
};

/// Refuses every sample after the first `limit`; stale markers of known series do not count (APP-03).
class SampleLimitAppender final : public LimitAppender {
 public:
  SampleLimitAppender(Appender& inner, std::uint64_t limit) : LimitAppender(inner), limit_(limit) {}
  AppendResult Append(const AppendRequest& request) override {
    const bool counts = request.ref == kNoSeries || !IsStaleNaN(request.value_bits);
    if (counts && ++count_ > limit_) return Refuse(AppendCode::kSampleLimit, "sample limit exceeded");
    return Pass(request);
  }

 private:
  std::uint64_t limit_;
  std::uint64_t count_ = 0;
};

}  // namespace stalemark
