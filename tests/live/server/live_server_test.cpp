// SPDX-License-Identifier: Apache-2.0
// LiveServer on a real loop with a transport that answers pages: start, reload, answers, stop.
#include "live/server/live_server.h"

#include <optional>
#include <string>
#include <vector>

#include "live/server/disk_failure_logs.h"
#include "tests/live/discovery/discovery_fixture.h"

namespace stalemark::testing {
namespace {

/// A server whose configuration lies in a folder of its own.
struct Serving : Discovering {
  explicit Serving(Nanoseconds retention = std::chrono::hours(3)) : server(Seams(), Options(folder, retention)) {
    transport.content_type = "text/plain";
    transport.body = "m 1\n";
  }

  /// Runs the loop until a call has called back, 10 s at most.
  template <class T>
  T Await(const std::function<void(std::function<void(T)>)>& call) {
    std::optional<T> result;
    call([&](T value) { result = std::move(value); });
    const MonotonicTime limit = loop.MonotonicNow() + std::chrono::seconds(10);
    while (!result && loop.MonotonicNow() < limit) loop.RunOnce(limit - loop.MonotonicNow());
    BOOST_REQUIRE(result);
    return *result;
  }
  std::string Start(const std::string& config) {
    Write("prometheus.yml", config);
    return Await<std::string>([&](const std::function<void(std::string)>& done) {
      server.Start([done](const Status& status) { done(status.ok() ? "" : status.error().message); });
    });
  }
  ApiAnswer Ask(const std::string& path, const std::string& method = "GET") {
    ApiRequest request;
    request.path = path;
    request.method = method;
    return Await<ApiAnswer>([&](const std::function<void(ApiAnswer)>& reply) { server.Answer(request, reply); });
  }
  /// `200 text`.
  std::string AskText(const std::string& path, const std::string& method = "GET") {
    const ApiAnswer answer = Ask(path, method);
    return std::to_string(answer.status) + ' ' + answer.body;
  }
  void Stop() {
    Await<bool>([&](const std::function<void(bool)>& done) { server.Stop([done] { done(true); }); });
  }

  LiveSeams Seams() { return {loop, transport, files, failure_logs, log}; }
  static LiveOptions Options(const std::filesystem::path& folder, Nanoseconds retention = std::chrono::hours(3)) {
    LiveOptions options;
    options.retention = retention;
    options.config_file = (folder / "prometheus.yml").string();
    options.scrape.discovery_reload_on_startup = true;
    options.lifecycle = LiveOptions::Lifecycle::kEnabled;
    return options;
  }

  DiskFailureLogs failure_logs;
  LiveServer server;
};

constexpr const char* kJob =
    "scrape_configs: [{job_name: j, scrape_interval: 100ms, scrape_timeout: 100ms, static_configs: [{targets: "
    "['a:1']}]}]";

BOOST_AUTO_TEST_CASE(before_and_after_its_first_configuration) {
  Serving serving;
  BOOST_TEST(serving.AskText("/-/healthy") == "200 stalemark is Healthy.\n");
  BOOST_TEST(serving.AskText("/-/ready") == "503 Service Unavailable");
  BOOST_TEST(serving.AskText("/api/v1/targets") == "503 Service Unavailable");
  BOOST_TEST(serving.AskText("/metrics").find("\nprometheus_ready 0\n") != std::string::npos);
  BOOST_TEST(serving.Start(kJob) == "");
  BOOST_TEST(serving.AskText("/-/ready") == "200 stalemark is Ready.\n");
  while (serving.AskText("/api/v1/targets").find("\"health\":\"up\"") == std::string::npos) {
    BOOST_REQUIRE(serving.loop.RunOnce(std::chrono::seconds(10)));
  }
  BOOST_TEST(serving.AskText("/metrics").find("\nprometheus_tsdb_head_series 6\n") != std::string::npos);
  serving.Stop();
  BOOST_TEST(serving.Ask("/-/ready").headers.front().second == "true");
}

/// Real time is the subject: a series vanishes, and half a second later so does what is known of it.
BOOST_AUTO_TEST_CASE(series_without_samples_in_the_retention_are_removed) {
  Serving serving(std::chrono::milliseconds(400));
  // Its scrapes are under way nearly all the time, which must not put the removal off.
  serving.transport.silent = "silent:1";
  BOOST_TEST(serving.Start("scrape_configs: [{job_name: j, scrape_interval: 100ms, scrape_timeout: 100ms, "
                           "static_configs: [{targets: ['a:1', 'silent:1']}]}]") == "");
  const auto await = [&serving](const char* metric) {
    while (serving.AskText("/metrics").find(metric) == std::string::npos) {
      BOOST_REQUIRE(serving.loop.RunOnce(std::chrono::seconds(10)));
    }
  };
  await("\nprometheus_tsdb_head_series 11\n");
  serving.transport.body = "n 1\n";
  await("\nprometheus_tsdb_head_series_created_total 12\n");
  await("\nprometheus_tsdb_head_series_removed_total 1\n");
  BOOST_TEST(serving.AskText("/metrics").find("\nprometheus_tsdb_head_series 11\n") != std::string::npos);
  // It comes back as another series.
  serving.transport.body = "m 1\n";
  await("\nprometheus_tsdb_head_series_created_total 13\n");
  serving.Stop();
}

/// Real time again: the retention ends many times between two scrapes.
BOOST_AUTO_TEST_CASE(series_that_wait_for_their_next_scrape_stay) {
  Serving serving(std::chrono::milliseconds(100));
  BOOST_TEST(serving.Start("scrape_configs: [{job_name: j, scrape_interval: 500ms, scrape_timeout: 500ms, "
                           "static_configs: [{targets: ['a:1']}]}]") == "");
  while (serving.transport.requests.size() < 4) BOOST_REQUIRE(serving.loop.RunOnce(std::chrono::seconds(10)));
  BOOST_TEST(serving.AskText("/metrics").find("\nprometheus_tsdb_head_series_removed_total 0\n") != std::string::npos);
  serving.Stop();
}

BOOST_AUTO_TEST_CASE(a_first_configuration_that_is_refused) {
  Serving serving;
  const std::string error = serving.Start("scrape_configs: [{}]");
  BOOST_TEST(error.find("couldn't load configuration (--config.file=\"") == 0u, error);
  BOOST_TEST(error.find("job_name is empty") != std::string::npos, error);
  serving.Stop();
}

BOOST_AUTO_TEST_CASE(a_later_one_that_is_refused_changes_nothing) {
  Serving serving;
  BOOST_TEST(serving.Start(kJob) == "");
  const std::string config = serving.AskText("/api/v1/status/config");
  serving.Write("prometheus.yml", "scrape_configs: 5");
  const std::string answer = serving.AskText("/-/reload", "POST");
  BOOST_TEST(answer.find("500 failed to reload config: couldn't load configuration") == 0u, answer);
  BOOST_TEST(serving.AskText("/api/v1/status/config") == config);
  BOOST_TEST(serving.AskText("/metrics").find("\nprometheus_config_last_reload_successful 0\n") != std::string::npos);
  serving.Write("prometheus.yml", "scrape_configs: [{job_name: j, scrape_failure_log_file: /nowhere/log}]");
  const std::string applied = serving.AskText("/-/reload", "POST");
  BOOST_TEST(applied.find("one or more errors occurred while applying the new configuration") != std::string::npos,
             applied);
  BOOST_TEST(serving.logged.find("can't create json log file: open /nowhere/log: no such file or directory") !=
             std::string::npos);
  serving.Write("prometheus.yml", kJob);
  BOOST_TEST(serving.AskText("/-/reload", "POST") == "200 ");
  serving.Stop();
}

BOOST_AUTO_TEST_CASE(a_stop_during_a_reload_answers_those_that_wait) {
  Serving serving;
  serving.transport.hangs = true;
  BOOST_TEST(serving.Start(kJob) == "");
  while (serving.transport.requests.empty()) BOOST_REQUIRE(serving.loop.RunOnce(std::chrono::seconds(10)));
  // The job goes, and its scrape hangs: the manager is at it until the scrape's timeout.
  serving.Write("prometheus.yml", "scrape_configs: []");
  std::vector<std::string> answers;
  for (int i = 0; i < 3; ++i) {
    serving.server.Reload(
        [&](const Status& status) { answers.push_back(status.ok() ? "ok" : status.error().message); });
  }
  serving.Stop();
  BOOST_TEST(answers.size() == 3u);
  for (const std::string& answer : answers) BOOST_TEST(answer == "the server is stopping");
  serving.server.Reload([&](const Status& status) { answers.push_back(status.ok() ? "ok" : status.error().message); });
  BOOST_TEST(answers.back() == "the server is stopping");
  BOOST_TEST(answers.size() == 4u);
}

BOOST_AUTO_TEST_CASE(methods_and_paths) {
  Serving serving;
  BOOST_TEST(serving.Start(kJob) == "");
  BOOST_TEST(serving.AskText("/-/reload") == "405 Only POST or PUT requests allowed");
  BOOST_TEST(serving.AskText("/metrics", "POST") == "405 Method Not Allowed\n");
  BOOST_TEST(serving.AskText("/api/v1/nothing") == "404 404 page not found\n");
  int quits = 0;
  serving.server.SetOnQuit([&] { ++quits; });
  BOOST_TEST(serving.AskText("/-/quit", "PUT") == "200 Requesting termination... Goodbye!");
  BOOST_TEST(serving.AskText("/-/quit", "PUT") == "200 Termination already in progress.");
  BOOST_TEST(quits == 1);
  serving.Stop();
}

BOOST_AUTO_TEST_CASE(what_would_go_out_unsigned_is_refused_with_its_place) {
  Serving serving;
  const std::string at = (serving.folder / "prometheus.yml").string();
  const auto refused = [&](const std::string& config) {
    const std::string text = serving.Start(config);
    const std::size_t place = text.find(at + ":");
    return place == std::string::npos ? text : text.substr(place + at.size());
  };
  const std::string unsigned_text =
      "expected basic_auth, authorization or oauth2: requests are not signed here, and not sent unsigned";
  BOOST_TEST(refused("remote_write:\n- url: http://a/\n  sigv4: {region: r}\n") ==
             ":3:3: found \"sigv4\", " + unsigned_text);
  BOOST_TEST(refused("remote_write:\n- url: http://a/\n  azuread: {managed_identity: {client_id: "
                     "00000000-0000-0000-0000-000000000000}}\n") == ":3:3: found \"azuread\", " + unsigned_text);
  BOOST_TEST(refused("remote_write:\n- url: http://a/\n  google_iam: {credentials_file: f}\n") ==
             ":3:3: found \"google_iam\", " + unsigned_text);
  BOOST_TEST(refused("scrape_configs:\n- job_name: j\n  oauth2: {client_id: i, token_url: 'http://t/', "
                     "client_certificate_key: k, grant_type: "
                     "'urn:ietf:params:oauth:grant-type:jwt-bearer'}\n")
                 .find("found \"urn:ietf:params:oauth:grant-type:jwt-bearer\", expected client_credentials") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_configuration_is_shown_with_its_place) {
  Serving serving;
  serving.Start("scrape_configs:\n- job_name: j\n  scrape_intervall: 1s\n");
  BOOST_TEST(serving.logged.find("prometheus.yml:3:3: ") != std::string::npos, serving.logged);
  BOOST_TEST(serving.logged.find("did you mean \\\"scrape_interval\\\"?") != std::string::npos, serving.logged);
}

BOOST_AUTO_TEST_CASE(documents_for_unknown_jobs_and_absent_files_are_warned_of) {
  Serving serving;
  LiveOptions options = Serving::Options(serving.folder);
  options.documents = {{"nodes", {(serving.folder / "gone.json").string()}}};
  LiveServer server({serving.loop, serving.transport, serving.files, serving.failure_logs, serving.log}, options);
  serving.Write("prometheus.yml", "scrape_configs: [{job_name: node}]");
  serving.Await<bool>(
      [&](const std::function<void(bool)>& done) { server.Start([done](const Status&) { done(true); }); });
  BOOST_TEST(serving.logged.find("(did you mean \\\"node\\\"?)\" job=nodes") != std::string::npos, serving.logged);
  BOOST_TEST(serving.logged.find("--targets names a file that is not there") != std::string::npos, serving.logged);
  serving.Await<bool>([&](const std::function<void(bool)>& done) { server.Stop([done] { done(true); }); });
}

}  // namespace
}  // namespace stalemark::testing
