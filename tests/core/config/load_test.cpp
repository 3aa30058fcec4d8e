// SPDX-License-Identifier: Apache-2.0
// Loading as a whole: defaults, inheritance, checks in order, files, the environment, equality.
#include <boost/test/unit_test.hpp>

#include "core/config/config.h"
#include "core/config/dump.h"
#include "core/config/paths.h"
#include "tests/core/config/load_fixture.h"

namespace stalemark {
namespace {

using test::Load;
using test::LoadError;
using test::MemoryFiles;
using test::Options;

constexpr std::string_view kJob = "scrape_configs:\n- job_name: a\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(load)

BOOST_AUTO_TEST_CASE(CFG_10_defaults) {
  const Config config = Load("");
  BOOST_TEST((config.global == GlobalConfig{}));
  BOOST_TEST(config.loaded);
}

BOOST_AUTO_TEST_CASE(CFG_02_a_null_document_sets_nothing) {
  const Config config = Load("~\n");
  BOOST_TEST(DumpConfig(config, {}) == "{\"global\":{}}");
}

BOOST_AUTO_TEST_CASE(CFG_04_an_empty_block_unsets_the_escaping) {
  BOOST_TEST(Load("global:\n").global.metric_name_escaping_scheme == "allow-utf-8");
  BOOST_TEST(Load("global: {}\n").global.metric_name_escaping_scheme == "");
}

BOOST_AUTO_TEST_CASE(CFG_21_inheritance) {
  const Config config = Load(
      "global: {scrape_interval: 5s, sample_limit: 9, scrape_failure_log_file: f.log, scrape_native_histograms: true}\n"
      "scrape_configs:\n- job_name: a\n- job_name: b\n  sample_limit: 3\n  scrape_native_histograms: false\n");
  const ScrapeConfig& a = config.scrape_configs[0];
  const ScrapeConfig& b = config.scrape_configs[1];
  BOOST_TEST((a.scrape_interval == std::chrono::seconds{5}));
  BOOST_TEST((a.scrape_timeout == std::chrono::seconds{5}));
  BOOST_TEST(a.sample_limit == 9u);
  BOOST_TEST(b.sample_limit == 3u);
  BOOST_TEST(a.scrape_failure_log_file == "/etc/prom/f.log");
  BOOST_TEST((a.scrape_protocols.front() == ScrapeProtocol::kPrometheusProto));
  BOOST_TEST((b.scrape_protocols.front() == ScrapeProtocol::kOpenMetricsText1_0_0));
}

BOOST_AUTO_TEST_CASE(CFG_26_feature_defaults) {
  LoadOptions options = Options();
  options.defaults.proto_first = true;
  options.defaults.extra_scrape_metrics = true;
  const Config config = Load(kJob, options);
  BOOST_TEST(config.scrape_configs[0].scrape_protocols.size() == 5u);
  BOOST_TEST(config.scrape_configs[0].extra_scrape_metrics);
}

BOOST_AUTO_TEST_CASE(CFG_33_errors) {
  const struct {
    const char* name;
    std::string text;
    std::string expected;
  } rows[] = {
      {"null job", "scrape_configs:\n-\n", "empty or null scrape config section"},
      {"no name", "scrape_configs:\n- honor_labels: true\n", "job_name is empty"},
      {"two of a name", "scrape_configs:\n- job_name: a\n- job_name: a\n",
       "found multiple scrape configs with job name \"a\""},
      {"decoding of a later job comes before checks of an earlier",
       "scrape_configs:\n- job_name: a\n"
       "  scrape_timeout: 2m\n- {}\n",
       "job_name is empty"},
      {"timeout", std::string(kJob) + "  scrape_timeout: 2m\n",
       "scrape timeout greater than scrape interval for scrape config with job name \"a\""},
      {"static target", std::string(kJob) + "  static_configs:\n  - targets: ['http://a']\n",
       "\"http://a\" is not a valid hostname"},
      {"null group", std::string(kJob) + "  static_configs:\n  -\n", "empty or null section in static_configs"},
      {"null rule", std::string(kJob) + "  relabel_configs:\n  -\n",
       "empty or null target relabeling rule in scrape config"},
      {"protocols", std::string(kJob) + "  scrape_protocols: [PrometheusProto, prometheusproto]\n",
       "duplicated protocol in scrape_protocols, got [PrometheusProto prometheusproto] for scrape config with job name "
       "\"a\""},
      {"legacy names cannot allow UTF-8",
       std::string(kJob) + "  metric_name_validation_scheme: legacy\n  metric_name_escaping_scheme: allow-utf-8\n",
       "utf8 metric names requested but validation scheme is not set to UTF8"},
      {"proxy", std::string(kJob) + "  proxy_url: 'http://[::1'\n", "parse \"http://[::1\": missing ']' in host"},
      {"header", std::string(kJob) + "  http_headers: {content-type: {values: [a]}}\n",
       "setting header \"Content-Type\" is not allowed"},
      {"unknown discovery", std::string(kJob) + "  dns_sd_configs: []\n",
       "yaml: unmarshal errors:\n  line 3: field dns_sd_configs not found in type config.ScrapeConfig"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(LoadError(row.text) == row.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(CFG_07_agent_mode) {
  LoadOptions options = Options();
  options.mode = LoadOptions::Mode::kAgent;
  BOOST_TEST(LoadError("rule_files: [a.yml]\n", options) ==
             "without prefix: field rule_files is not allowed in agent mode");
  BOOST_TEST(LoadError("alerting: {alertmanagers: []}\n", options) == "");
}

BOOST_AUTO_TEST_CASE(CFG_05_environment) {
  LoadOptions options = Options();
  options.environment = {{"FOO", "bar"}};
  const Config config =
      Load("global:\n  external_labels: {a: '$FOO-${FOO}$$', b: '${NO PE}', c: '$-', d: '${x'}\n", options);
  BOOST_TEST(config.global.external_labels.at("a") == "bar-bar$");
  BOOST_TEST(config.global.external_labels.at("b") == "");
  BOOST_TEST(config.global.external_labels.at("d") == "x");
  BOOST_REQUIRE(config.warnings.size() == 2u);
  BOOST_TEST(config.warnings[0] == "level=WARN msg=\"Empty environment variable\" name=\"NO PE\"");
}

BOOST_AUTO_TEST_CASE(CFG_51_jobs_in_files) {
  MemoryFiles files;
  files.contents["/etc/prom/jobs/a.yml"] = "scrape_configs:\n- job_name: x\n  scrape_failure_log_file: own.log\n";
  const Config config = Load("scrape_config_files: ['jobs/*.yml']\n" + std::string(kJob));
  const Result<std::vector<ScrapeConfig>> jobs = ScrapeConfigs(config, Options(), files);
  BOOST_REQUIRE(jobs.ok());
  BOOST_REQUIRE(jobs->size() == 2u);
  BOOST_TEST((*jobs)[1].scrape_failure_log_file == "/etc/prom/jobs/own.log");

  files.contents["/etc/prom/jobs/b.yml"] = "scrape_configs:\n- job_name: a\n";
  BOOST_TEST(ScrapeConfigs(config, Options(), files).error().message ==
             "\"/etc/prom/jobs/b.yml\": found multiple scrape configs with job name \"a\", first found in main config "
             "file");
}

BOOST_AUTO_TEST_CASE(CFG_53_only_loaded_configurations_have_jobs) {
  BOOST_TEST(ScrapeConfigs(Config{}, Options(), MemoryFiles{}).error().message ==
             "scrape config cannot be fetched, main config was not validated and loaded correctly; should not happen");
}

BOOST_AUTO_TEST_CASE(RELOAD_01_deep_equality) {
  const std::string text = std::string(kJob) + "  relabel_configs: [{regex: 'a.*', target_label: t}]\n";
  BOOST_TEST((Load(text) == Load(text)));
  BOOST_TEST(!(Load(text) == Load(std::string(kJob) + "  relabel_configs: [{regex: 'b.*', target_label: t}]\n")));
  BOOST_TEST(!(Load(kJob) == Load(std::string(kJob) + "  static_configs: [{targets: [a]}]\n")));
}

BOOST_AUTO_TEST_CASE(CFG_20_other_discovery_can_be_kept) {
  LoadOptions options = Options();
  options.other_discovery = LoadOptions::OtherDiscovery::kKeepOpaque;
  const Config config = Load(std::string(kJob) + "  dns_sd_configs: [{names: [x], port: 9}]\n", options);
  BOOST_REQUIRE(config.scrape_configs[0].other_sd_configs.size() == 1u);
  BOOST_TEST(config.scrape_configs[0].other_sd_configs[0].text == "[{\"names\":[\"x\"],\"port\":9}]");
}

BOOST_AUTO_TEST_CASE(CFG_08_secrets_are_hidden) {
  const Config config =
      Load(std::string(kJob) + "  basic_auth: {username: u, password: p}\n  proxy_url: 'http://u:secret@h'\n");
  const std::string dump = DumpScrapeConfig(config.scrape_configs[0]);
  BOOST_TEST(dump.find("\"basic_auth\":{\"username\":\"u\",\"password\":\"<secret>\"}") != std::string::npos);
  BOOST_TEST(dump.find("\"proxy_url\":\"http://u:xxxxx@h\"") != std::string::npos);
  BOOST_TEST(config.scrape_configs[0].http_client.basic_auth->password == "p");
}

BOOST_AUTO_TEST_CASE(CFG_60_storage) {
  const Config config = Load("storage: {tsdb: {out_of_order_time_window: 30m, retention: {size: 1GB}}}\n");
  BOOST_TEST((config.storage.tsdb.out_of_order_time_window == std::chrono::minutes{30}));
  BOOST_TEST(DumpConfig(config, {}, {"storage"})
                 .find("\"storage\":{\"tsdb\":{\"outofordertimewindow\":1800000,\"out_of_order_time_window\":\"30m\","
                       "\"retention\":{\"size\":\"1GiB\"}}}") != std::string::npos);
  BOOST_TEST(LoadError("storage: {tsdb: {retention: {percentage: 100.5}}}\n") ==
             "'storage.tsdb.retention.percentage' must be in the range [0, 100], got 100.5");
}

BOOST_AUTO_TEST_CASE(CFG_62_remote_write) {
  const Config config = Load("remote_write: [{url: 'http://u:p@r/w'}]\n");
  BOOST_REQUIRE(config.remote_write.size() == 1u);
  BOOST_TEST(!config.remote_write[0].http_client.enable_http2);
  BOOST_TEST(DumpConfig(config, {}, {"remote_write"}).find("http://u:xxxxx@r/w") != std::string::npos);
  BOOST_TEST(LoadError("remote_write: [{name: x}]\n") == "url for remote_write is empty");
  BOOST_TEST(LoadError("remote_write: [{url: 'http://r', queue_config: }]\n") ==
             "remote write queue max_shards must be positive");
  BOOST_TEST(LoadError("remote_write: [{url: 'http://r', basic_auth: {username: u}, sigv4: {region: x}}]\n") ==
             "at most one of basic_auth, authorization, oauth2, sigv4, azuread or google_iam must be configured. "
             "Currently configured: [basic_auth sigv4]");
}

BOOST_AUTO_TEST_CASE(CFG_06_paths) {
  BOOST_TEST(JoinFolder("/a/b", "../c//d/.") == "/a/c/d");
  BOOST_TEST(JoinFolder("a", "../../c") == "../c");
  BOOST_TEST(JoinFolder("/a", "/x/../y") == "/x/../y");
  BOOST_TEST(JoinFolder("/a", "") == "");
  BOOST_TEST(DirectoryOf("prometheus.yml") == ".");
  BOOST_TEST(DirectoryOf("/prometheus.yml") == "/");
  BOOST_TEST(IsFilePattern("a/*b*.yml"));
  BOOST_TEST(!IsFilePattern("a/*/b.yml"));
  BOOST_TEST(IsGlobWellFormed("a[b-d]?\\*"));
  BOOST_TEST(!IsGlobWellFormed("a["));
  BOOST_TEST(!IsGlobWellFormed("a[]"));
  BOOST_TEST(!IsGlobWellFormed("a\\"));
}

BOOST_AUTO_TEST_CASE(CFG_08_other_mechanisms_are_dumped_as_they_were_read_without_secrets) {
  LoadOptions options = Options();
  options.other_discovery = LoadOptions::OtherDiscovery::kKeepOpaque;
  const struct {
    const char* name;
    const char* yaml;
    const char* json;
  } rows[] = {
      {"values", "dns_sd_configs: [{names: [a.b], port: 80, refresh_interval: 1m}]",
       R"("dns_sd_configs":[{"names":["a.b"],"port":80,"refresh_interval":"1m"}])"},
      {"secrets", "consul_sd_configs: [{token: t, basic_auth: {username: u, password: 'p\"'}, server: s}]",
       R"("consul_sd_configs":[{"token":"<secret>","basic_auth":{"username":"u","password":"<secret>"},"server":"s"}])"},
      {"lists of secrets", "nomad_sd_configs: [{http_headers: {X: {secrets: [a, 5], values: [b]}}}]",
       R"({"http_headers":{"X":{"secrets":["<secret>","<secret>"],"values":["b"]}}})"},
      {"below a secret", "eureka_sd_configs: [{proxy_connect_header: {A: [x], token: [y]}, server: z}]",
       R"([{"proxy_connect_header":{"A":["<secret>"],"token":["<secret>"]},"server":"z"}])"},
      {"the last name", "vultr_sd_configs: [{port: 1}]\n  static_configs: [{targets: [t]}]",
       R"("vultr_sd_configs":[{"port":1}],"static_configs":[)"},
      {"no secret", "linode_sd_configs: [{password: '', token: ~, region: r}]",
       R"([{"password":"","token":null,"region":"r"}])"},
      {"keys that are no text", "ec2_sd_configs: [{1: a, &k yes: b, ? [c] : d}, {*k : e}]",
       R"("ec2_sd_configs":[{"1":"a","yes":"b","[\"c\"]":"d"},{"yes":"e"}])"},
      {"in the order of names",
       "kubernetes_sd_configs: [{role: pod}]\n  azure_sd_configs: [{port: 1}]\n"
       "  file_sd_configs: [{files: [a.json]}]",
       R"("azure_sd_configs":[{"port":1}],"file_sd_configs":[{"files":["/etc/prom/a.json"],"refresh_interval":"5m"}],)"
       R"("kubernetes_sd_configs":[{"role":"pod"}]})"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const Config config = Load("scrape_configs:\n- job_name: a\n  " + std::string(row.yaml) + "\n", options);
      const std::string dump = DumpScrapeConfig(config.scrape_configs[0]);
      BOOST_TEST(dump.find(row.json) != std::string::npos, dump);
    }
  }
  const Config config = Load("scrape_configs:\n- job_name: a\n  dns_sd_configs: []\n", options);
  BOOST_TEST(DumpScrapeConfig(config.scrape_configs[0]).find("dns") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
