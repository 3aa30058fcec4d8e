// SPDX-License-Identifier: Apache-2.0
// Explanations: for each situation the reason, the decisive sentence and links of the chain, as a reader gets them.
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/sim/explain/explain_fixture.h"

namespace stalemark::scenario {
namespace {

BOOST_AUTO_TEST_SUITE(explain)

BOOST_AUTO_TEST_CASE(samples) {
  Check({
      {"from a body",
       {},
       "m",
       "32s",
       Outcome::kSample,
       "scraped",
       "2, stored by scrape 2 from body 1:1",
       {"scrape 2 of j/a:80 begins, slot 1: every 15s from 15.546s",
        "response 200 OK, 4 bytes, text/plain; version=0.0.4; charset=utf-8", "body 1:1: m 2",
        R"(labels of the target are added: instance="a:80", job="j")",
        "the body gives no time: the sample gets the scrape's, 30.546s",
        "known to the scrape cache since scrape 1, body 1:1", "accepted by the storage and committed",
        "in chunk 1, sample 2 of 7"}},
      {"with a time of its own",
       {.exporter = Bodies({"# TYPE m gauge\\nm 5 1767225605000\\n"})},
       "m",
       "5s",
       Outcome::kSample,
       "scraped",
       "5, stored by scrape 1 from body 2:1",
       {"the body gives the time: 5.000s",
        "new to the scrape cache: labels, relabelling and limits were worked out now", "in chunk 1, sample 1 of 1"}},
      {"late after a pause",
       {.events = "  - {at: 50s, pause: 12s}\n"},
       "m",
       "1m2s",
       Outcome::kSample,
       "scraped",
       "4, stored by scrape 4 from body 1:1",
       {"scrape 4 of j/a:80 begins, slot 3: every 15s from 15.546s, 1s454ms late"}},
      {"relabelled",
       {.job = Job("metric_relabel_configs: [{source_labels: [code], regex: x, action: drop}, {source_labels: [code], "
                   "regex: '2..', replacement: 2xx, target_label: code}]"),
        .exporter = "series: [{series: 'm{code=\"200\"}', values: '1x9'}]"},
       "m",
       "32s",
       Outcome::kSample,
       "scraped",
       "1, stored by scrape 2 from body 1:1",
       {R"(metric_relabel_configs rule 2 (replace): code: "200" -> "2xx")"}},
      {"honor_labels off",
       {.exporter = "series: [{series: 'm{job=\"x\"}', values: '1x9'}]"},
       "m",
       "32s",
       Outcome::kSample,
       "scraped",
       "1, stored by scrape 2 from body 1:1",
       {R"(honor_labels is off: the exposed job="x" becomes exported_job, job is the target's)"}},
      {"up",
       {},
       "up",
       "32s",
       Outcome::kSample,
       "report",
       "1: scrape 2 succeeded",
       {"a series of Prometheus's own: written with every scrape, not read from the body"}},
      {"up of a failed scrape",
       {.events = Fault("fault: status, status: 503")},
       "up",
       "46s",
       Outcome::kSample,
       "report",
       "0: scrape 3 failed: server returned HTTP status 503 Service Unavailable",
       {"fault: status 503 on a:80 since 40s, for 10s"}},
  });
}

BOOST_AUTO_TEST_CASE(failed_scrapes) {
  const std::string slow = "scrape 3 was given up at 55.546s: timeout 10s, response head after 12s";
  const std::string slow_body = "scrape 3 was given up at 55.546s: timeout 10s, response head after 0s, body after 12s";
  Check({
      {"slow",
       {.events = Fault("fault: slow, delay: 12s")},
       "m",
       "46s",
       Outcome::kStaleMarker,
       "timeout",
       "a stale marker, because " + slow,
       {"fault: slow on a:80 since 40s, for 10s, delay 12s", slow, "last seen by scrape 2: body 1:1: m 2",
        "a failed scrape marks every series of the scrape before it as stale"}},
      {"a slow exporter, never stored",
       {.exporter = "series: [{series: m, values: '1x9'}], latency: 12s"},
       R"(m{instance="a:80",job="j"})",
       "16s",
       Outcome::kNone,
       "timeout",
       "no sample: scrape 1 was given up at 25.546s: timeout 10s, response head after 12s",
       {"no scrape before had it"}},
      {"slow body",
       {.events = Fault("fault: slow_body, delay: 12s")},
       "m",
       "46s",
       Outcome::kStaleMarker,
       "timeout",
       "a stale marker, because " + slow_body,
       {slow_body}},
      {"hang",
       {.events = Fault("fault: hang")},
       "m",
       "46s",
       Outcome::kStaleMarker,
       "timeout",
       "a stale marker, because scrape 3 was given up at 55.546s: timeout 10s, the exporter never answers",
       {}},
      {"dial timeout",
       {.events = Fault("fault: dial_timeout")},
       "m",
       "46s",
       Outcome::kStaleMarker,
       "timeout",
       "a stale marker, because scrape 3 was given up at 55.546s: timeout 10s, no connection",
       {}},
  });
}

BOOST_AUTO_TEST_CASE(scrapes_that_fail_without_a_timeout) {
  Check({
      {"the scrape after it",
       {.events = "  - {at: 40s, exporter: 'a:80', fault: refuse}\n"},
       "m",
       "61s",
       Outcome::kNone,
       "scrape_failed",
       R"(no sample: scrape 4 failed: Get "http://a:80/metrics": dial tcp a:80: connect: connection refused)",
       {"fault: refuse on a:80 since 40s", "last seen by scrape 2: body 1:1: m 2",
        "scrape 3 wrote its stale marker at 45.546s"}},
      {"the body does not parse, before the series",
       {.exporter = Bodies({"n 1\\nm 1\\n", "n{ 3\\nm 2\\n"})},
       "m",
       "31s",
       Outcome::kStaleMarker,
       "parse_failed",
       "a stale marker, because scrape 2 failed: the body does not parse at 1:4: expected label name, got \"3\" "
       "(\"INVALID\") while parsing: \"n{ 3\"",
       {"does not parse at body 1:4: n{ 3",
        "a scrape that fails keeps nothing of its body, also what stood before the error"}},
      {"the body does not parse, behind the series",
       {.exporter = Bodies({"m 1\\n", "m 2\\nn{ 3\\n"})},
       "m",
       "31s",
       Outcome::kNone,
       "parse_failed",
       "no sample: scrape 2 failed: the body does not parse at 2:4: expected label name, got \"3\" (\"INVALID\") while "
       "parsing: \"n{ 3\"",
       {"body 1:1: m 2", "does not parse at body 2:4: n{ 3", "rolled back",
        "the scrape saw the series before it failed: no stale marker is written"}},
      {"target_limit",
       {.job = "job_name: j, target_limit: 1, static_configs: [{targets: ['a:80', 'b:80']}]"},
       R"(up{instance="a:80",job="j"})",
       "32s",
       Outcome::kSample,
       "report",
       "0: scrape 2 asked for nothing: target_limit exceeded (number of targets: 2, limit: 1)",
       {}},
      {"still in flight",
       {.exporter = "series: [{series: m, values: '1x9'}], latency: 9s", .duration = "35s"},
       "m",
       "32s",
       Outcome::kNone,
       "in_flight",
       "no sample: scrape 2 is not over when the run ends",
       {}},
  });
}

BOOST_AUTO_TEST_CASE(what_the_body_does_not_give) {
  const std::string drop =
      Job("metric_relabel_configs: [{regex: env, action: labeldrop}, {source_labels: [__name__], regex: 'go_.*', "
          "action: drop}, {source_labels: [__name__], regex: old, replacement: new, target_label: __name__}]");
  Check({
      {"vanished",
       {.exporter = "series: [{series: m, values: '1x1 _x2 1x9'}, {series: 'm{x=\"1\"}', values: '1x99'}]"},
       R"(m{instance="a:80",job="j"})",
       "46s",
       Outcome::kStaleMarker,
       "vanished",
       "a stale marker, because scrape 3 did not find the series any more",
       {R"(nearest to it is body 1:1: m{x="1"} 1)", "last seen by scrape 2: body 1:1: m 1"}},
      {"gone",
       {.exporter = "series: [{series: m, values: '1x1 _x2 1x9'}]"},
       "m",
       "61s",
       Outcome::kNone,
       "not_exposed",
       "no sample: the body of scrape 4 does not have the series",
       {"last seen by scrape 2: body 1:1: m 1", "scrape 3 wrote its stale marker at 45.546s"}},
      {"gone, with times of its own",
       {.exporter = Bodies({"m 5 1767225605000\\n", "n 1\\n"})},
       "m",
       "31s",
       Outcome::kNone,
       "not_exposed",
       "no sample: the body of scrape 2 does not have the series",
       {"its samples had times of their own, so no stale marker is written (track_timestamps_staleness is off)"}},
      {"dropped",
       {.job = drop, .exporter = "series: [{series: 'go_x{env=\"p\"}', values: '1x9'}]"},
       R"(go_x{env="p"})",
       "32s",
       Outcome::kNone,
       "dropped_by_relabelling",
       R"(no sample: rule 2 of metric_relabel_configs dropped it: __name__="go_x" matches go_.*)",
       {R"(body 1:1: go_x{env="p"} 1)", R"(metric_relabel_configs rule 1 (labeldrop): removes env="p")",
        R"(metric_relabel_configs rule 2 (drop): __name__="go_x" matches go_.*: dropped)"}},
      {"renamed",
       {.job = drop, .exporter = "series: [{series: old, values: '1x9'}]"},
       "old",
       "32s",
       Outcome::kNone,
       "renamed_by_relabelling",
       R"(no sample: metric_relabel_configs made new{instance="a:80",job="j"} of body 1:1)",
       {R"(metric_relabel_configs rule 3 (replace): __name__: "old" -> "new")"}},
      {"unknown",
       {},
       "n",
       "32s",
       Outcome::kNone,
       "unknown_series",
       "no sample: no scrape of the run has this series",
       {}},
  });
}

BOOST_AUTO_TEST_CASE(collisions) {
  const std::string drop =
      Job("metric_relabel_configs: [{regex: y, action: labeldrop}, {regex: pod, action: labeldrop}]");
  const std::string first = "; of samples with one time the first is kept";
  Check({
      {"after a rule",
       {.job = drop,
        .exporter = "series: [{series: 'm{pod=\"a\"}', values: '1x9'}, {series: 'm{pod=\"b\"}', values: '2x9'}]"},
       "m",
       "16s",
       Outcome::kSample,
       "scraped",
       "1, stored by scrape 1 from body 1:1",
       {"these two exposed series became one after metric_relabel_configs rule 2: body 1:1 m{pod=\"a\"} and body 2:1 "
        "m{pod=\"b\"}" +
        first}},
      {"by honor_labels",
       {.job = Job("honor_labels: true"),
        .exporter = "series: [{series: m, values: '1x9'}, {series: 'm{job=\"j\"}', values: '2x9'}]"},
       "m",
       "16s",
       Outcome::kSample,
       "scraped",
       "1, stored by scrape 1 from body 1:1",
       {"these two exposed series became one when the target's labels were added (honor_labels is on): body 1:1 m and "
        "body 2:1 m{job=\"j\"}" +
        first}},
      {"twice in a body",
       {.exporter = Bodies({"m 1\\nm 2\\n"})},
       "m",
       "16s",
       Outcome::kSample,
       "scraped",
       "1, stored by scrape 1 from body 1:1",
       {"this series is exposed twice: body 1:1 m and body 2:1 m" + first}},
      {"in two spellings",
       {.exporter = Bodies({"m{} 1\\nm 2\\n"})},
       "m",
       "16s",
       Outcome::kSample,
       "scraped",
       "1, stored by scrape 1 from body 1:1",
       {"this series is exposed twice, in two spellings: body 1:1 m{} and body 2:1 m" + first}},
  });
}

BOOST_AUTO_TEST_CASE(limits_and_refusals) {
  const std::string values =
      "series: [{series: 'm{l=\"short\"}', values: '1x9'}, {series: 'm{l=\"much too long\"}', "
      "values: '_x1 1x9'}]";
  const std::string limited = Job("label_value_length_limit: 9");
  const std::string too_long =
      "scrape 2 failed: label_value_length_limit exceeded (metric: m, label name: l, value: "
      "\"much too long\", length: 13, limit: 9)";
  const std::string kept_nothing = "a scrape that fails keeps nothing of its body, also what stood before the error";
  Check({
      {"label_value_length_limit, this series",
       {.job = limited, .exporter = values},
       R"(m{l="much too long"})",
       "31s",
       Outcome::kNone,
       "limit",
       "no sample: " + too_long,
       {R"(label_value_length_limit: a label of this series, body 2:1: m{l="much too long"} 1)", kept_nothing}},
      {"label_value_length_limit, another series",
       {.job = limited, .exporter = values},
       R"(m{l="short"})",
       "31s",
       Outcome::kNone,
       "limit",
       "no sample: " + too_long,
       {R"(label_value_length_limit: a label of another series, body 2:1: m{l="much too long"} 1)"}},
      {"sample_limit, the sample that went beyond it",
       {.job = Job("sample_limit: 1"), .exporter = values},
       R"(m{l="much too long"})",
       "31s",
       Outcome::kNone,
       "limit",
       "no sample: scrape 2 failed: sample limit exceeded",
       {"a limit refused 1 of 30.546s: sample limit exceeded",
        "sample_limit is 1: 2 samples are left after metric relabelling", kept_nothing}},
      {"sample_limit from the first scrape on, a sample before it",
       {.job = Job("sample_limit: 1"), .exporter = "series: [{series: m, values: '1x9'}, {series: n, values: '1x9'}]"},
       "m",
       "16s",
       Outcome::kNone,
       "limit",
       "no sample: scrape 1 failed: sample limit exceeded",
       {"body 1:1: m 1", "rolled back"}},
      {"body_size_limit",
       {.job = Job("body_size_limit: 3B")},
       R"(m{instance="a:80",job="j"})",
       "31s",
       Outcome::kNone,
       "limit",
       "no sample: scrape 2 failed: body size limit exceeded",
       {}},
  });
}

BOOST_AUTO_TEST_CASE(refusals) {
  Check({
      {"out of order",
       {.exporter = Bodies({"m 1 1767225610000\\n", "m 2 1767225605000\\n"})},
       "m",
       "31s",
       Outcome::kNone,
       "refused",
       "no sample: the storage refused that of scrape 2: out of order sample",
       {"the storage refused 2 of 5.000s: out of order sample", "the series had 1 of 10.000s already, from scrape 1"}},
      {"duplicate",
       {.exporter = Bodies({"m 1 1767225610000\\n", "m 2 1767225610000\\n"})},
       "m",
       "31s",
       Outcome::kNone,
       "refused",
       "no sample: the storage refused that of scrape 2: duplicate sample for timestamp 1767225610000; overrides not "
       "allowed: existing 1, new value 2",
       {"the series had 1 of 10.000s already, from scrape 1"}},
      {"out of bounds",
       {.exporter = Bodies({"m 1\\n", "m 2 1767229200000\\n"})},
       "m",
       "31s",
       Outcome::kStaleMarker,
       "refused",
       "a stale marker, because scrape 2's sample was refused: out of bounds",
       {"its sample was refused: out of bounds"}},
      {"commit error",
       {.events = Trouble("commit: {error: disk full}")},
       "m",
       "46s",
       Outcome::kNone,
       "commit_failed",
       "no sample: the commit of scrape 3 failed: disk full",
       {"event since 40s, for 10s: commits to primary fail: disk full", "commit failed: disk full"}},
      {"append error",
       {.events = Trouble("append: {error: no memory}")},
       "m",
       "46s",
       Outcome::kNone,
       "append_failed",
       "no sample: scrape 3 failed: no memory",
       {"event since 40s, for 10s: appends to primary fail: no memory"}},
  });
}

BOOST_AUTO_TEST_CASE(no_scrape) {
  Check({
      {"before the first",
       {},
       "m",
       "6s",
       Outcome::kNone,
       "before_first_scrape",
       "no sample: the first scrape of j/a:80 is due at 15.546s",
       {}},
      {"before the target is known",
       {},
       "m",
       "2s",
       Outcome::kNone,
       "target_not_there",
       "no sample: j/a:80 is scraped only from 15.546s on",
       {}},
      {"behind a slow commit",
       {.events = Trouble("commit: {delay: 40s}")},
       "m",
       "61s",
       Outcome::kNone,
       "lost_tick",
       "no sample: no scrape began in the 15s from 60.546s on, because scrape 3 was running from 45.546s until 85.546s",
       {"event since 40s, for 10s: commits to primary take 40s", "scrape 3 is over: its commit has ended",
        "a loop has one scrape at a time, and keeps one tick at most for later"}},
      {"during a pause",
       {.events = "  - {at: 50s, pause: 40s}\n"},
       "m",
       "61s",
       Outcome::kNone,
       "lost_tick",
       "no sample: no scrape began in the 15s from 60.546s on, because the process stood still from 50.000s to 90.000s",
       {"event since 50s: the process stands still for 40s"}},
  });
}

BOOST_AUTO_TEST_CASE(a_secondary_storage_may_have_less) {
  const Parts parts{.events = Trouble("commit: {storage: secondary 1, error: gone}"),
                    .top = "storage: {secondaries: 1}\n"};
  const Result<Explanation> primary = Ask(parts, "m", "46s");
  BOOST_TEST(primary->headline == "3, stored by scrape 3 from body 1:1");
  const Result<Explanation> secondary = Ask(parts, "m", "46s", 1);
  BOOST_TEST(secondary->headline == "no sample: the commit of scrape 3 failed: gone");
  BOOST_TEST(Ask(parts, "m", "46s", 2).error().message == "there is no secondary 2: the scenario has 1");
}

BOOST_AUTO_TEST_CASE(an_instant_query_looks_back_five_minutes_up_to_a_marker) {
  const Parts parts{.exporter = "series: [{series: m, values: '1x1 _x99'}, {series: n, values: '7'}]",
                    .duration = "6m"};
  BOOST_TEST(Ask(parts, "m", "31s")->query->text == "an instant query at 31.000s sees 1, of 30.546s");
  BOOST_TEST(Ask(parts, "m", "2s")->query->text ==
             "an instant query at 2.000s sees nothing: there is no sample up to then");
  BOOST_TEST(Ask(parts, "m", "46s")->query->text ==
             "an instant query at 46.000s sees nothing: the newest sample is the stale marker of 45.546s");
  const Parts failing{.exporter = Bodies({"m 5 1767225605000\\n", "n 1\\n"}), .duration = "6m"};
  BOOST_TEST(Ask(failing, "m", "304.999s")->query->text == "an instant query at 304.999s sees 5, of 5.000s");
  BOOST_TEST(Ask(failing, "m", "305s")->query->text ==
             "an instant query at 305.000s sees nothing: the newest sample, of 5.000s, is 5m old or older");
}

BOOST_AUTO_TEST_CASE(questions_without_one_answer) {
  const Parts two{.exporter = "series: [{series: 'm{x=\"1\"}', values: '1x9'}, {series: 'm{x=\"2\"}', values: '1x9'}]"};
  BOOST_TEST(Ask(two, "m", "32s").error().message ==
             "m are 2 series: give more labels\n  m{instance=\"a:80\",job=\"j\",x=\"1\"}\n  "
             "m{instance=\"a:80\",job=\"j\",x=\"2\"}");
  BOOST_TEST(Ask({}, "m", "3m").error().message == "the run lasts 2m, from 0s");
  BOOST_TEST(Ask({}, "ups", "32s")->next == R"(did you mean up{instance="a:80",job="j"}?)");
}

BOOST_AUTO_TEST_CASE(times) {
  const WallTime start{std::chrono::seconds(1'767'225'600)};
  const auto ms = [&](const std::string& text) -> std::int64_t {
    const Result<Nanoseconds> time = ParseExplainTime(text, start);
    return time.ok() ? *time / std::chrono::milliseconds(1) : -1;
  };
  BOOST_TEST(ms("1m18s139ms") == 78'139);
  BOOST_TEST(ms("1m18.139s") == 78'139);
  BOOST_TEST(ms("78.139s") == 78'139);
  BOOST_TEST(ms("2026-01-01T00:01:18.139Z") == 78'139);
  for (const char* wrong : {"", "78", "1.x2s", ".5s", "soon", "1m.5s"}) BOOST_TEST(ms(wrong) == -1, wrong);
}

BOOST_AUTO_TEST_CASE(json_has_the_links_in_typed_form) {
  const Parts parts{.events = Fault("fault: refuse")};
  const std::string json = ExplanationJson(*Ask(parts, "m", "46s"));
  for (const char* part :
       {R"("outcome": "stale_marker")", R"("reason": "scrape_failed")", R"("kind": "event")", R"("at_seconds": 40.0)",
        R"("scrape": 2)", R"("number": 2)", R"("line": 1)", R"("t_ms": 1767225646000)"}) {
    BOOST_TEST(json.find(part) != std::string::npos, part << " in " << json);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
