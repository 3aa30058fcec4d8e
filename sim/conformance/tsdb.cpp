// SPDX-License-Identifier: Apache-2.0
// tests/conformance/tsdb/FORMAT.md: chunk bytes, WAL records, verdicts and content of the head.
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/model/value.h"
#include "core/storage/head.h"
#include "core/storage/head_appender.h"
#include "core/storage/wal.h"
#include "core/storage/xor_chunk.h"
#include "sim/conformance/case.h"

namespace stalemark::conformance {
namespace {

constexpr std::size_t kSamplesShownMax = 40;

std::string Hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

CaseOutcome Unavailable(std::string reason) {
  CaseOutcome outcome;
  outcome.difference = std::move(reason);
  return outcome;
}

std::uint64_t BitsAt(const Json& object, const char* key) {
  return ParseHex16(object.at(key).get_ref<const std::string&>());
}

Labels LabelsFrom(const Json& object) {
  std::vector<Label> labels;
  for (const auto& [name, value] : object.items()) labels.push_back({name, value.get_ref<const std::string&>()});
  return Labels::FromUnsorted(std::move(labels));
}

Json JsonOf(const Labels& labels) {
  Json object = Json::object();
  for (const Label label : labels) object[std::string(label.name)] = std::string(label.value);
  return object;
}

/// Compares part by part, so that the difference names the part.
CaseOutcome CompareParts(const Json& expected, const Json& actual, const std::vector<const char*>& parts) {
  CaseOutcome outcome;
  outcome.passed = true;
  for (const char* part : parts) {
    const std::string want = expected.contains(part) ? expected.at(part).dump() : "absent";
    const std::string got = actual.contains(part) ? actual.at(part).dump() : "absent";
    outcome.produced += got + '\n';
    if (want == got || !outcome.passed) continue;
    outcome.passed = false;
    outcome.difference = fmt::format("{}: expected {}, got {}", part, want, got);
  }
  return outcome;
}

/// What the case asks for and the head does not have; empty: nothing.
std::string MissingFeature(const Json& test) {
  if (const auto options = test.find("options"); options != test.end()) {
    for (const char* flag :
         {"metadata_wal_records", "st_storage", "st_zero_samples", "xor2", "histogram_st_encoding"}) {
      if (options->value(flag, false)) return fmt::format("option not available: {}", flag);
    }
    if (options->value("max_exemplars", 0) > 0) return "option not available: max_exemplars";
  }
  for (const Json& op : test.at("ops")) {
    if (op.contains("h") || op.contains("fh")) return "sample type not available: histogram";
  }
  return {};
}

/// Runs the operations of a head case, one result and reference each.
class HeadRun {
 public:
  explicit HeadRun(const Json& test)
      : head_(HeadOptions{.out_of_order_window_ms = Window(test)}, HeadSinks{.wal = &wal_}) {
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
    head_.ForEachSeries([&](const SeriesView& series) { out["series"].push_back(Series(series)); });
    for (const std::string& record : wal_.records()) out["wal"].push_back(Hex(record));
    out["metrics"] = Metrics();
    return out;
  }

 private:
  using ResultAndRef = std::pair<std::string, SeriesRef>;
  static constexpr std::int64_t kFillMax = 1'000'000;

  static std::int64_t Window(const Json& test) {
    const std::int64_t window =
        test.contains("options") ? test.at("options").value("out_of_order_window_ms", std::int64_t{0}) : 0;
    if (window < 0) throw std::invalid_argument("out_of_order_window_ms is negative");
    return window;
  }

  ResultAndRef Run(const Json& op) {
    const std::string kind = op.at("op");
    std::unique_ptr<Appender>& appender = appenders_[op.at("tx")];
    if (kind == "begin") {
      appender = head_.NewAppender({});
      return {};
    }
    if (!appender) throw std::invalid_argument("a transaction is used before it begins");
    if (kind == "append") return Append(*appender, op, op.at("t"), BitsAt(op, "v"));
    if (kind == "fill") return Fill(*appender, op);
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

  ResultAndRef Append(Appender& appender, const Json& op, std::int64_t t_ms, std::uint64_t bits) {
    const auto index = op.value("series", std::size_t{0});
    AppendRequest request{.labels = &series_.at(index), .t_ms = t_ms, .st_ms = op.value("st", std::int64_t{0})};
    request.value_bits = bits;
    request.reject_out_of_order = op.value("reject_out_of_order", false);
    if (const std::string ref = op.value("ref", ""); ref == "last") {
      request.ref = last_refs_[index];
    } else if (!ref.empty()) {
      request.ref = SeriesRef{std::stoull(ref)};
    }
    const AppendResult result = appender.Append(request);
    if (result.code != AppendCode::kOk) return {appender.ErrorText(), result.ref};
    last_refs_[index] = result.ref;
    return {"", result.ref};
  }

  ResultAndRef Fill(Appender& appender, const Json& op) {
    ResultAndRef last;
    const std::int64_t first_t = op.at("t");
    const std::int64_t count = op.at("n");
    if (count > kFillMax) throw std::invalid_argument("a fill of more samples than any case has");
    for (std::int64_t i = 0; i < count; ++i) {
      const double value = op.value("v0", 0.0) + static_cast<double>(i) * op.value("dv", 0.0);
      last = Append(appender, op, first_t + i * op.value("step", std::int64_t{0}), BitsOf(value));
    }
    return last;
  }

  Json Series(const SeriesView& series) const {
    Json out = {{"ref", static_cast<std::uint64_t>(series.ref)}, {"labels", JsonOf(series.labels)}};
    if (series.samples.size() <= kSamplesShownMax && !series.samples.empty()) {
      for (const Sample& sample : series.samples) {
        out["samples"].push_back({{"t", sample.t_ms}, {"v", Hex16(sample.bits)}});
      }
    }
    out["chunks"] = Json::array();
    head_.VisitChunks(series.ref, [&out](const ChunkView& chunk) {
      out["chunks"].push_back({{"encoding", "XOR"},
                               {"min_t", chunk.min_t_ms},
                               {"max_t", chunk.max_t_ms},
                               {"n", chunk.count},
                               {"hex", Hex(chunk.bytes)}});
    });
    return out;
  }

  Json Metrics() const {
    const HeadStats& stats = head_.stats();
    const std::vector<std::pair<const char*, std::uint64_t>> all = {
        {"head_chunks", stats.chunks_created},
        {"head_chunks_created_total", stats.chunks_created},
        {"head_out_of_order_samples_appended_total{type=float}", stats.out_of_order_samples_appended},
        {"head_samples_appended_total{type=float}", stats.samples_appended},
        {"head_series", stats.series_created},
        {"head_series_created_total", stats.series_created},
        {"head_stale_series", stats.stale_series},
        {"out_of_bound_samples_total{type=float}", stats.out_of_bound_samples},
        {"out_of_order_samples_total{type=float}", stats.out_of_order_samples},
        {"too_old_samples_total{type=float}", stats.too_old_samples},
    };
    Json out = Json::object();
    for (const auto& [name, value] : all) {
      if (value != 0) out[std::string("prometheus_tsdb_") + name] = value;
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

CaseOutcome RunChunkCase(const Json& test, const CaseContext&) {
  const std::string encoding = test.at("encoding");
  if (encoding != "XOR") return Unavailable("encoding not available: " + encoding);
  XorChunk chunk;
  for (const Json& sample : test.at("samples")) chunk.Append(sample.value("t", std::int64_t{0}), BitsAt(sample, "v"));
  const std::string bytes = chunk.Bytes();
  const Json chunks = {{{"n", chunk.count()}, {"hex", Hex(bytes)}}};
  CaseOutcome outcome = CompareParts(test.at("expected"), Json{{"chunks", chunks}}, {"chunks"});
  XorReader reader(bytes);
  for (const Json& sample : test.at("samples")) {
    const bool same =
        reader.Next() && reader.t_ms() == sample.value("t", std::int64_t{0}) && reader.bits() == BitsAt(sample, "v");
    if (same || !outcome.passed) continue;
    outcome.passed = false;
    outcome.difference = "read back: differs at sample " + sample.dump();
  }
  return outcome;
}

CaseOutcome RunRecordCase(const Json& test, const CaseContext&) {
  const std::string kind = test.at("kind");
  RecordBuffer record;
  std::vector<Labels> labels;
  const Json entries = test.at("entries").is_null() ? Json::array() : test.at("entries");
  if (kind == "series") {
    for (const Json& entry : entries) labels.push_back(LabelsFrom(entry.at("labels")));
    std::vector<SeriesRecord> series;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      series.push_back({SeriesRef{entries[i].value("ref", std::uint64_t{0})}, &labels[i]});
    }
    EncodeSeriesRecord(series, record);
  } else if (kind == "samples") {
    std::vector<SampleRecord> samples;
    for (const Json& entry : entries) {
      samples.push_back(
          {SeriesRef{entry.value("ref", std::uint64_t{0})}, entry.value("t", std::int64_t{0}), BitsAt(entry, "v")});
    }
    EncodeSamplesRecord(samples, record);
  } else {
    return Unavailable("record not available: " + kind);
  }
  return CompareParts(test.at("expected"), Json{{"records", {Hex(record.view())}}}, {"records"});
}

CaseOutcome RunHeadCase(const Json& test, const CaseContext&) {
  if (std::string missing = MissingFeature(test); !missing.empty()) return Unavailable(std::move(missing));
  const HeadRun run(test);
  return CompareParts(test.at("expected"), run.Produced(),
                      {"results", "refs", "head_min_t", "head_max_t", "series", "wal", "metrics"});
}

}  // namespace stalemark::conformance
