// SPDX-License-Identifier: Apache-2.0
// tests/conformance/remote/FORMAT.md: the requests of a remote-write queue, on a virtual clock and a scripted receiver.
#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/compression/compression.h"
#include "core/config/config.h"
#include "core/exposition/protobuf_wire.h"
#include "core/http/reason_phrase.h"
#include "core/remote/queue_manager.h"
#include "sim/bundle_files.h"
#include "sim/conformance/case.h"
#include "sim/conformance/tsdb_json.h"
#include "sim/conformance/wal_entries.h"
#include "sim/virtual_clock.h"

namespace stalemark::conformance {

using namespace tsdb;

namespace {

/// When the cases' samples were scraped.
constexpr WallTime kStart{std::chrono::milliseconds{1'767'225'600'000}};

/// Counts of a 2.0 request, by field of its series.
struct SeriesFields {
  std::size_t samples = 0;
  std::size_t histograms = 0;
  std::size_t exemplars = 0;
};

SeriesFields CountFields(std::string_view message) {
  constexpr std::int32_t kTimeSeries = 5;
  SeriesFields counts;
  WireFailure failure;
  WireReader request(message, "Request", &failure);
  while (request.NextField()) {
    std::string_view series_bytes;
    if (request.field() != kTimeSeries) {
      request.Skip();
      continue;
    }
    if (!request.ReadBytes("Timeseries", &series_bytes)) break;
    WireReader series(series_bytes, "TimeSeries", &failure);
    while (series.NextField()) {
      if (series.field() == 2) ++counts.samples;
      if (series.field() == 3) ++counts.histograms;
      if (series.field() == 4) ++counts.exemplars;
      series.Skip();
    }
  }
  return counts;
}

/// Answers with the case's responses, then with success; at the time of the request.
class Receiver final : public Transport {
 public:
  Receiver(VirtualClock& clock, WriteVersion version, const Json& responses)
      : clock_(clock), version_(version), responses_(responses) {}

  std::unique_ptr<Exchange> Start(const HopRequest& request, TransportObserver& observer) override {
    const Result<std::string> body = SnappyDecode(request.body);
    const std::string message = body ? *body : "not snappy";
    Json headers = Json::object();
    for (const HttpHeader& header : request.headers) headers[header.name] = header.value;
    const std::size_t number = requests_.size();
    requests_.push_back({{"headers", headers}, {"body_hex", Hex(message)}});
    auto exchange = std::make_unique<Answer>();
    exchange->timer = clock_.ArmAt(clock_.MonotonicNow(), [this, &observer, number, message] {
      Tell(observer, number < responses_.size() ? responses_[number] : Success(message));
    });
    return exchange;
  }

  const Json& requests() const { return requests_; }

 private:
  struct Answer final : Exchange {
    Timer timer;
  };

  Json Success(std::string_view message) const {
    Json response = {{"status", 200}};
    if (version_ == WriteVersion::kV1) return response;
    const SeriesFields counts = CountFields(message);
    const auto header = [&response](const char* what, std::size_t count) {
      response["headers"][fmt::format("X-Prometheus-Remote-Write-{}-Written", what)] = std::to_string(count);
    };
    header("Samples", counts.samples);
    header("Histograms", counts.histograms);
    header("Exemplars", counts.exemplars);
    return response;
  }

  void Tell(TransportObserver& observer, const Json& response) {
    ResponseHead head;
    head.status = response.value("status", 200);
    head.status_text = fmt::format("{} {}", head.status, ReasonPhrase(head.status));
    const Json headers = response.value("headers", Json::object());
    for (const auto& [name, value] : headers.items()) {
      head.headers.push_back({name, value.get<std::string>()});
    }
    observer.OnHead(head);
    if (const std::string body = response.value("body", ""); !body.empty()) observer.OnBody(body);
    observer.OnEnd(std::nullopt);
  }

  VirtualClock& clock_;
  const WriteVersion version_;
  const Json responses_;
  Json requests_ = Json::array();
};

std::string Indented(std::string_view lines, std::string_view indent) {
  std::string out;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    out += fmt::format("{}{}\n", indent, lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return out;
}

Config LoadCase(const Json& test) {
  std::string yaml;
  if (test.contains("global")) yaml += "global:\n" + Indented(test.at("global").get<std::string>(), "  ");
  yaml += "remote_write:\n- url: http://receiver/api/v1/write\n" +
          Indented(test.at("remote_write").get<std::string>(), "  ");
  Result<Config> config = LoadConfig(yaml, {});
  if (!config) throw std::invalid_argument(config.error().message);
  return std::move(*config);
}

std::vector<Metadata> MetadataFrom(const Json& entries) {
  std::vector<Metadata> metadata;
  for (const Json& entry : entries) {
    metadata.push_back({entry.value("family", ""), MetricTypeFrom(entry.value("type", "")), entry.value("unit", ""),
                        entry.value("help", "")});
  }
  return metadata;
}

/// A queue that is fed with a case's records.
class RemoteRun {
 public:
  explicit RemoteRun(const Json& test)
      : config_(LoadCase(test)),
        receiver_(clock_, VersionOf(config_.remote_write.at(0)), test.value("responses", Json::array())),
        manager_({receiver_, clock_, clock_, files_}, config_.remote_write.at(0), OptionsFrom(test)) {
    for (const Json& record : test.at("records")) Feed(record);
    bool stopped = false;
    manager_.Stop([&stopped] { stopped = true; });
    while (!stopped && clock_.RunNext(MonotonicTime::max())) {
    }
  }

  Json Produced(bool unordered) const {
    std::vector<Json> requests = receiver_.requests();
    if (unordered) {
      std::stable_sort(requests.begin(), requests.end(), [](const Json& a, const Json& b) {
        return a.at("body_hex").get_ref<const std::string&>() < b.at("body_hex").get_ref<const std::string&>();
      });
    }
    Json produced = {{"requests", requests}, {"metrics", Metrics()}};
    if (!logs_.empty()) produced["logs"] = logs_;
    return produced;
  }

 private:
  void Feed(const Json& record) {
    const std::string kind = record.at("kind");
    if (kind == "target_metadata") {
      manager_.AppendWatcherMetadata(MetadataFrom(record.at("entries")));
      // Upstream's call returns when all of it is sent, retries included.
      while (!manager_.metadata_idle() && clock_.RunNext(MonotonicTime::max())) {
      }
    } else {
      // Start times come with the records of that storage.
      const bool start_times = kind == "samples" || kind == "histograms" || kind == "float_histograms";
      const auto encoded = EncodeEntries(start_times ? kind + "_st" : kind, record.at("entries"));
      if (!encoded.has_value()) throw std::invalid_argument("no such record: " + kind);
      for (const std::string& bytes : *encoded) static_cast<void>(manager_.Log(bytes));
    }
    clock_.RunUntil(clock_.MonotonicNow());
  }

  QueueOptions OptionsFrom(const Json& test) {
    QueueOptions options;
    options.type_and_unit_labels = test.value("type_and_unit_labels", false);
    for (const auto& [name, value] : config_.global.external_labels) options.external_labels.emplace_back(name, value);
    options.log = [this](const QueueLogLine& line) {
      if (line.level != QueueLogLevel::kError) return;
      std::string text = line.message;
      for (const auto& [name, value] : line.attributes) text += fmt::format(" {}={}", name, value);
      logs_.push_back(text);
    };
    return options;
  }

  /// Counters that are not 0, without those of bytes and of the wait for room.
  Json Metrics() const {
    Json out = Json::object();
    manager_.metrics().Visit([&out](const QueueMetrics::Value& value) {
      if (value.type != QueueMetrics::Type::kCounter || value.value == 0) return;
      if (value.name.find("bytes") != std::string_view::npos || value.name == "enqueue_retries_total") return;
      std::string name = fmt::format("prometheus_remote_storage_{}", value.name);
      if (!value.reason.empty()) name += fmt::format("{{reason={}}}", value.reason);
      out[name] = static_cast<std::uint64_t>(value.value);
    });
    return out;
  }

  const Config config_;
  VirtualClock clock_{kStart};
  BundleFiles files_;
  Receiver receiver_;
  Json logs_ = Json::array();
  QueueManager manager_;
};

}  // namespace

CaseOutcome RunRemoteCase(const Json& test, const CaseContext&) {
  const RemoteRun run(test);
  return CompareParts(test.at("expected"), run.Produced(test.value("unordered", false)),
                      {"requests", "metrics", "logs"});
}

}  // namespace stalemark::conformance
