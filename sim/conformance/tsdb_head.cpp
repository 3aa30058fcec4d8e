// SPDX-License-Identifier: Apache-2.0
// tests/conformance/tsdb/FORMAT.md: verdicts and content of the head.
//
// All parts that the head has are compared: results, refs, head_min_t, head_max_t, series with samples and chunks,
// exemplars, wal and metrics. `wbl` is never compared: out-of-order samples have no second log here.
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/model/value.h"
#include "core/storage/head.h"
#include "core/storage/head_appender.h"
#include "core/storage/wal.h"
#include "sim/conformance/case.h"
#include "sim/conformance/tsdb_json.h"

namespace stalemark::conformance {

using namespace tsdb;

namespace {

constexpr std::size_t kSamplesShownMax = 40;

const char* EncodingName(ChunkEncoding encoding) {
  switch (encoding) {
    case ChunkEncoding::kHistogram:
      return "histogram";
    case ChunkEncoding::kFloatHistogram:
      return "floathistogram";
    case ChunkEncoding::kXor2:
      return "XOR2";
    case ChunkEncoding::kHistogramST:
      return "histogramST";
    case ChunkEncoding::kFloatHistogramST:
      return "floathistogramST";
    case ChunkEncoding::kXor:
      break;
  }
  return "XOR";
}

/// One request with everything that it points to.
struct OwnedRequest {
  AppendRequest request;
  Histogram histogram;
  FloatHistogram float_histogram;
  std::vector<Exemplar> exemplars;
  Metadata metadata;

  explicit OwnedRequest(const Json& op) {
    request.t_ms = op.at("t");
    request.st_ms = op.value("st", std::int64_t{0});
    request.reject_out_of_order = op.value("reject_out_of_order", false);
    if (op.contains("fh")) {
      float_histogram = FloatHistogramFrom(op.at("fh"));
      request.float_histogram = &float_histogram;
    } else if (op.contains("h")) {
      histogram = HistogramFrom(op.at("h"));
      request.histogram = &histogram;
    } else if (op.contains("v")) {
      request.value_bits = BitsAt(op, "v");
    }
    if (op.contains("exemplars")) {
      for (const Json& exemplar : op.at("exemplars")) {
        exemplars.push_back({LabelsFrom(exemplar.value("labels", Json::object())), BitsAt(exemplar, "v"), true,
                             exemplar.value("t", std::int64_t{0})});
      }
      request.exemplars = exemplars;
    }
    if (op.contains("meta")) {
      const Json& meta = op.at("meta");
      metadata = {"", MetricTypeFrom(meta.value("type", "")), meta.value("unit", ""), meta.value("help", "")};
      request.metadata = &metadata;
    }
  }
  OwnedRequest(const OwnedRequest&) = delete;
  OwnedRequest& operator=(const OwnedRequest&) = delete;
};

HeadOptions OptionsFrom(const Json& test) {
  HeadOptions options;
  const Json flags = test.value("options", Json::object());
  options.out_of_order_window_ms = flags.value("out_of_order_window_ms", std::int64_t{0});
  if (options.out_of_order_window_ms < 0) throw std::invalid_argument("out_of_order_window_ms is negative");
  options.max_exemplars = flags.value("max_exemplars", std::size_t{0});
  options.st_zero_samples = flags.value("st_zero_samples", false);
  options.metadata = flags.value("metadata_wal_records", false);
  options.st_storage = flags.value("st_storage", false);
  options.xor2 = flags.value("xor2", false);
  options.histogram_st_encoding = flags.value("histogram_st_encoding", false);
  return options;
}

/// Runs the operations of a head case, one result and reference each.
class HeadRun {
 public:
  explicit HeadRun(const Json& test) : head_(OptionsFrom(test), HeadSinks{.wal = &wal_}) {
    for (const Json& labels : test.at("series")) series_.push_back(LabelsFrom(labels));
    last_refs_.resize(series_.size(), kNoSeries);
    for (const Json& op : test.at("ops")) {
      const auto [text, ref] = Run(op);
      results_.push_back(text);
      refs_.push_back(static_cast<std::uint64_t>(ref));
    }
  }

  Json Produced() const {
    Json out = {{"results", results_}, {"refs", refs_}, {"series", Json::array()}, {"wal", Json::array()}};
    if (head_.min_t_ms().has_value()) out["head_min_t"] = *head_.min_t_ms();
    if (head_.max_t_ms().has_value()) out["head_max_t"] = *head_.max_t_ms();
    head_.ForEachSeries([&](const SeriesView& series) {
      out["series"].push_back(Series(series));
      if (Json exemplars = Exemplars(series); !exemplars.empty()) {
        out["exemplars"].push_back({{"labels", JsonOf(series.labels)}, {"exemplars", std::move(exemplars)}});
      }
    });
    for (const std::string& record : wal_.records()) out["wal"].push_back(Hex(record));
    out["metrics"] = Metrics();
    return out;
  }

 private:
  using ResultAndRef = std::pair<std::string, SeriesRef>;
  static constexpr std::int64_t kFillMax = 1'000'000;

  ResultAndRef Run(const Json& op) {
    const std::string kind = op.at("op");
    std::unique_ptr<Appender>& appender = appenders_[op.at("tx")];
    if (kind == "begin") {
      appender = head_.NewAppender({});
      return {};
    }
    if (!appender) throw std::invalid_argument("a transaction is used before it begins");
    if (kind == "append" || kind == "fill") {
      OwnedRequest owned(op);
      return kind == "append" ? Append(*appender, op, owned.request) : Fill(*appender, op, owned.request);
    }
    const bool closed = static_cast<const HeadAppender&>(*appender).closed();
    std::string error;
    if (kind == "commit") {
      appender->Commit([&error](const std::optional<std::string>& text) { error = text.value_or(""); });
    } else {
      appender->Rollback();
      if (closed) error = "appender closed";
    }
    return {error, kNoSeries};
  }

  ResultAndRef Append(Appender& appender, const Json& op, AppendRequest& request) {
    const auto index = op.value("series", std::size_t{0});
    request.labels = &series_.at(index);
    if (const std::string ref = op.value("ref", ""); ref == "last") {
      request.ref = last_refs_[index];
    } else if (!ref.empty()) {
      request.ref = SeriesRef{std::stoull(ref)};
    }
    const AppendResult result = appender.Append(request);
    if (result.code != AppendCode::kOk) return {appender.ErrorText(), result.ref};
    last_refs_[index] = result.ref;
    return {result.exemplars_refused > 0 ? appender.ErrorText() : "", result.ref};
  }

  ResultAndRef Fill(Appender& appender, const Json& op, AppendRequest& request) {
    ResultAndRef last;
    const std::int64_t first_t = op.at("t");
    const std::int64_t count = op.at("n");
    if (count > kFillMax) throw std::invalid_argument("a fill of more samples than any case has");
    for (std::int64_t i = 0; i < count; ++i) {
      request.t_ms = first_t + i * op.value("step", std::int64_t{0});
      request.value_bits = BitsOf(op.value("v0", 0.0) + static_cast<double>(i) * op.value("dv", 0.0));
      last = Append(appender, op, request);
    }
    return last;
  }

  static Json SampleJson(const Sample& sample) {
    Json json = {{"t", sample.t_ms}};
    if (sample.st_ms != 0) json["st"] = sample.st_ms;
    if (sample.histogram == nullptr) {
      json["v"] = Hex16(sample.bits);
    } else {
      json[std::holds_alternative<Histogram>(*sample.histogram) ? "h" : "fh"] = JsonOf(*sample.histogram);
    }
    return json;
  }

  Json Series(const SeriesView& series) const {
    Json out = {{"ref", static_cast<std::uint64_t>(series.ref)}, {"labels", JsonOf(series.labels)}};
    if (series.samples.size() <= kSamplesShownMax && !series.samples.empty()) {
      for (const Sample& sample : series.samples) out["samples"].push_back(SampleJson(sample));
    }
    out["chunks"] = Json::array();
    head_.VisitChunks(series.ref, [&out](const ChunkView& chunk) {
      out["chunks"].push_back({{"encoding", EncodingName(chunk.encoding)},
                               {"min_t", chunk.min_t_ms},
                               {"max_t", chunk.max_t_ms},
                               {"n", chunk.count},
                               {"hex", Hex(chunk.bytes)}});
    });
    return out;
  }

  Json Exemplars(const SeriesView& series) const {
    Json out = Json::array();
    for (const Exemplar* exemplar : head_.Exemplars(series.ref)) {
      out.push_back({{"labels", JsonOf(exemplar->labels)}, {"t", exemplar->t_ms}, {"v", Hex16(exemplar->value_bits)}});
    }
    return out;
  }

  Json Metrics() const {
    const HeadStats& stats = head_.stats();
    Json out = Json::object();
    const auto add = [&out](const std::string& name, std::uint64_t value) {
      if (value != 0) out["prometheus_tsdb_" + name] = value;
    };
    add("exemplar_exemplars_appended_total", head_.exemplars().appended());
    add("exemplar_out_of_order_exemplars_total", head_.exemplars().out_of_order());
    add("head_chunks", stats.chunks_created);
    add("head_chunks_created_total", stats.chunks_created);
    add("head_series", stats.series_created);
    add("head_series_created_total", stats.series_created);
    add("head_stale_series", stats.stale_series);
    for (const auto& [type, samples] : {std::pair("{type=float}", stats.floats),  //
                                        std::pair("{type=histogram}", stats.histograms)}) {
      add(std::string("head_out_of_order_samples_appended_total") + type, samples.out_of_order_appended);
      add(std::string("head_samples_appended_total") + type, samples.appended);
      add(std::string("out_of_bound_samples_total") + type, samples.out_of_bound);
      add(std::string("out_of_order_samples_total") + type, samples.out_of_order);
      add(std::string("too_old_samples_total") + type, samples.too_old);
    }
    return out;
  }

  MemoryWal wal_;
  Head head_;
  std::vector<Labels> series_;
  std::vector<SeriesRef> last_refs_;
  std::map<std::string, std::unique_ptr<Appender>> appenders_;
  std::vector<std::string> results_;
  std::vector<std::uint64_t> refs_;
};

}  // namespace

CaseOutcome RunHeadCase(const Json& test, const CaseContext&) {
  const HeadRun run(test);
  return CompareParts(test.at("expected"), run.Produced(),
                      {"results", "refs", "head_min_t", "head_max_t", "series", "exemplars", "wal", "metrics"});
}

}  // namespace stalemark::conformance
