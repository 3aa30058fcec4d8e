// SPDX-License-Identifier: Apache-2.0
// Short ways to append to a storage and to read a head back.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/model/value.h"
#include "core/storage/head.h"

namespace stalemark::testing {

inline Labels Named(const std::string& name) {
  return Labels::FromSorted({{"__name__", name}});
}

/// A histogram with buckets 0, 1, ... of the positive side.
inline Histogram Buckets(const std::vector<std::int64_t>& counts) {
  Histogram histogram;
  std::int64_t last = 0;
  for (const std::int64_t count : counts) {
    histogram.positive_buckets.push_back(count - last);
    histogram.count += static_cast<std::uint64_t>(count);
    last = count;
  }
  histogram.positive_spans = {{0, static_cast<std::uint32_t>(counts.size())}};
  histogram.sum = static_cast<double>(histogram.count);
  return histogram;
}

inline Histogram HistogramMarker() {
  Histogram marker;
  marker.sum = DoubleOf(kStaleNaN);
  return marker;
}

/// A transaction whose appends answer in upstream's words, "" for success.
class Transaction {
 public:
  explicit Transaction(Appendable& storage, Labels labels = Named("m"))
      : labels_(std::move(labels)), appender_(storage.NewAppender({})) {}

  std::string Float(std::int64_t t_ms, double value) { return Bits(t_ms, BitsOf(value)); }
  std::string Stale(std::int64_t t_ms) { return Bits(t_ms, kStaleNaN); }
  std::string Bits(std::int64_t t_ms, std::uint64_t bits) { return Send({.t_ms = t_ms, .value_bits = bits}); }
  std::string Add(std::int64_t t_ms, const Histogram& histogram) {
    return Send({.t_ms = t_ms, .histogram = &histogram});
  }
  std::string Add(std::int64_t t_ms, const FloatHistogram& histogram) {
    return Send({.t_ms = t_ms, .float_histogram = &histogram});
  }
  std::string Send(AppendRequest request) {
    if (request.labels == nullptr) request.labels = &labels_;
    result = appender_->Append(request);
    const bool clean = result.code == AppendCode::kOk && result.exemplars_refused == 0;
    return clean ? "" : appender_->ErrorText();
  }
  std::string Commit() {
    std::string text;
    appender_->Commit([&text](const std::optional<std::string>& error) { text = error.value_or(""); });
    return text;
  }
  void Rollback() { appender_->Rollback(); }

  AppendResult result;

 private:
  Labels labels_;
  std::unique_ptr<Appender> appender_;
};

/// Samples as words: `1=2.5` a float, `1=stale`, `1=h3` an integer histogram of 3 observations, `1=f3` a float one,
/// `hstale`, `fstale`; a hint behind it: `?` unknown, `!` reset, `+` not reset, `~` gauge; a start time: `@1`.
inline std::string Show(const std::vector<Sample>& samples) {
  std::string out;
  for (const Sample& sample : samples) {
    out += (out.empty() ? "" : " ") + std::to_string(sample.t_ms) + "=";
    const std::string stale = IsStaleNaN(sample.bits) ? "stale" : "";
    const std::string start = sample.st_ms == 0 ? "" : "@" + std::to_string(sample.st_ms);
    if (sample.histogram == nullptr) {
      out += (stale.empty() ? std::to_string(static_cast<int>(DoubleOf(sample.bits))) : stale) + start;
      continue;
    }
    const auto show = [&](const auto& histogram) {
      out += std::holds_alternative<Histogram>(*sample.histogram) ? "h" : "f";
      out += stale.empty() ? std::to_string(static_cast<int>(histogram.count)) : stale;
      out += "?!+~"[static_cast<int>(histogram.counter_reset_hint)];
    };
    std::visit(show, *sample.histogram);
    out += start;
  }
  return out;
}

inline std::string Show(const Head& head, std::uint64_t ref = 1) {
  return Show(head.Samples(SeriesRef{ref}));
}

/// Encodings of a series' chunks with their counts: `X2 H1 F1`; small letters for those that keep start times.
inline std::string ShowChunks(const Head& head, std::uint64_t ref = 1) {
  std::string out;
  head.VisitChunks(SeriesRef{ref}, [&out](const ChunkView& chunk) {
    out += (out.empty() ? "" : " ") + std::string(1, "?XHFxhf"[static_cast<int>(chunk.encoding)]);
    out += std::to_string(chunk.count);
  });
  return out;
}

}  // namespace stalemark::testing
