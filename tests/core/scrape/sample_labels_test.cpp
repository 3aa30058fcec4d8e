// SPDX-License-Identifier: Apache-2.0
// From exposed to stored labels, and their limits; how often a series goes through both.
#include "core/scrape/sample_labels.h"

#include <memory>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/core/scrape/append_fixture.h"

namespace stalemark::testing {
namespace {

RelabelRule Rule(std::vector<std::string> from, const std::string& to) {
  RelabelRule rule;
  rule.source_labels = std::move(from);
  rule.target_label = to;
  return rule;
}

std::shared_ptr<const ScrapeConfig> Relabelling(RelabelRule rule) {
  auto config = std::make_shared<ScrapeConfig>();
  config->metric_relabel_configs.push_back(std::move(rule));
  return config;
}

BOOST_AUTO_TEST_CASE(MUT_01_relabelling_sees_target_labels_and_renamed_ones) {
  const Labels exposed = Labels::FromSorted({{kMetricName, "m"}, {"job", "mine"}});
  const Labels target = Labels::FromSorted({{"instance", "i"}, {"job", "j"}});
  const std::vector<RelabelRule> rules = {Rule({"instance", "job", "exported_job"}, "all")};
  BOOST_TEST(MutateSampleLabels(exposed, target, HonorLabels::kNo, rules).ToString() ==
             "{__name__=\"m\", all=\"i;j;mine\", exported_job=\"mine\", instance=\"i\", job=\"j\"}");
  BOOST_TEST(MutateSampleLabels(exposed, target, HonorLabels::kYes, rules).ToString() ==
             "{__name__=\"m\", all=\"i;mine;\", instance=\"i\", job=\"mine\"}");
}

BOOST_AUTO_TEST_CASE(MUT_03_target_labels_win_and_exposed_ones_get_another_name) {
  struct Row {
    const char* name;
    std::vector<Label> exposed;
    std::vector<Label> target;
    const char* expected;
  };
  const Row rows[] = {
      {"no conflict", {{"a", "1"}}, {{"b", "t"}}, "{a=\"1\", b=\"t\"}"},
      {"renamed", {{"a", "1"}}, {{"a", "t"}}, "{a=\"t\", exported_a=\"1\"}"},
      {"the same value is renamed too", {{"a", "t"}}, {{"a", "t"}}, "{a=\"t\", exported_a=\"t\"}"},
      {"an empty one is no conflict", {{"a", ""}}, {{"a", "t"}}, "{a=\"t\"}"},
      {"the name is exposed",
       {{"a", "1"}, {"exported_a", "2"}},
       {{"a", "t"}},
       "{a=\"t\", exported_a=\"2\", exported_exported_a=\"1\"}"},
      {"the name is exposed empty", {{"a", "1"}, {"exported_a", ""}}, {{"a", "t"}}, "{a=\"t\", exported_a=\"1\"}"},
      {"the name is a target label",
       {{"a", "1"}},
       {{"a", "t"}, {"exported_a", "u"}},
       "{a=\"t\", exported_a=\"u\", exported_exported_a=\"1\"}"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const Labels labels =
          MutateSampleLabels(Labels::FromSorted(row.exposed), Labels::FromSorted(row.target), HonorLabels::kNo, {});
      BOOST_TEST(labels.ToString() == row.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(MUT_11_the_labels_of_a_known_series_are_final) {
  Appending a;
  a.config = Relabelling(Rule({"instance"}, "first"));
  a.Scrape(1000, {Float("m", 1)});
  a.config = Relabelling(Rule({"instance"}, "second"));
  a.target_labels = Labels::FromSorted({{"instance", "other"}});
  a.Scrape(2000, {Float("m", 1)});
  BOOST_TEST(a.storage.labels == "{__name__=\"m\", first=\"i\", instance=\"i\", job=\"j\"}");
  a.Scrape(3000, {Float("m", 1).Spelled("m{}")});
  BOOST_TEST(a.storage.labels == "{__name__=\"m\", first=\"i\", instance=\"i\", job=\"j\"}");  // the marker of `m`
  a.Scrape(4000, {Float("m", 1).Spelled("m{}")});
  BOOST_TEST(a.storage.labels == "{__name__=\"m\", instance=\"other\", second=\"other\"}");
}

BOOST_AUTO_TEST_CASE(labels_that_cannot_be_encoded_end_the_scrape) {
  constexpr const char* kRefusal = "1/0/0 label name or value is too long";
  const std::string longest(kLabelBytesMax - 1, 'v');
  Appending a(ScrapeAppendOptions{});
  a.Scrape(1000, {Float("m", 1).Labelled({{"l", longest}})});
  BOOST_TEST(a.last == "1/1/1");
  a.Scrape(2000, {Float("n", 1).Labelled({{"l", longest + "vv"}})});
  BOOST_TEST(a.last == kRefusal);
  a.Scrape(3000, {Float("n", 1).Labelled({{longest + "vv", "l"}})});
  BOOST_TEST(a.last == kRefusal);
  // Two of 9 MB that relabelling joins.
  a.config = Relabelling(Rule({"l", "l"}, "joined"));
  a.Scrape(4000, {Float("n", 1).Labelled({{"l", std::string(9'000'000, 'v')}})});
  BOOST_TEST(a.last == kRefusal);
}

BOOST_AUTO_TEST_CASE(LIM_05_zero_is_no_limit) {
  const Labels labels = Labels::FromSorted({{kMetricName, std::string(300, 'm')}, {std::string(300, 'n'), "v"}});
  BOOST_TEST(CheckLabelLimits(labels, {}).ok());
  BOOST_TEST(CheckLabelLimits(labels, {2, 300, 300}).ok());
  BOOST_TEST(CheckLabelLimits(labels, {2, 0, 0}).ok());
  BOOST_TEST(CheckLabelLimits(labels, {0, 300, 0}).ok());
  BOOST_TEST(CheckLabelLimits(labels, {0, 0, 300}).ok());
  BOOST_TEST(!CheckLabelLimits(labels, {1, 0, 0}).ok());
  BOOST_TEST(!CheckLabelLimits(labels, {0, 299, 0}).ok());
  BOOST_TEST(!CheckLabelLimits(labels, {0, 0, 299}).ok());
}

BOOST_AUTO_TEST_CASE(LIM_05_limits_apply_after_relabelling) {
  ScrapeAppendOptions options;
  options.label_limits.label_limit = 3;
  RelabelRule drop;
  drop.regex = Regex::Compile("extra").value();
  drop.action = RelabelAction::kLabelDrop;
  Appending a(options);
  a.config = Relabelling(drop);
  a.Scrape(1000, {Float("m", 1).Labelled({{"extra", "1"}})});
  BOOST_TEST(a.last == "1/1/1");
  a.config = Relabelling(Rule({"job"}, "more"));
  a.Scrape(2000, {Float("n", 1)});
  BOOST_TEST(a.last == "1/0/0 label_limit exceeded (metric: n, number of labels: 4, limit: 3)");
}

BOOST_AUTO_TEST_CASE(LIM_06_known_series_are_not_checked_again) {
  ScrapeAppendOptions options;
  options.label_limits.label_limit = 3;
  Appending a(options);
  a.Scrape(1000, {Float("m", 1)});
  a.target_labels = Labels::FromSorted({{"instance", "i"}, {"job", "j"}, {"more", "1"}});
  a.Scrape(2000, {Float("m", 2)});
  BOOST_TEST(a.last == "1/1/0");
  a.Scrape(3000, {Float("m", 2), Float("n", 1)});
  BOOST_TEST(a.last == "2/1/0 label_limit exceeded (metric: n, number of labels: 4, limit: 3)");
}

}  // namespace
}  // namespace stalemark::testing
