// SPDX-License-Identifier: Apache-2.0
// Explanations where there are several of something: targets behind one series, targets in a run, numbers of a scrape,
// rules.
#include <string>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "tests/sim/explain/explain_fixture.h"

namespace stalemark::scenario {
namespace {

const char* const kOther = "  b:80: {series: [{series: m, values: '101+1x100'}]}\n";

/// Two targets.
Parts Two(const std::string& rules = "") {
  Parts parts;
  parts.job = "job_name: app, static_configs: [{targets: ['a:80', 'b:80']}]" + rules;
  parts.exporters = kOther;
  return parts;
}

BOOST_AUTO_TEST_SUITE(explain_many)

BOOST_AUTO_TEST_CASE(two_targets_with_one_label_set) {
  const Parts parts = Two(", relabel_configs: [{target_label: instance, replacement: x}]");
  const std::string a = "app/x at http://a:80/metrics";
  const std::string b = "app/x at http://b:80/metrics";
  Check({
      {"the newest sample up to the instant",
       parts,
       "m",
       "1m",
       Outcome::kSample,
       "scraped",
       "104, stored by scrape 7 from body 1:1",
       {"scrape 7 of " + b + " begins, slot 3: every 15s from 5.731s",
        "two targets feed this series: " + b + " and " + a}},
      {"the other one's",
       parts,
       "m",
       "50s",
       Outcome::kSample,
       "scraped",
       "3, stored by scrape 6 from body 1:1",
       {"scrape 6 of " + a + " begins, slot 2: every 15s from 18.723s",
        "two targets feed this series: " + a + " and " + b}},
      {"a report series",
       parts,
       "up",
       "1m",
       Outcome::kSample,
       "report",
       "1: scrape 7 succeeded",
       {"two targets feed this series: " + b + " and " + a}},
      {"the target",
       parts,
       "{instance=\"x\"}",
       "1m",
       Outcome::kTargetActive,
       "up",
       "scraped, and up: scrape 6 at 48.723s succeeded",
       {"1 more with these labels: http://b:80/metrics"}},
  });
  BOOST_TEST(Ask(parts, "m", "1m")->query->text == "an instant query at 60.000s sees 104, of 50.731s");
}

BOOST_AUTO_TEST_CASE(a_scrape_is_counted_among_those_of_its_target) {
  const Result<Explanation> found = Ask(Two(), "m{instance=\"b:80\"}", "1m");
  BOOST_REQUIRE_MESSAGE(found.ok(), (found.ok() ? std::string() : found.error().message));
  BOOST_TEST(found->headline == "103, stored by scrape 3 from body 1:1");
  BOOST_TEST(found->chain[0].text == "scrape 3 of app/b:80 begins, slot 2: every 15s from 19.417s");
  BOOST_TEST(found->chain[0].number == 3u);
  BOOST_TEST(found->chain[0].scrape == 6u, "the number in the trace");
  Check({{"of another target",
          {.job = "job_name: app, honor_labels: true, static_configs: [{targets: ['a:80', 'b:80']}]",
           .exporter = "series: [{series: 'm{instance=\"x\"}', values: '1+1x9'}]",
           .exporters = "  b:80: {" + Bodies({"n 1\\n", R"(m{instance=\"x\"} 7 1767225610000\n)"}) + "}\n"},
          "m",
          "10s",
          Outcome::kNone,
          "refused",
          "no sample: the storage refused that of scrape 2: out of order sample",
          {"the series had 2 of 32.685s already, from scrape 2 of app/a:80"}}});
}

BOOST_AUTO_TEST_CASE(some_labels_of_the_target_are_enough) {
  Parts parts;
  parts.job =
      "job_name: slow, scrape_timeout: 5s, static_configs: [{targets: ['slow:80']}]}\n    - {job_name: lim, "
      "static_configs: [{targets: ['a:80']}]";
  parts.exporters = "  slow:80: {series: [{series: m, values: '1+1x9'}], latency: 7s}\n";
  const std::string slow = "no sample: scrape 4 was given up at 55.398s: timeout 5s, response head after 7s";
  Check({
      {"the job", parts, "m{job=\"slow\"}", "1m", Outcome::kNone, "timeout", slow, {}},
      {"the job, and a label of the series",
       parts,
       "m{job=\"slow\",x=\"1\"}",
       "1m",
       Outcome::kNone,
       "timeout",
       slow,
       {}},
      {"all labels", parts, "m{instance=\"slow:80\",job=\"slow\"}", "1m", Outcome::kNone, "timeout", slow, {}},
      {"of a target that answers",
       parts,
       "mm{job=\"lim\"}",
       "1m",
       Outcome::kNone,
       "not_exposed",
       "no sample: the body of scrape 4 does not have the series",
       {"no scrape before had it"}},
      {"none",
       parts,
       "n",
       "1m",
       Outcome::kNone,
       "unknown_series",
       "no sample: no scrape of the run has this series",
       {}},
      {"of no target",
       parts,
       "m{job=\"other\"}",
       "1m",
       Outcome::kNone,
       "unknown_series",
       "no sample: no scrape of the run has this series",
       {}},
      {"the only target",
       {.exporter = "series: [{series: m, values: '1x9'}], latency: 12s"},
       "m",
       "1m",
       Outcome::kNone,
       "timeout",
       "no sample: scrape 3 was given up at 55.546s: timeout 10s, response head after 12s",
       {}},
  });
  BOOST_TEST(Ask({.events = "  - {at: 0s, exporter: 'a:80', fault: refuse}\n"}, "m{job=\"k\"}", "1m")->reason ==
             "unknown_series");
  BOOST_TEST(Ask(parts, "mm{job=\"lim\"}", "1m")->next == R"(did you mean m{instance="a:80",job="lim"}?)");
  Parts several = parts;
  several.job = "job_name: slow, scrape_timeout: 5s, static_configs: [{targets: ['slow:80', 'slow:81']}]";
  BOOST_TEST(Ask(several, "m{job=\"slow\"}", "1m")->reason == "unknown_series");
}

/// Rules 1 to 14 add a label each.
std::string FifteenRules(const std::string& last) {
  std::string rules;
  for (int i = 1; i <= 14; ++i) rules += fmt::format("{{target_label: l{0}, replacement: v{0}}}, ", i);
  return Job("metric_relabel_configs: [" + rules + last + "]");
}

BOOST_AUTO_TEST_CASE(many_rules) {
  const std::string pods = "series: [{series: 'm{pod=\"a\"}', values: '1x9'}, {series: 'm{pod=\"b\"}', values: '2x9'}]";
  const std::string prefix = "metric_relabel_configs ";
  Check({
      {"what a dropping rule looks at stays",
       {.job = FifteenRules("{source_labels: [l7], regex: v7, action: drop}"), .exporter = pods},
       "m{pod=\"a\"}",
       "46s",
       Outcome::kNone,
       "dropped_by_relabelling",
       R"(no sample: rule 15 of metric_relabel_configs dropped it: l7="v7" matches v7)",
       {prefix + R"(rule 4 (replace): adds l4="v4")", prefix + "rules 5 to 6 change l5, l6",
        prefix + R"(rule 7 (replace): adds l7="v7")", prefix + "rules 8 to 14 change 7 labels",
        prefix + R"(rule 15 (drop): l7="v7" matches v7: dropped)"}},
      {"the rule that merges series stays",
       {.job = FifteenRules("{regex: pod, action: labeldrop}"), .exporter = pods},
       "m",
       "46s",
       Outcome::kSample,
       "scraped",
       "1, stored by scrape 3 from body 1:1",
       {prefix + "rules 2 to 14 change 13 labels", prefix + R"(rule 15 (labeldrop): removes pod="a")"}},
      {"the rule that removed what was asked for stays",
       {.job = FifteenRules("{regex: none, action: labeldrop}, {regex: pod, action: labeldrop}, {target_label: z, "
                            "replacement: z}"),
        .exporter = "series: [{series: 'm{pod=\"a\"}', values: '1x9'}]"},
       "m{pod=\"a\"}",
       "46s",
       Outcome::kNone,
       "renamed_by_relabelling",
       "no sample: metric_relabel_configs made m{instance=\"a:80\",job=\"j\",l1=\"v1\",l10=\"v10\",l11=\"v11\",l12="
       "\"v12\",l13=\"v13\",l14=\"v14\",l2=\"v2\",l3=\"v3\",l4=\"v4\",l5=\"v5\",l6=\"v6\",l7=\"v7\",l8=\"v8\",l9="
       "\"v9\",z=\"z\"} of body 1:1",
       {prefix + R"(rule 16 (labeldrop): removes pod="a")", prefix + R"(rule 17 (replace): adds z="z")"}},
  });
  const Result<Explanation> found =
      Ask({.job = FifteenRules("{regex: pod, action: labeldrop}"), .exporter = pods}, "m", "46s");
  const std::string json = ExplanationJson(*found);
  BOOST_TEST(json.find(R"("rule": 2,)") != std::string::npos, json);
  BOOST_TEST(json.find(R"("last_rule": 14)") != std::string::npos, json);
}

BOOST_AUTO_TEST_CASE(many_rules_for_one_label) {
  std::string rules;
  for (int i = 1; i <= 20; ++i) rules += fmt::format("{{target_label: l, replacement: v{}}}, ", i);
  Check({{"they are told together",
          {.job = Job("metric_relabel_configs: [" + rules + "{source_labels: [l], regex: v20, action: drop}]")},
          "m",
          "46s",
          Outcome::kNone,
          "dropped_by_relabelling",
          R"(no sample: rule 21 of metric_relabel_configs dropped it: l="v20" matches v20)",
          {"metric_relabel_configs rules 7 to 20 change l",
           R"(metric_relabel_configs rule 21 (drop): l="v20" matches v20: dropped)"}}});
}

BOOST_AUTO_TEST_CASE(what_is_left_out_is_counted) {
  const std::string labels = "a: 1, b: 2, c: 3, d: 4, e: 5, f: 6";
  Check({{"conflicts of labels",
          {.job = "job_name: j, static_configs: [{targets: ['a:80'], labels: {" + labels + "}}]",
           .exporter = "series: [{series: 'm{a=\"x\",b=\"x\",c=\"x\",d=\"x\",e=\"x\",f=\"x\"}', values: '1x9'}]"},
          "m",
          "46s",
          Outcome::kSample,
          "scraped",
          "1, stored by scrape 3 from body 1:1",
          {"left out here: 3 more links that count less"}}});
  std::string pauses;
  for (int i = 46; i < 56; i += 2) pauses += fmt::format("  - {{at: {}s, pause: 1s}}\n", i);
  Check({{"events",
          {.events = Trouble("commit: {delay: 30s}") + pauses, .duration = "3m"},
          "m",
          "46s",
          Outcome::kSample,
          "scraped",
          "3, stored by scrape 3 from body 1:1",
          {"event since 50s: the process stands still for 1s (and 3 more events before it)"}}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
