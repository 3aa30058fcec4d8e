// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/limit_appenders.h"

#include <limits>

namespace stalemark {
namespace {

bool HasHistogram(const AppendRequest& request) {
  return request.histogram != nullptr || request.float_histogram != nullptr;
}

std::size_t BucketCount(const AppendRequest& request) {
  if (request.histogram != nullptr) return request.histogram->bucket_count();
  return request.float_histogram->bucket_count();
}

std::int32_t SchemaOf(const AppendRequest& request) {
  return request.histogram != nullptr ? request.histogram->schema : request.float_histogram->schema;
}

}  // namespace

void HistogramCopy::Take(AppendRequest* request) {
  is_float_ = request->histogram == nullptr;
  if (is_float_) {
    floats_ = *request->float_histogram;
    request->float_histogram = &floats_;
  } else {
    integers_ = *request->histogram;
    request->histogram = &integers_;
  }
}

Status HistogramCopy::Reduce(std::int32_t schema) {
  return is_float_ ? ReduceResolution(floats_, schema) : ReduceResolution(integers_, schema);
}

AppendResult BucketLimitAppender::Append(const AppendRequest& request) {
  if (!HasHistogram(request) || BucketCount(request) <= limit_) return Pass(request);
  constexpr const char* kRefusal = "histogram bucket limit exceeded";
  if (!IsExponentialSchema(SchemaOf(request))) return Refuse(AppendCode::kBucketLimit, kRefusal);
  AppendRequest reduced = request;
  copy_.Take(&reduced);
  while (copy_.bucket_count() > limit_) {
    if (copy_.schema() <= kExponentialSchemaMin) return Refuse(AppendCode::kBucketLimit, kRefusal);
    if (Status status = copy_.Reduce(copy_.schema() - 1); !status.ok()) {
      return Refuse(AppendCode::kOther, status.error().message);
    }
  }
  return Pass(reduced);
}

AppendResult MaxSchemaAppender::Append(const AppendRequest& request) {
  if (!HasHistogram(request)) return Pass(request);
  const std::int32_t schema = SchemaOf(request);
  if (!IsExponentialSchemaReserved(schema) || schema <= schema_) return Pass(request);
  AppendRequest reduced = request;
  copy_.Take(&reduced);
  if (Status status = copy_.Reduce(schema_); !status.ok()) return Refuse(AppendCode::kOther, status.error().message);
  return Pass(reduced);
}

LimitedAppender::LimitedAppender(Appender& inner, const AppendLimits& limits) : time_(inner, limits.t_max_ms) {
  outermost_ = &time_;
  if (limits.samples > 0) outermost_ = &samples_.emplace(*outermost_, limits.samples);
  if (limits.buckets > 0) outermost_ = &buckets_.emplace(*outermost_, limits.buckets);
  if (limits.max_schema < kExponentialSchemaMax) outermost_ = &schema_.emplace(*outermost_, limits.max_schema);
}

std::int32_t MaxSchemaFor(double bucket_factor) {
  // floor(-log2(log2(factor))) in the range of the schemas. The largest factor of each schema from -3 to 8, as
  // upstream's logarithms round: the library's may differ from machine to machine.
  static constexpr double kLargestFactor[] = {0x1.0000000000002p+8,
                                              0x1.0000000000001p+4,
                                              4.0,
                                              2.0,
                                              0x1.6a09e667f3bccp+0,
                                              0x1.306fe0a31b715p+0,
                                              0x1.172b83c7d517ap+0,
                                              0x1.0b5586cf9890fp+0,
                                              0x1.059b0d3158574p+0,
                                              0x1.02c9a3e77806p+0,
                                              0x1.0163da9fb3335p+0,
                                              0x1.00b1afa5abcbep+0};
  if (bucket_factor != bucket_factor) return std::numeric_limits<std::int32_t>::min();  // what Go makes of NaN
  std::int32_t schema = kExponentialSchemaMin;
  for (const double largest : kLargestFactor) {
    if (bucket_factor > largest) break;
    ++schema;
  }
  return schema;
}

}  // namespace stalemark
