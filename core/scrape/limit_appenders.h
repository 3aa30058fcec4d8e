// SPDX-License-Identifier: Apache-2.0
// Appenders that refuse, or coarsen, before storage is asked: the limits of time, samples and buckets, and the highest
// schema (APP-01 to APP-05). They wrap the transaction's appender for one body; commit and rollback stay with the
// wrapped one. Mirrors the *AppenderV2 of scrape/target.go. LimitedAppender is the whole chain.
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "core/model/histogram.h"
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
  AppendResult Refuse(AppendCode code, std::string text) {
    refusal_ = std::move(text);
    return {kNoSeries, code};
  }

 private:
  Appender& inner_;
  std::string refusal_;
};

/// A copy of a request's histogram that may be changed, and a request with it.
class HistogramCopy {
 public:
  /// Points the request at a copy of its histogram. Requires: there is one.
  void Take(AppendRequest* request);
  Status Reduce(std::int32_t schema);
  std::size_t bucket_count() const { return is_float_ ? floats_.bucket_count() : integers_.bucket_count(); }
  std::int32_t schema() const { return is_float_ ? floats_.schema : integers_.schema; }

 private:
  bool is_float_ = false;
  Histogram integers_;
  FloatHistogram floats_;
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

/// Halves the resolution of a native histogram until it has at most `limit` buckets; refuses it when no schema is left,
/// or its buckets are custom (APP-04).
class BucketLimitAppender final : public LimitAppender {
 public:
  BucketLimitAppender(Appender& inner, std::uint64_t limit) : LimitAppender(inner), limit_(limit) {}
  AppendResult Append(const AppendRequest& request) override;

 private:
  std::uint64_t limit_;
  HistogramCopy copy_;
};

/// Reduces exponential native histograms to a schema (APP-05).
class MaxSchemaAppender final : public LimitAppender {
 public:
  MaxSchemaAppender(Appender& inner, std::int32_t schema) : LimitAppender(inner), schema_(schema) {}
  AppendResult Append(const AppendRequest& request) override;

 private:
  std::int32_t schema_;
  HistogramCopy copy_;
};

/// Limits of one body; 0: none.
struct AppendLimits {
  std::int64_t t_max_ms = 0;
  std::uint64_t samples = 0;
  std::uint64_t buckets = 0;
  std::int32_t max_schema = kExponentialSchemaMax;
};

/// The limits in upstream's order: schema, buckets, samples, time.
class LimitedAppender {
 public:
  LimitedAppender(Appender& inner, const AppendLimits& limits);
  LimitedAppender(const LimitedAppender&) = delete;
  LimitedAppender& operator=(const LimitedAppender&) = delete;
  Appender& outermost() { return *outermost_; }

 private:
  TimeLimitAppender time_;
  std::optional<SampleLimitAppender> samples_;
  std::optional<BucketLimitAppender> buckets_;
  std::optional<MaxSchemaAppender> schema_;
  Appender* outermost_;
};

/// The highest schema whose buckets grow by at least `bucket_factor`; 1 and less: all schemas (APP-05).
std::int32_t MaxSchemaFor(double bucket_factor);

}  // namespace stalemark
