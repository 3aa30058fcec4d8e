// SPDX-License-Identifier: Apache-2.0
// Loading scenarios: errors with exact places, and input that nobody should have written.
#include <string>

#include <boost/test/unit_test.hpp>

#include "sim/scenario/yaml_fields.h"
#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {
namespace {

/// The base file, with something more at its end.
std::string With(const std::string& more) {
  return TextOf({}) + more;
}

struct Row {
  const char* name;
  std::string text;
  const char* expected;
};
const Row kErrors[] = {
    {"unknown key", With("evnts: []\n"),
     "dir/s.yml:11:1: found unknown key \"evnts\", expected one of name, start, duration, seed, prometheus, files, "
     "targets, "
     "exporters, recording, storage, events, faults, expect (did you mean \"events\"?)"},
    {"key twice", With("seed: 1\nseed: 2\n"),
     "dir/s.yml:12:1: found key \"seed\" a second time, expected each key once"},
    {"list in place of a mapping", With("expect: [1]\n"),
     "dir/s.yml:11:9: found a list, expected a mapping with the keys samples, series, query, targets, scrapes, limits, "
     "metrics, "
     "pool_errors, store_digest, under_seeds"},
    {"bad duration", With("events: [{at: 5, pause: 1s}]\n"),
     "dir/s.yml:11:15: found \"5\", expected a duration such as 1m30s (did you mean \"5s\"?)"},
    {"too long", With("events: [{at: 5s, pause: 2y}]\n"),
     "dir/s.yml:11:26: found \"2y\", expected a duration of at most 366d"},
    {"behind the end", With("events: [{at: 3m, pause: 1s}]\n"),
     "dir/s.yml:11:15: found a time behind the end of the run, expected one up to its duration of 2m"},
    {"two actions", With("events: [{at: 1s, pause: 1s, clock: {step: 1s}}]\n"),
     "dir/s.yml:11:10: found 2 things that happen, expected exactly one of exporter, targets, reload, clock, pause, "
     "jitter, "
     "commit, append"},
    {"a second document", With("---\nexpect: {store_digest: '0'}\n"),
     "dir/s.yml:11:1: yaml: found a second document, expected one in a file"},
    {"nothing that happens", With("events: [{at: 1s}]\n"),
     "dir/s.yml:11:10: found nothing that happens, expected exactly one of exporter, targets, reload, clock, pause, "
     "jitter, commit, append"},
    {"slow without delay", With("events: [{at: 1s, exporter: 'a:80', fault: slow}]\n"),
     "dir/s.yml:11:44: found no delay, expected the key delay beside fault: how late it is, such as 3s"},
    {"a fault by its status", With("events: [{at: 1s, exporter: 'a:80', fault: http_503}]\n"),
     "dir/s.yml:11:44: found \"http_503\", expected fault: status, and beside it status: 503"},
    {"no status", With("faults: {swarm: {enabled: [http_99]}}\n"),
     "dir/s.yml:11:28: found 99, expected a status of HTTP, from 100 to 999"},
    {"a rate in percent", With("faults: {swarm: {rate: 5%}}\n"),
     "dir/s.yml:11:24: found \"5%\", expected a fraction such as 1/20, at most 1"},
    {"a commit without trouble", With("events: [{at: 1s, commit: {}}]\n"),
     "dir/s.yml:11:27: found neither delay nor error, expected one of them, or both"},
    {"no step", With("events: [{at: 1s, clock: {step: 0s}}]\n"),
     "dir/s.yml:11:26: found a step of 0s, expected a step that moves the clock, such as 90s or -90s"},
    {"unknown exporter", With("events: [{at: 1s, exporter: 'a:81', fault: refuse}]\n"),
     "dir/s.yml:11:29: found \"a:81\", expected an address under exporters (did you mean \"a:80\"?)"},
    {"unknown fault", With("events: [{at: 1s, exporter: 'a:80', fault: refused}]\n"),
     "dir/s.yml:11:44: found \"refused\", expected one of resolve, refuse, dial_timeout, tls, reset, "
     "reset_before_head, reset_in_head, hang, status, redirect, redirect_loop, truncate, reset_body, hang_body, slow, "
     "slow_body, drip, empty, extra_body, content_type, bad_gzip, gzip_bomb, oversize, corrupt, non_utf8 (did you mean "
     "\"refuse\"?)"},
    {"key that the fault does not use", With("events: [{at: 1s, exporter: 'a:80', fault: refuse, after: 3}]\n"),
     "dir/s.yml:11:59: found a key that refuse does not use, expected another fault, or no such key"},
    {"duration of an instant", With("events: [{at: 1s, pause: 1s, for: 3s}]\n"),
     "dir/s.yml:11:35: found key for, expected it with a fault at a time, jitter, drift, commit or append only"},
    {"no duration", With("events: [{at: 1s, jitter: {up_to: 1ms}, for: 0s}]\n"),
     "dir/s.yml:11:46: found 0, expected more than no time"},
    {"pauses without end", With("events: [{at: 1s, pause: 366d}, {at: 2s, clock: {step: -1s}}]\n"),
     "dir/s.yml:11:49: found clock steps and pauses of more than 366d in all, expected less"},
    {"no such storage", With("events: [{at: 1s, commit: {storage: secondary 1}}]\n"),
     "dir/s.yml:11:37: found \"secondary 1\", expected primary"},
    {"bad value in the notation", With("expect:\n  samples:\n  - {series: up, values: '1 2 x'}\n"),
     "dir/s.yml:13:31: no number, _, stale or histogram in \"x\""},
    {"bad series", With("expect: {samples: [{series: 'up{', values: '1'}]}\n"),
     "dir/s.yml:11:29: \"up{\" is no series such as up{job=\"a\"}"},
    {"values and points", With("expect: {samples: [{series: up, values: '1', points: []}]}\n"),
     "dir/s.yml:11:20: found values and points, expected the key series, and one of values and points, or exemplars or "
     "metadata"},
    {"unknown job", With("targets: {k: []}\n"),
     "dir/s.yml:11:11: found job \"k\", expected a job of the configuration (did you mean \"j\"?)"},
    {"no such file", With("targets: {j: t.json}\n"), "dir/s.yml:11:14: open dir/t.json: no such file or directory"},
    {"no such recording", "name: t\nduration: 1m\nprometheus: {config: {}}\nexporters: {'a:80': {fixture: nodes}}\n",
     "dir/s.yml:4:31: found \"nodes\", expected a recording: a folder fixtures/NAME with a responses.json, here or "
     "above"},
    {"stale cannot be exposed",
     "name: t\nduration: 1m\nprometheus: {config: {}}\nexporters: {'a:80': {series: [{series: m, values: '1 "
     "stale'}]}}\n",
     "dir/s.yml:4:51: found stale, expected values that can be exposed; a gap is _"},
    {"address without a port", "name: t\nduration: 1m\nprometheus: {config: {}}\nexporters: {a: {series: []}}\n",
     "dir/s.yml:4:13: found \"a\", expected an address with its port, such as a:80"},
    {"missing keys", "duration: 1m\n",
     "dir/s.yml:1:1: found no name, expected the keys name, duration and prometheus\n"
     "dir/s.yml:1:1: found no prometheus, expected the keys name, duration and prometheus"},
    {"feature", "name: t\nduration: 1m\nprometheus: {config: {}, features: [type-and-unit-label]}\n",
     "dir/s.yml:3:37: found \"type-and-unit-label\", expected one of metadata-wal-records, type-and-unit-labels, "
     "extra-scrape-metrics, created-timestamp-zero-ingestion, st-storage, st-synthesis, exemplar-storage (did you mean "
     "\"type-and-unit-labels\"?)"},
    {"run of no length", "name: t\nduration: 0s\nprometheus: {config: {}}\n",
     "dir/s.yml:2:11: found 0, expected more than no time"},
    {"empty", "", "dir/s.yml:1:1: found nothing, expected a scenario"},
    {"no mapping", "[]",
     "dir/s.yml:1:1: found a list, expected a scenario: a mapping with the keys name, duration, prometheus, ..."},
};

BOOST_AUTO_TEST_SUITE(scenario_load)

BOOST_AUTO_TEST_CASE(MGR_26_features_set_options_of_scraping_and_storage) {
  const auto load = [](const std::string& features) {
    const Result<Scenario> scenario = LoadText("name: t\nduration: 1m\nprometheus:\n  features: [" + features +
                                               "]\n  config: {scrape_configs: [{job_name: j}], storage: {tsdb: "
                                               "{out_of_order_time_window: 30s}, exemplars: {max_exemplars: 7}}}\n");
    BOOST_REQUIRE(scenario.ok());
    return *scenario;
  };
  const Scenario none = load("");
  BOOST_TEST(!none.scrape.parse_start_timestamps);
  BOOST_TEST(none.head.max_exemplars == 0u);
  BOOST_TEST(none.head.out_of_order_window_ms == 30'000);
  BOOST_TEST(load("exemplar-storage").head.max_exemplars == 7u);
  BOOST_TEST(load("st-synthesis").scrape.synthesize_start_timestamps);
  BOOST_TEST(load("metadata-wal-records").scrape.append_metadata);
  BOOST_TEST(load("type-and-unit-labels").scrape.type_and_unit_labels);
  BOOST_TEST(load("extra-scrape-metrics").config.load.defaults.extra_scrape_metrics);
  const Scenario created = load("created-timestamp-zero-ingestion");
  BOOST_TEST(created.scrape.parse_start_timestamps);
  BOOST_TEST(created.head.st_zero_samples);
  BOOST_TEST(created.config.load.defaults.proto_first);
  BOOST_TEST(load("st-storage").scrape.parse_start_timestamps);
  BOOST_TEST(load("st-storage").head.st_storage);
}

BOOST_AUTO_TEST_CASE(the_base_file_loads) {
  BOOST_TEST(LoadError(TextOf({})) == "");
}

BOOST_AUTO_TEST_CASE(errors_have_place_found_expected_and_nearest) {
  for (const Row& row : kErrors) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(LoadError(row.text) == row.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(errors_of_an_inline_configuration_are_at_the_scenarios_lines) {
  const std::string mapping =
      "name: t\nduration: 1m\nprometheus:\n  config:\n    globall: {}\n    scrape_configs: []\n";
  BOOST_TEST(LoadError(mapping) ==
             "dir/s.yml:5:5: field globall not found in type config.plain (did you mean \"global\"?)");
  const std::string block =
      "name: t\nduration: 1m\nprometheus:\n  config: |\n    globall: {}\n    scrape_configs: []\n";
  BOOST_TEST(LoadError(block) ==
             "dir/s.yml:5:1: field globall not found in type config.plain (did you mean \"global\"?)");
}

BOOST_AUTO_TEST_CASE(an_error_of_the_whole_document_has_no_place) {
  BOOST_TEST(LoadError(std::string((std::size_t{64} << 20) + 1, ' ')) ==
             "dir/s.yml: yaml: document is larger than 67108864 bytes");
}

BOOST_AUTO_TEST_CASE(a_referenced_configuration_names_its_own_file) {
  BundleFiles files;
  files.Set("dir/p/prometheus.yml", "global:\n  scrape_intervall: 5s\n");
  BOOST_TEST(LoadError("name: t\nduration: 1m\nprometheus: {config: p/prometheus.yml}\n", files) ==
             "dir/p/prometheus.yml:2:3: field scrape_intervall not found in type config.plain (did you mean "
             "\"scrape_interval\"?)");
}

BOOST_AUTO_TEST_CASE(a_job_that_discovers_its_targets_needs_them_given) {
  const std::string text =
      "name: t\nduration: 1m\nprometheus:\n  config:\n    scrape_configs:\n"
      "    - {job_name: k, kubernetes_sd_configs: [{role: pod}]}\n";
  BOOST_TEST(
      LoadError(text) ==
      "dir/s.yml:5:5: job \"k\" finds its targets with kubernetes_sd_configs, which does not run here: say what it "
      "finds, as in targets: {k: [{targets: ['host:9100'], labels: {env: prod}}]}");
  BOOST_TEST(LoadError(text + "targets: {k: [{targets: ['a:1']}]}\n") == "");
}

BOOST_AUTO_TEST_CASE(files_of_the_configuration_come_from_the_bundle_or_the_folder) {
  const std::string text = "name: t\nduration: 1m\nprometheus: {config: 'scrape_config_files: [jobs/*.yml]'}\n";
  const std::string block = "name: t\nduration: 1m\nprometheus:\n  config: {scrape_config_files: ['jobs/*.yml']}\n";
  const std::string job = "scrape_configs: [{job_name: k, http_sd_configs: [{url: 'http://x'}]}]\n";
  BundleFiles disk;
  disk.Set("dir/jobs/a.yml", job);
  const std::string expected =
      "dir/s.yml:4:11: job \"k\" finds its targets with http_sd_configs, which does not run here: say what it finds, "
      "as in targets: {k: [{targets: ['host:9100'], labels: {env: prod}}]}";
  BOOST_TEST(LoadError(block, disk) == expected);
  BOOST_TEST(LoadError(block + "files: {jobs/b.yml: \"" + job.substr(0, job.size() - 1) + "\"}\n") == expected);
  BOOST_TEST(LoadError(text).find("open dir/scrape_config_files") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(recordings_are_found_in_folders_above_and_checked) {
  const std::string text = "name: t\nduration: 1m\nprometheus: {config: {}}\nexporters: {'a:80': {fixture: rec}}\n";
  const auto error_of = [&](const std::string& json) {
    BundleFiles files;
    files.Set("fixtures/rec/responses.json", json);
    files.Set("fixtures/rec/b.txt", "m 1\n");
    return LoadError(text, files);
  };
  BOOST_TEST(error_of(R"({"format": 1, "responses": [{"status": 200, "body": "b.txt"}, {"fault": "refuse"}]})") == "");
  const std::string at = "dir/s.yml:4:31: fixtures/rec/responses.json: ";
  BOOST_TEST(error_of("{") == at + "found no JSON, expected a recording");
  BOOST_TEST(error_of(std::string(100'000, '[')) == at + "found no JSON, expected a recording");
  BOOST_TEST(error_of("[]") == at + "found no \"format\": 1, expected a recording");
  BOOST_TEST(error_of(R"({"format": 1, "responses": []})") ==
             at + "found no responses, expected a list of at least one");
  BOOST_TEST(error_of(R"({"format": 1, "responses": [{"status": 1e99, "body": "b.txt"}]})") ==
             at + "response 0: found neither a fault nor a status and a body");
  BOOST_TEST(error_of(R"({"format": 1, "responses": [{"status": 200, "body": "c.txt"}]})") ==
             at + "response 0: open fixtures/rec/c.txt: no such file or directory");
  BOOST_TEST(error_of(R"({"format": 1, "responses": [{"fault": "flood"}]})") ==
             at + "response 0: found fault \"flood\", expected refuse");
}

BOOST_AUTO_TEST_CASE(instants) {
  const auto millis = [](const char* text) {
    const std::optional<WallTime> instant = ParseInstant(text);
    return instant ? UnixMillis(*instant) : -1;
  };
  BOOST_TEST(millis("2026-01-01T00:00:00Z") == 1'767'225'600'000);
  BOOST_TEST(millis("2026-01-01T01:00:00.25+01:00") == 1'767'225'600'250);
  BOOST_TEST(millis("2024-02-29T00:00:00Z") == 1'709'164'800'000);
  for (const char* bad : {"", "2026", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z",
                          "2026-01-01 00:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z",
                          "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00+1", "9999-01-01T00:00:00Z"}) {
    BOOST_TEST_CONTEXT(bad) {
      BOOST_TEST(millis(bad) == -1);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_prefix_and_every_damaged_byte_ends_in_an_answer) {
  const std::string text = TextOf({.events = "  - {at: 5s, exporter: 'a:80', fault: truncate, after: 3, for: 10s}\n"
                                             "  - {at: 20s, reload: {scrape_configs: []}}\n",
                                   .samples = "  - {series: m, values: '1x3 _x2 stale'}\n"});
  for (std::size_t size = 0; size < text.size(); ++size) LoadError(text.substr(0, size));
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char c : {'{', ':', '\t', '\xff', '\0', '*'}) {
      std::string damaged = text;
      damaged[i] = c;
      LoadError(damaged);
    }
  }
}

BOOST_AUTO_TEST_CASE(hostile_yaml_ends_quickly) {
  BOOST_TEST(LoadError("name: " + std::string(100'000, '[')) != "");
  // Nine levels of ten aliases: 10^9 strings if they were written out.
  std::string bomb = "name: t\nduration: 1m\nexpect: {samples: &a0 [x]}\n";
  std::string levels = "name: t\nduration: 1m\nfiles: {f: {file: [";
  for (int level = 1; level <= 9; ++level) {
    levels += (level > 1 ? ", " : "") + std::string("&b") + std::to_string(level) + " [";
    for (int i = 0; i < 10; ++i) levels += level == 1 ? "x, " : "*b" + std::to_string(level - 1) + ", ";
    levels += "]";
  }
  BOOST_TEST(LoadError(levels + "]}}\nprometheus: {config: *b9}\n") != "");
  BOOST_TEST(LoadError("name: t\nduration: 1m\nprometheus: {config: &c {global: *c}}\n") != "");
  BOOST_TEST(LoadError(bomb) != "");
  BOOST_TEST(LoadError("name: t\nduration: 99999999999999999999d\nprometheus: {config: {}}\n") != "");
  BOOST_TEST(LoadError("name: \xff\xfe\n") != "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
