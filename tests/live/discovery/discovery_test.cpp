// SPDX-License-Identifier: Apache-2.0
// Discovery in real time: SD-04 to SD-34.
#include "tests/live/discovery/discovery_fixture.h"

namespace stalemark::testing {
namespace {

constexpr const char* kFileJob = "- job_name: f\n  file_sd_configs: [{files: ['t/*.json']}]\n";
constexpr const char* kHttpJob =
    "- job_name: h\n  http_sd_configs:\n  - {url: 'http://sd:80/targets', refresh_interval: 150ms,\n"
    "     http_headers: {X-Team: {values: [a]}}, basic_auth: {username: u, password: p}}\n";

BOOST_AUTO_TEST_CASE(SD_02_05_static_targets_and_jobs_without_any) {
  Discovering discovering;
  discovering.Apply(
      "- job_name: s\n  static_configs: [{targets: ['a:1', 'b:1']}, {targets: ['c:1']}]\n- job_name: none\n");
  discovering.Expect("none:; s: a:1 b:1 c:1");
  discovering.Apply("- job_name: s\n  static_configs: [{targets: ['d:1']}]\n");
  discovering.Expect("s: d:1");
}

BOOST_AUTO_TEST_CASE(SD_01_21_23_24_files_that_change_fail_and_vanish) {
  Discovering discovering;
  std::filesystem::create_directory(discovering.folder / "t");
  discovering.Write("t/one.json", R"([{"targets": ["a:1"]}, {"targets": ["b:1"]}])");
  discovering.Apply(kFileJob);
  discovering.Expect("f: a:1 b:1");
  discovering.Write("t/two.json", R"([{"targets": ["c:1"], "labels": {"x": "y"}}])");
  discovering.Expect("f: a:1 b:1 c:1");
  discovering.Write("t/one.json", R"([{"targets": ["d:1"]}])");
  discovering.Expect("f: d:1 c:1");
  discovering.Write("t/one.json", "[");  // what it had stays
  discovering.Write("t/two.json", "[]");
  discovering.Expect("f: d:1");
  BOOST_TEST(discovering.manager.stats().file_read_errors >= 1u);
  BOOST_TEST(discovering.logged.find("level=ERROR msg=\"Error reading file\" path=") != std::string::npos);
  std::filesystem::remove(discovering.folder / "t/one.json");
  discovering.Expect("f:");
}

BOOST_AUTO_TEST_CASE(SD_04_10_equal_mechanisms_are_shared_and_kept) {
  Discovering discovering;
  std::filesystem::create_directory(discovering.folder / "t");
  discovering.Write("t/one.json", R"([{"targets": ["a:1"]}])");
  discovering.Apply(kFileJob);
  discovering.Expect("f: a:1");
  const std::uint64_t updates = discovering.manager.stats().received_updates;
  // The new job finds at once what the first one found; nobody reads again.
  discovering.Apply(std::string(kFileJob) + "- job_name: g\n  file_sd_configs: [{files: ['t/*.json']}]\n");
  discovering.Expect("f: a:1; g: a:1");
  BOOST_TEST(discovering.manager.stats().received_updates == updates);
  BOOST_TEST(discovering.manager.TargetCounts().at("g") == 1u);
}

BOOST_AUTO_TEST_CASE(SD_08_09_every_configuration_is_sent_and_updates_are_counted) {
  Discovering discovering;
  const std::string jobs = "- job_name: s\n  static_configs: [{targets: ['a:1']}]\n";
  discovering.Apply(jobs);
  discovering.Expect("s: a:1");
  discovering.sent.clear();
  discovering.Apply(jobs);
  discovering.Expect("s: a:1");
  BOOST_TEST(discovering.manager.stats().received_updates == 1u);
  BOOST_TEST(discovering.manager.stats().updates == discovering.sends);
}

BOOST_AUTO_TEST_CASE(SD_31_33_34_an_answer_and_what_follows_it) {
  Discovering discovering;
  discovering.transport.body = R"([{"targets": ["a:1", "b:1"]}, {"targets": ["c:1"]}])";
  discovering.Apply(kHttpJob);
  discovering.Expect("h: a:1 b:1 c:1");
  const HopRequest& request = discovering.transport.requests.front();
  std::string headers;
  for (const HttpHeader& header : request.headers) headers += header.name + ": " + header.value + '\n';
  BOOST_TEST(headers.find("Accept: application/json\n") != std::string::npos, headers);
  BOOST_TEST(headers.find("X-Prometheus-Refresh-Interval-Seconds: 0.15\n") != std::string::npos, headers);
  BOOST_TEST(headers.find("X-Team: a\n") != std::string::npos, headers);
  BOOST_TEST(headers.find("Authorization: Basic dTpw\n") != std::string::npos, headers);
  BOOST_TEST(request.target == "/targets");
  // A failure keeps what is known.
  discovering.transport.status = 500;
  while (discovering.manager.stats().http_failures < 2) discovering.loop.RunOnce(std::chrono::seconds(10));
  BOOST_TEST(discovering.Sent() == "h: a:1 b:1 c:1");
  BOOST_TEST(discovering.logged.find("err=\"server returned HTTP status 500 Status\"") != std::string::npos);
  discovering.transport.status = 200;
  discovering.transport.body = R"([{"targets": ["d:1"]}])";
  discovering.Expect("h: d:1");
}

BOOST_AUTO_TEST_CASE(mechanisms_that_are_not_here_are_named) {
  Discovering discovering;
  discovering.Apply("- job_name: k\n  kubernetes_sd_configs: [{role: pod}]\n  static_configs: [{targets: ['a:1']}]\n");
  discovering.Expect("k: a:1");
  BOOST_TEST(
      discovering.logged.find("give its targets by --targets JOB=FILE\" job=k mechanism=kubernetes_sd_configs") !=
      std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_document_stands_in_for_a_jobs_discovery) {
  Discovering discovering;
  discovering.Write("k.json", R"([{"targets": ["a:1"]}])");
  TargetSets sent;
  DiscoveryManager manager({discovering.loop, discovering.transport, discovering.files, discovering.log},
                           {{"k", {(discovering.folder / "k.json").string()}}},
                           [&](TargetSets targets) { discovering.sent = std::move(targets); });
  const Result<Config> config = LoadConfig("scrape_configs: [{job_name: k, static_configs: [{targets: ['b:1']}]}]", {});
  manager.ApplyConfig(config->scrape_configs);
  discovering.Expect("k: a:1");
}

BOOST_AUTO_TEST_CASE(SD_07_updates_that_keep_coming_are_sent_together) {
  Discovering discovering;
  discovering.Apply("- job_name: s\n  static_configs: [{targets: ['a:1']}]\n");
  for (int i = 0; i < 50; ++i) discovering.Apply("- job_name: s\n  static_configs: [{targets: ['b:1']}]\n");
  discovering.Expect("s: b:1");
  BOOST_TEST(discovering.sends <= 2u);
}

BOOST_AUTO_TEST_CASE(SD_34_a_server_that_hangs_is_asked_again_at_each_interval) {
  Discovering discovering;
  discovering.transport.hangs = true;
  discovering.Apply(kHttpJob);
  const MonotonicTime limit = discovering.loop.MonotonicNow() + std::chrono::seconds(10);
  while (discovering.transport.requests.size() < 3 && discovering.loop.MonotonicNow() < limit) {
    discovering.loop.RunOnce(limit - discovering.loop.MonotonicNow());
  }
  BOOST_TEST(discovering.transport.requests.size() == 3U);
  BOOST_TEST(discovering.manager.stats().http_failures == 2U);
  BOOST_TEST(discovering.logged.find("context deadline exceeded") != std::string::npos, discovering.logged);
  discovering.transport.hangs = false;
  discovering.transport.body = R"([{"targets": ["d:1"]}])";
  discovering.Expect("h: d:1");
}

}  // namespace
}  // namespace stalemark::testing
