// SPDX-License-Identifier: Apache-2.0
// A remote-write receiver of a test: answers with what it was told to, then with 200, at the time of the request.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/compression/compression.h"
#include "core/remote/queue_manager.h"
#include "sim/bundle_files.h"
#include "sim/virtual_clock.h"

namespace stalemark {

struct ScriptedAnswer {
  int status = 200;
  std::vector<HttpHeader> headers{};
  std::string body{};
  /// In place of an answer.
  std::optional<TransportError> error{};
  /// Until then nothing is said.
  Nanoseconds delay{0};
};

class ScriptedReceiver final : public Transport {
 public:
  struct Request {
    HopRequest hop;
    /// Unpacked.
    std::string message;
    MonotonicTime at;
  };

  explicit ScriptedReceiver(VirtualClock& clock) : clock_(clock) {}

  std::unique_ptr<Exchange> Start(const HopRequest& request, TransportObserver& observer) override {
    requests.push_back(
        {request, request.body.empty() ? "" : SnappyDecode(request.body).value(), clock_.MonotonicNow()});
    ScriptedAnswer answer = always;
    if (!answers.empty()) {
      answer = answers.front();
      answers.pop_front();
    }
    auto exchange = std::make_unique<Answering>();
    exchange->timer = clock_.ArmAt(clock_.MonotonicNow() + answer.delay, [&observer, answer] {
      if (answer.error.has_value()) return observer.OnEnd(answer.error);
      observer.OnHead({answer.status, std::to_string(answer.status) + " Text", answer.headers, std::nullopt});
      observer.OnBody(answer.body);
      observer.OnEnd(std::nullopt);
    });
    return exchange;
  }

  std::deque<ScriptedAnswer> answers;
  /// When there are no answers left.
  ScriptedAnswer always;
  std::vector<Request> requests;

 private:
  struct Answering final : Exchange {
    Timer timer;
  };
  VirtualClock& clock_;
};

/// A queue with its receiver; `config` is what it runs with. Series 1 to 9 are `m{i="N"}`.
class QueueFixture {
 public:
  static constexpr std::int64_t kTime = 1'767'225'600'000;

  QueueFixture() {
    config.url = "http://receiver:9090/api/v1/write";
    config.queue.batch_send_deadline = std::chrono::hours{1};
    options.log = [this](const QueueLogLine& line) { lines.push_back(line); };
  }

  void Open() {
    queue = std::make_unique<QueueManager>(WriteEngine{receiver, clock, clock, files}, config, options);
    std::vector<Labels> labels;
    for (int i = 1; i < 10; ++i) labels.push_back(Labels::FromSorted({{"__name__", "m"}, {"i", std::to_string(i)}}));
    std::vector<SeriesRecord> series;
    for (std::uint64_t i = 1; i < 10; ++i) series.push_back({SeriesRef{i}, &labels[static_cast<std::size_t>(i) - 1]});
    EncodeSeriesRecord(series, buffer);
    Put();
  }

  /// One record of samples, one for each reference, a millisecond apart.
  void LogSamples(const std::vector<std::uint64_t>& refs, std::int64_t t_ms = kTime) {
    std::vector<SampleRecord> samples;
    for (const std::uint64_t ref : refs) samples.push_back({SeriesRef{ref}, t_ms++, 0});
    EncodeSamplesRecord(samples.data(), samples.data() + samples.size(), buffer);
    Put();
  }

  void Put() {
    static_cast<void>(queue->Log(buffer.view()));
    Settle();
  }
  /// Lets happen what is due now.
  void Settle() { clock.RunUntil(clock.MonotonicNow()); }
  void Pass(Nanoseconds time) { clock.RunUntil(clock.MonotonicNow() + time); }

  /// Stops the queue; how long that took.
  Nanoseconds Stop() {
    bool stopped = false;
    const MonotonicTime began = clock.MonotonicNow();
    queue->Stop([&stopped] { stopped = true; });
    while (!stopped && clock.RunNext(MonotonicTime::max())) {
    }
    return clock.MonotonicNow() - began;
  }

  std::size_t CountLines(QueueLogLevel level) const {
    std::size_t count = 0;
    for (const QueueLogLine& line : lines) count += line.level == level ? 1 : 0;
    return count;
  }

  RemoteWriteConfig config;
  QueueOptions options;
  VirtualClock clock{WallTime(std::chrono::milliseconds{kTime})};
  BundleFiles files;
  ScriptedReceiver receiver{clock};
  std::vector<QueueLogLine> lines;
  RecordBuffer buffer;
  std::unique_ptr<QueueManager> queue;
};

}  // namespace stalemark
