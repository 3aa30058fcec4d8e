// SPDX-License-Identifier: Apache-2.0
// The HTTP API's answers, against what the real server 3.14 writes for the same targets.
#include "live/api/api.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "live/log/time_text.h"
#include "tests/core/scrape/engine_fixture.h"

namespace stalemark::testing {
namespace {

const GlobalUrlOptions kGlobal = {"9090", "prom.example:9090"};

ApiRequest Request(std::multimap<std::string, std::string> parameters = {}) {
  ApiRequest request;
  request.parameters = std::move(parameters);
  return request;
}

Result<std::vector<Matcher>> OnlyJob(std::string_view text) {
  if (text != "{job=\"j\"}") return Error{"no such selector"};
  Result<Matcher> matcher = Matcher::Make(MatchType::kEqual, "job", "j");
  return std::vector<Matcher>{*matcher};
}

std::string Targets(Engine& engine, std::multimap<std::string, std::string> parameters = {}) {
  return TargetsAnswer(engine.simulation().manager(), kGlobal, Request(std::move(parameters))).body;
}

/// As it is before relabelling.
std::string Discovered(const std::string& address, const std::string& job) {
  return R"({"__address__":")" + address +
         R"(","__always_scrape_classic_histograms__":"false","__convert_classic_histograms_to_nhcb__":"false",)"
         R"("__metrics_path__":"/metrics","__scheme__":"http","__scrape_interval__":"10s",)"
         R"("__scrape_native_histograms__":"false","__scrape_timeout__":"5s","job":")" +
         job + "\"}";
}

BOOST_AUTO_TEST_CASE(SELF_40_42_a_target_that_was_never_scraped) {
  Engine engine;
  engine.Configure(JobYaml("", "j", "['localhost:9100']"));
  engine.Advance(5s);
  BOOST_TEST(Targets(engine, {{"state", "Active"}}) ==
             R"({"status":"success","data":{"activeTargets":[{"discoveredLabels":)" +
                 Discovered("localhost:9100", "j") +
                 R"(,"labels":{"instance":"localhost:9100","job":"j"},"scrapePool":"j",)"
                 R"("scrapeUrl":"http://localhost:9100/metrics","globalUrl":"http://prom.example:9100/metrics",)"
                 R"("lastError":"","lastScrape":"0001-01-01T00:00:00Z","lastScrapeDuration":0,"health":"unknown",)"
                 R"("scrapeInterval":"10s","scrapeTimeout":"5s"}],"droppedTargets":[],"droppedTargetCounts":null}})");
}

BOOST_AUTO_TEST_CASE(SELF_41_states_and_pools_select) {
  Engine engine;
  engine.Configure(JobYaml() + JobYaml("relabel_configs: [{action: drop}]", "k", "['b:1']"));
  engine.Scrape();
  BOOST_TEST(Targets(engine).find("\"health\":\"up\"") != std::string::npos);
  BOOST_TEST(Targets(engine, {{"state", "dropped"}}) ==
             R"({"status":"success","data":{"activeTargets":[],"droppedTargets":[{"discoveredLabels":)" +
                 Discovered("b:1", "k") + R"(,"scrapePool":"k"}],"droppedTargetCounts":{"j":0,"k":1}}})");
  BOOST_TEST(Targets(engine, {{"scrapePool", "x"}}) ==
             R"({"status":"success","data":{"activeTargets":[],"droppedTargets":[],)"
             R"("droppedTargetCounts":{"j":0,"k":1}}})");
  BOOST_TEST(ScrapePoolsAnswer(engine.simulation().manager()).body ==
             R"({"status":"success","data":{"scrapePools":["j","k"]}})");
}

BOOST_AUTO_TEST_CASE(a_failed_scrape_shows_its_error) {
  Engine engine;
  engine.Fail(SimFault::kRefuse).Scrape();
  const std::string body = Targets(engine);
  BOOST_TEST(body.find(R"("health":"down")") != std::string::npos);
  BOOST_TEST(body.find(R"("lastError":"Get \"http://a:1/metrics\": dial tcp)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(SELF_43_our_own_port_and_other_hosts_have_their_global_url) {
  Engine engine;
  engine.Configure(JobYaml("", "j", "['127.0.0.1:9090', '[::1]:1', 'a:1']"));
  engine.Advance(5s);
  const std::string body = Targets(engine);
  BOOST_TEST(body.find(R"("globalUrl":"http://prom.example:9090/metrics")") != std::string::npos);
  BOOST_TEST(body.find(R"("globalUrl":"http://prom.example:1/metrics")") != std::string::npos);
  BOOST_TEST(body.find(R"("globalUrl":"http://a:1/metrics")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(SELF_44_metadata_of_targets) {
  Engine engine;
  engine.Expose("# HELP m What it is.\n# TYPE m gauge\nm 1\n# TYPE a counter\na 1\n").Scrape();
  const auto metadata = [&](std::multimap<std::string, std::string> parameters) {
    return TargetMetadataAnswer(engine.simulation().manager(), OnlyJob, Request(std::move(parameters)));
  };
  const std::string target = R"("target":{"instance":"a:1","job":"j"})";
  BOOST_TEST(metadata({}).body == R"({"status":"success","data":[{)" + target +
                                      R"(,"metric":"a","type":"counter","help":"","unit":""},{)" + target +
                                      R"(,"metric":"m","type":"gauge","help":"What it is.","unit":""}]})");
  BOOST_TEST(metadata({{"metric", "m"}, {"match_target", "{job=\"j\"}"}}).body ==
             R"({"status":"success","data":[{)" + target + R"(,"type":"gauge","help":"What it is.","unit":""}]})");
  BOOST_TEST(metadata({{"metric", "none"}}).body == R"({"status":"success","data":[]})");
  BOOST_TEST(metadata({{"limit", "0"}}).body == R"({"status":"success","data":[]})");
  const ApiAnswer refused = metadata({{"limit", "x"}});
  BOOST_TEST(refused.status == 400);
  BOOST_TEST(refused.body == R"({"status":"error","errorType":"bad_data","error":"limit must be a number"})");
  BOOST_TEST(metadata({{"match_target", "up{"}}).body ==
             R"({"status":"error","errorType":"bad_data",)"
             R"("error":"invalid parameter \"match_target\": no such selector"})");
}

BOOST_AUTO_TEST_CASE(the_configuration_is_yaml_with_its_defaults) {
  const Result<Config> config =
      LoadConfig("scrape_configs: [{job_name: j, basic_auth: {username: u, password: p}}]", {});
  BOOST_REQUIRE(config.ok());
  const std::string body = ConfigAnswer(*config).body;
  BOOST_TEST(body.find(R"({"status":"success","data":{"yaml":"global:\u000a  scrape_interval: 1m)") == 0u);
  BOOST_TEST(body.find("password: <secret>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(times_are_those_of_go) {
  const WallTime time(std::chrono::seconds(1'767'323'045));
  BOOST_TEST(Rfc3339(time) == "2026-01-02T03:04:05Z");
  BOOST_TEST(Rfc3339(time + 500ms) == "2026-01-02T03:04:05.5Z");
  BOOST_TEST(Rfc3339(WallTime(-1ns)) == "1969-12-31T23:59:59.999999999Z");
  BOOST_TEST(Rfc3339Milliseconds(time + 7999us) == "2026-01-02T03:04:05.007Z");
}

}  // namespace
}  // namespace stalemark::testing
