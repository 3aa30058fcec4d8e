// SPDX-License-Identifier: Apache-2.0
// What tests of discovery stand on: a loop in real time, a folder of files, a transport that answers what it is told.
#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "cli/disk/disk_files.h"
#include "live/discovery/discovery_manager.h"

namespace stalemark::testing {

/// Answers every request with the same page, through the loop.
class PageTransport final : public Transport {
 public:
  explicit PageTransport(EventLoop& loop) : loop_(loop) {}

  std::unique_ptr<Exchange> Start(const HopRequest& request, TransportObserver& observer) override {
    requests.push_back(request);
    auto exchange = std::make_unique<PageExchange>();
    if (hangs || request.address == silent) return exchange;
    exchange->timer = loop_.ArmAt(loop_.MonotonicNow(), [this, &observer] {
      ResponseHead head;
      head.status = status;
      head.status_text = std::to_string(status) + " Status";
      head.headers = {{"Content-Type", content_type}};
      observer.OnHead(head);
      observer.OnBody(body);
      observer.OnEnd(std::nullopt);
    });
    return exchange;
  }

  int status = 200;
  std::string content_type = "application/json";
  std::string body = "[]";
  /// Requests get no answer.
  bool hangs = false;
  /// Those to this address get none.
  std::string silent;
  std::vector<HopRequest> requests;

 private:
  struct PageExchange final : Exchange {
    Timer timer;
  };

  EventLoop& loop_;
};

/// A manager of discovery in a folder of its own.
struct Discovering {
  Discovering() {
    std::string name = (std::filesystem::temp_directory_path() / "stalemark-discovery-XXXXXX").string();
    BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
    folder = name;
  }
  ~Discovering() { std::filesystem::remove_all(folder); }

  void Write(const std::string& name, const std::string& content) const {
    // As careful users do: the file is there in whole, or not.
    std::ofstream(folder / (name + ".new")) << content;
    std::filesystem::rename(folder / (name + ".new"), folder / name);
  }
  void Apply(const std::string& jobs) {
    LoadOptions options;
    options.file_name = (folder / "prometheus.yml").string();
    options.other_discovery = LoadOptions::OtherDiscovery::kKeepOpaque;
    const Result<Config> config = LoadConfig("scrape_configs:\n" + jobs, options);
    BOOST_REQUIRE_MESSAGE(config.ok(), (config.ok() ? "" : config.error().message));
    manager.ApplyConfig(config->scrape_configs);
  }
  /// `job: address address; job: ...` of the last target set.
  std::string Sent() const {
    std::string out;
    for (const auto& [job, groups] : sent) {
      out += (out.empty() ? "" : "; ") + job + ':';
      for (const TargetGroup& group : groups) {
        for (const LabelMap& target : group.targets) out += ' ' + target.at("__address__");
      }
    }
    return out;
  }
  /// Runs the loop until that was sent, 10 s at most.
  void Expect(const std::string& wanted) {
    const MonotonicTime limit = loop.MonotonicNow() + std::chrono::seconds(10);
    while (Sent() != wanted && loop.MonotonicNow() < limit) loop.RunOnce(limit - loop.MonotonicNow());
    BOOST_TEST(Sent() == wanted);
  }

  std::filesystem::path folder;
  EventLoop loop;
  cli::DiskFiles files;
  std::string logged;
  Log log{loop, {}, [this](std::string_view line) { logged += line; }};
  PageTransport transport{loop};
  TargetSets sent;
  std::size_t sends = 0;
  TargetDocuments documents;
  DiscoveryManager manager{{loop, transport, files, log}, documents, [this](TargetSets targets) {
                             sent = std::move(targets);
                             ++sends;
                           }};
};

}  // namespace stalemark::testing
