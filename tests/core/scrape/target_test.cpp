// SPDX-License-Identifier: Apache-2.0
// TGT-01 ... TGT-37, POOL-04, POOL-06, POOL-11, POOL-12, MGR-12.
#include "core/scrape/target.h"

#include <limits>
#include <string>

#include <boost/test/unit_test.hpp>

#include "core/scrape/populate.h"
#include "core/scrape/target_identity.h"

namespace stalemark {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

ScrapeConfig Job() {
  ScrapeConfig config;
  config.job_name = "j";
  config.scrape_interval = seconds(15);
  config.scrape_timeout = seconds(10);
  return config;
}

std::string Populated(const ScrapeConfig& config, const LabelMap& target_labels, const LabelMap& group_labels = {}) {
  const Result<Labels> labels = PopulateLabels(config, target_labels, group_labels);
  if (!labels) return labels.error().message;
  return labels->empty() ? "dropped" : labels->ToString();
}

Target MakeTarget(Labels labels, const ScrapeConfig& config, LabelMap raw = {}) {
  return Target(std::move(labels),
                {std::make_shared<const ScrapeConfig>(config), std::move(raw), std::make_shared<const LabelMap>()});
}

/// The vector of POOL-06.
Labels VectorLabels() {
  return Labels::FromUnsorted({{"__address__", "localhost:9090"},
                               {"__metrics_path__", "/metrics"},
                               {"__scheme__", "http"},
                               {"__scrape_interval__", "15s"},
                               {"__scrape_timeout__", "10s"},
                               {"__convert_classic_histograms_to_nhcb__", "false"},
                               {"__always_scrape_classic_histograms__", "false"},
                               {"__scrape_native_histograms__", "false"},
                               {"instance", "localhost:9090"},
                               {"job", "prometheus"}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(target)

BOOST_AUTO_TEST_CASE(POOL_06_vector) {
  const Target target = MakeTarget(VectorLabels(), Job());
  BOOST_TEST(target.labels().Hash() == 12641124587720896089u);
  BOOST_TEST(target.Hash() == 7277918468011271714u);
  const std::uint64_t seed = OffsetSeed("a.example.com", Labels::FromSorted({{"prometheus", "ha1"}}));
  BOOST_TEST(seed == 14187472743099167390u);
  const WallTime now{seconds(1700000000)};
  BOOST_TEST(target.Offset(seconds(15), seed, now).count() == 11576506044);
}

BOOST_AUTO_TEST_CASE(TGT_32_wait_does_not_depend_on_when_it_is_computed) {
  const Nanoseconds interval = seconds(15);
  const WallTime start{seconds(1700000000)};
  const WallTime first = start + ScrapeOffset(123456789, 42, interval, start);
  for (Nanoseconds step{0}; start + step < first; step += milliseconds(7)) {
    BOOST_REQUIRE(start + step + ScrapeOffset(123456789, 42, interval, start + step) == first);
  }
  BOOST_TEST(ScrapeOffset(123456789, 42, interval, first).count() == interval.count());
}

// Upstream's int64 arithmetic, taken from a run of it: the sum of base (interval - 1) and offset overflows.
BOOST_AUTO_TEST_CASE(TGT_32_interval_of_centuries_wraps) {
  const Nanoseconds longest(std::numeric_limits<std::int64_t>::max());
  BOOST_TEST(ScrapeOffset(0xFFFFFFFFFFFFFFF0u, 0, longest, WallTime(Nanoseconds(1))).count() == -17);
}

BOOST_AUTO_TEST_CASE(TGT_01_target_labels_win_over_group_labels) {
  const std::string text = Populated(Job(), {{"__address__", "h:1"}, {"a", "own"}, {"b", ""}},
                                     {{"a", "group"}, {"b", "group"}, {"c", "group"}, {"job", "other"}});
  BOOST_TEST(text ==
             "{__address__=\"h:1\", __always_scrape_classic_histograms__=\"false\", "
             "__convert_classic_histograms_to_nhcb__=\"false\", __metrics_path__=\"/metrics\", __scheme__=\"http\", "
             "__scrape_interval__=\"15s\", __scrape_native_histograms__=\"false\", __scrape_timeout__=\"10s\", "
             "a=\"own\", c=\"group\", instance=\"h:1\", job=\"other\"}");
}

BOOST_AUTO_TEST_CASE(TGT_04_parameters_become_labels) {
  ScrapeConfig config = Job();
  config.params = {{"m", {"x", "y"}}, {"none", {}}};
  const Labels labels = DiscoveredLabels(config, {{"__address__", "h:1"}}, {});
  BOOST_TEST(labels.Get("__param_m") == "x");
  BOOST_TEST(!labels.Has("__param_none"));
}

BOOST_AUTO_TEST_CASE(TGT_11_to_TGT_20_refusals) {
  struct Row {
    std::string name;
    LabelMap labels;
    std::string error;
  };
  const std::vector<Row> rows = {
      {"no address", {}, "no address"},
      {"slash", {{"__address__", "a/b"}}, "\"a/b\" is not a valid hostname"},
      {"interval",
       {{"__address__", "h"}, {"__scrape_interval__", "x"}},
       "error parsing scrape interval: not a valid duration string: \"x\""},
      {"zero interval", {{"__address__", "h"}, {"__scrape_interval__", "0"}}, "scrape interval cannot be 0"},
      {"timeout",
       {{"__address__", "h"}, {"__scrape_timeout__", "1"}},
       "error parsing scrape timeout: not a valid duration string: \"1\""},
      {"zero timeout", {{"__address__", "h"}, {"__scrape_timeout__", "0s"}}, "scrape timeout cannot be 0"},
      {"timeout above interval",
       {{"__address__", "h"}, {"__scrape_timeout__", "16s"}},
       "scrape timeout cannot be greater than scrape interval (\"16s\" > \"15s\")"},
      {"boolean",
       {{"__address__", "h"}, {"__scrape_native_histograms__", "yes"}},
       "error parsing scrape native histograms: strconv.ParseBool: parsing \"yes\": invalid syntax"},
      {"not UTF-8", {{"__address__", "h"}, {"a", "\xff"}}, "invalid label value for \"a\": \"\\xff\""},
      {"too long", {{"__address__", "h"}, {"a", std::string(kLabelBytesMax, 'x')}}, "label name or value is too long"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(Populated(Job(), row.labels) == row.error);
    }
  }
}

BOOST_AUTO_TEST_CASE(TGT_18_meta_labels_go_even_when_not_utf8) {
  const Labels labels = PopulateLabels(Job(), {{"__address__", "h"}, {"__meta_a", "\xff"}, {"__tmp", "x"}}, {}).value();
  BOOST_TEST(!labels.Has("__meta_a"));
  BOOST_TEST(labels.Get("__tmp") == "x");
}

BOOST_AUTO_TEST_CASE(TGT_17_parse_bool) {
  for (const char* text : {"1", "t", "T", "TRUE", "true", "True"}) BOOST_TEST(ParseBool(text).value());
  for (const char* text : {"0", "f", "F", "FALSE", "false", "False"}) BOOST_TEST(!ParseBool(text).value());
  for (const char* text : {"", "tRUE", "yes", "2", " true"}) BOOST_TEST(!ParseBool(text).has_value());
}

BOOST_AUTO_TEST_CASE(POOL_11_failures_name_index_and_group) {
  TargetGroup group;
  group.source = "src/0";
  group.targets = {{{"x", "1"}}, {{"__address__", "h:1"}}, {{"__address__", "a/b"}}};
  const GroupTargets result = TargetsFromGroup(group, std::make_shared<const ScrapeConfig>(Job()));
  BOOST_REQUIRE(result.targets.size() == 1u);
  BOOST_TEST(result.targets[0].labels().Get("instance") == "h:1");
  BOOST_REQUIRE(result.failures.size() == 2u);
  BOOST_TEST(result.failures[0].message == "instance 0 in group src/0: no address");
  BOOST_TEST(result.failures[1].message == "instance 2 in group src/0: \"a/b\" is not a valid hostname");
}

BOOST_AUTO_TEST_CASE(POOL_12_dropped_target_has_no_public_labels) {
  ScrapeConfig config = Job();
  RelabelRule rule;
  rule.action = RelabelAction::kDrop;
  rule.source_labels = {"__address__"};
  config.relabel_configs.push_back(rule);
  TargetGroup group;
  group.targets = {{{"__address__", "h:1"}}};
  const GroupTargets result = TargetsFromGroup(group, std::make_shared<const ScrapeConfig>(config));
  BOOST_REQUIRE(result.targets.size() == 1u);
  BOOST_TEST(!result.targets[0].HasPublicLabels());
  BOOST_TEST(result.targets[0].DiscoveredLabels().Get("__address__") == "h:1");
}

BOOST_AUTO_TEST_CASE(TGT_30_label_replaces_the_first_parameter) {
  ScrapeConfig config = Job();
  config.params = {{"t", {"1", "2"}}};
  const Labels labels = Labels::FromSorted({{"__address__", "h:1"},
                                            {"__metrics_path__", "m"},
                                            {"__param_new", "a b"},
                                            {"__param_t", "X"},
                                            {"__scheme__", "HTTP"}});
  const Target target = MakeTarget(labels, config);
  BOOST_TEST(target.ScrapeUrl().String() == "HTTP://h:1/m?new=a+b&t=X&t=2");
  BOOST_TEST(target.RequestUrl().value().String() == "http://h:1/m?new=a+b&t=X&t=2");
}

BOOST_AUTO_TEST_CASE(TGT_37_bad_host_fails_when_the_request_is_built) {
  const Target target = MakeTarget(
      Labels::FromSorted({{"__address__", "a b:1"}, {"__metrics_path__", "/m"}, {"__scheme__", "http"}}), Job());
  BOOST_TEST(target.ScrapeUrl().String() == "http://a%20b:1/m");
  BOOST_TEST(target.RequestUrl().error().message == "parse \"http://a%20b:1/m\": invalid URL escape \"%20\"");
}

BOOST_AUTO_TEST_CASE(TGT_33_timing_falls_back_with_an_error) {
  const auto timing = [](const char* interval, const char* timeout) {
    const Labels labels = Labels::FromSorted({{"__scrape_interval__", interval}, {"__scrape_timeout__", timeout}});
    return MakeTarget(labels, Job()).TimingOr(seconds(60), seconds(20));
  };
  BOOST_TEST(timing("5s", "1s").interval.count() == Nanoseconds(seconds(5)).count());
  BOOST_TEST(timing("5s", "1s").timeout.count() == Nanoseconds(seconds(1)).count());
  BOOST_TEST(!timing("5s", "1s").forced_error.has_value());
  BOOST_TEST(timing("5", "1s").interval.count() == Nanoseconds(seconds(60)).count());
  BOOST_TEST(timing("5", "1s").forced_error.value().message ==
             "error parsing interval label \"5\": not a valid duration string: \"5\"");
  BOOST_TEST(timing("5s", "").timeout.count() == Nanoseconds(seconds(20)).count());
  BOOST_TEST(timing("5s", "").interval.count() == Nanoseconds(seconds(60)).count());
  BOOST_TEST(timing("5s", "").forced_error.value().message ==
             "error parsing timeout label \"\": empty duration string");
}

BOOST_AUTO_TEST_CASE(TGT_34_labels_override_the_switches) {
  ScrapeConfig config = Job();
  config.always_scrape_classic_histograms = true;
  config.convert_classic_histograms_to_nhcb = true;
  const Labels labels =
      Labels::FromSorted({{"__always_scrape_classic_histograms__", "F"}, {"__scrape_native_histograms__", "maybe"}});
  const Target::HistogramSwitches switches = MakeTarget(labels, config).SwitchesOr(config);
  BOOST_TEST(!switches.always_scrape_classic);
  BOOST_TEST(switches.convert_classic_to_nhcb);
  BOOST_TEST(!switches.scrape_native);
}

BOOST_AUTO_TEST_CASE(TGT_35_outcome_of_the_last_scrape) {
  Target target = MakeTarget(VectorLabels(), Job());
  BOOST_TEST(TargetHealthText(target.outcome().health) == "unknown");
  BOOST_TEST(!target.outcome().scraped_at.has_value());
  target.Report(WallTime(seconds(5)), milliseconds(3), ScrapeError{ScrapeErrorKind::kTransport, "boom"});
  BOOST_TEST(TargetHealthText(target.outcome().health) == "down");
  BOOST_TEST(target.outcome().error.value().message == "boom");
  target.Report(WallTime(seconds(6)), milliseconds(4), std::nullopt);
  BOOST_TEST(TargetHealthText(target.outcome().health) == "up");
  BOOST_TEST(!target.outcome().error.has_value());
  BOOST_TEST(UnixNanos(target.outcome().scraped_at.value()) == 6'000'000'000);
  BOOST_TEST(target.outcome().duration.count() == 4'000'000);
}

BOOST_AUTO_TEST_CASE(TGT_36_discovered_labels_follow_the_last_sync) {
  Target target = MakeTarget(VectorLabels(), Job(), {{"__address__", "h:1"}});
  ScrapeConfig changed = Job();
  changed.scrape_interval = seconds(30);
  target.SetOrigin({std::make_shared<const ScrapeConfig>(changed),
                    {{"__address__", "h:2"}},
                    std::make_shared<const LabelMap>(LabelMap{{"env", "prod"}})});
  BOOST_TEST(target.DiscoveredLabels().Get("__address__") == "h:2");
  BOOST_TEST(target.DiscoveredLabels().Get("__scrape_interval__") == "30s");
  BOOST_TEST(target.DiscoveredLabels().Get("env") == "prod");
}

BOOST_AUTO_TEST_CASE(TGT_21_public_labels) {
  BOOST_TEST(MakeTarget(VectorLabels(), Job()).PublicLabels().ToString() ==
             "{instance=\"localhost:9090\", job=\"prometheus\"}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
