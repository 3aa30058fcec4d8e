// SPDX-License-Identifier: Apache-2.0
// What configurations are refused for, and what they inherit, by spec ID. Each row: a job or section, upstream's text;
// an empty text: it loads.
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/core/config/load_fixture.h"

namespace stalemark {
namespace {

using test::Load;
using test::LoadError;
using test::MemoryFiles;
using test::Options;

struct Row {
  const char* text;
  const char* expected;
};

/// Rows of settings of one job named `a`.
template <std::size_t N>
void CheckJobs(const Row (&rows)[N]) {
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      BOOST_TEST(LoadError("scrape_configs:\n- job_name: a\n  " + std::string(row.text) + "\n") == row.expected);
    }
  }
}

/// Rows of whole configurations.
template <std::size_t N>
void CheckConfigs(const Row (&rows)[N]) {
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      BOOST_TEST(LoadError(row.text) == row.expected);
    }
  }
}

ScrapeConfig Job(const std::string& settings, const std::string& global = "") {
  return Load(global + "scrape_configs:\n- job_name: a\n  " + settings + "\n").scrape_configs[0];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(validation)

BOOST_AUTO_TEST_CASE(CFG_03_a_null_global_is_absent_and_an_empty_one_is_not) {
  BOOST_TEST(Load("global:\n").global.metric_name_escaping_scheme == "allow-utf-8");
  BOOST_TEST(Load("global: {}\n").global.metric_name_escaping_scheme == "");
  BOOST_TEST((Load("global:\n").global.scrape_interval == std::chrono::minutes{1}));
}

BOOST_AUTO_TEST_CASE(CFG_11_CFG_12_CFG_13_CFG_14_global_settings) {
  CheckConfigs({
      {"global: {scrape_interval: 15s, scrape_timeout: 16s}", "global scrape timeout greater than scrape interval"},
      {"global: {scrape_interval: 0, scrape_timeout: 60s}", ""},
      {"global: {scrape_interval: 0, scrape_timeout: 61s}", "global scrape timeout greater than scrape interval"},
      {"global: {external_labels: {'': x}}", "\"\" is not a valid label name"},
      {"global: {external_labels: {a-b: x}}", ""},
      {"global: {metric_name_validation_scheme: legacy, external_labels: {a-b: x}}",
       "\"a-b\" is not a valid label name"},
      {"global: {external_labels: {a: !!binary /w==}}", "\"\\xff\" is not a valid label value"},
      {"global: {metric_name_validation_scheme: UTF8}", "unrecognized ValidationScheme: \"UTF8\""},
      {"global: {metric_name_validation_scheme: ''}", ""},
      {"global: {scrape_protocols: []}", "scrape_protocols cannot be empty for global config"},
  });
}

BOOST_AUTO_TEST_CASE(CFG_22_CFG_36_times_of_a_job) {
  CheckJobs({
      {"scrape_timeout: 61s", "scrape timeout greater than scrape interval for scrape config with job name \"a\""},
      {"scrape_interval: 10", "not a valid duration string: \"10\""},
      {"scrape_interval: -1h", "not a valid duration string: \"-1h\""},
      {"scrape_interval: 0", ""},
  });
  BOOST_TEST((Job("scrape_interval: 5s").scrape_timeout == std::chrono::seconds{5}));
  BOOST_TEST((Job("scrape_interval: 5m").scrape_timeout == std::chrono::seconds{10}));
}

BOOST_AUTO_TEST_CASE(CFG_23_CFG_24_names_of_jobs) {
  CheckConfigs({
      {"scrape_configs: [{scheme: http}]", "job_name is empty"},
      {"scrape_configs: [{job_name: a}, {job_name: a}]", "found multiple scrape configs with job name \"a\""},
      {"scrape_configs: [~]", "empty or null scrape config section"},
      {"scrape_configs: [{job_name: 'x y/\\u00e9', metrics_path: '?', scheme: gopher}]", ""},
  });
}

BOOST_AUTO_TEST_CASE(CFG_25_slashes_in_static_targets) {
  CheckJobs({
      {"static_configs: [{targets: [a/b]}]", "\"a/b\" is not a valid hostname"},
      {"static_configs: [{targets: [a/b]}]\n  relabel_configs: [{target_label: x}]", ""},
  });
}

BOOST_AUTO_TEST_CASE(CFG_27_CFG_28_protocols) {
  const std::string supported =
      "supported: [OpenMetricsText0.0.1 OpenMetricsText1.0.0 PrometheusProto PrometheusText0.0.4 PrometheusText1.0.0]";
  const std::string job = " for scrape config with job name \"a\"";
  const auto error = [](const std::string& text) {
    return LoadError("scrape_configs:\n- job_name: a\n  " + text + "\n");
  };
  BOOST_TEST(error("scrape_protocols: []") == "scrape_protocols cannot be empty" + job);
  BOOST_TEST(error("scrape_protocols: [PrometheusProto, prometheusproto]") ==
             "duplicated protocol in scrape_protocols, got [PrometheusProto prometheusproto]" + job);
  BOOST_TEST(error("scrape_protocols: [x]") == "scrape_protocols: unknown scrape protocol x, " + supported + job);
  BOOST_TEST(error("fallback_scrape_protocol: x") ==
             "invalid fallback_scrape_protocol" + job + ": unknown scrape protocol x, " + supported);
  BOOST_TEST(error("fallback_scrape_protocol: [PrometheusProto]") ==
             "yaml: unmarshal errors:\n  line 3: cannot unmarshal !!seq into config.ScrapeProtocol");
}

BOOST_AUTO_TEST_CASE(CFG_30_CFG_31_CFG_32_names_and_escaping) {
  const std::string legacy = "global: {metric_name_validation_scheme: legacy}\n";
  BOOST_TEST((Job("honor_labels: true", legacy).metric_name_validation_scheme == ValidationScheme::kLegacy));
  BOOST_TEST(
      (Job("metric_name_validation_scheme: utf8", legacy).metric_name_validation_scheme == ValidationScheme::kUtf8));
  BOOST_TEST((Job("honor_labels: true", legacy).metric_name_escaping_scheme == EscapingScheme::kUnderscores));
  BOOST_TEST(
      (Job("metric_name_validation_scheme: utf8", legacy).metric_name_escaping_scheme == EscapingScheme::kAllowUtf8));
  BOOST_TEST((Job("honor_labels: true", "global: {metric_name_escaping_scheme: dots}\n").metric_name_escaping_scheme ==
              EscapingScheme::kDots));
  BOOST_TEST((Job("metric_name_escaping_scheme: values").metric_name_escaping_scheme == EscapingScheme::kValues));
  CheckJobs({
      {"metric_name_validation_scheme: legacy\n  metric_name_escaping_scheme: allow-utf-8",
       "utf8 metric names requested but validation scheme is not set to UTF8"},
      {"metric_name_escaping_scheme: x",
       "unknown scrape config name escaping method specified, must be one of 'allow-utf-8', 'underscores', 'dots', or "
       "'values', got \"x\""},
      {"metric_name_validation_scheme: x", "unrecognized ValidationScheme: \"x\""},
  });
  BOOST_TEST(LoadError("global: {metric_name_escaping_scheme: x}\nscrape_configs: [{job_name: a}]\n") ==
             "unknown global name escaping method specified, must be one of 'allow-utf-8', 'underscores', 'dots', or "
             "'values', got \"x\"");
}

BOOST_AUTO_TEST_CASE(CFG_40_REL_20_null_items) {
  CheckJobs({
      {"relabel_configs: [~]", "empty or null target relabeling rule in scrape config"},
      {"metric_relabel_configs: [~]", "empty or null metric relabeling rule in scrape config"},
      {"static_configs: [~]", "empty or null section in static_configs"},
      {"file_sd_configs: [~]", "empty or null section in file_sd_configs"},
      {"http_sd_configs: [~]", "empty or null section in http_sd_configs"},
      {"static_configs: [{}]", ""},
  });
  BOOST_TEST(LoadError("remote_write: [{url: 'http://r', write_relabel_configs: [~]}]\n") ==
             "empty or null relabeling rule in remote write config");
}

BOOST_AUTO_TEST_CASE(CFG_41_CFG_43_http_client_blocks) {
  CheckJobs({
      {"bearer_token: x\n  bearer_token_file: y", "at most one of bearer_token & bearer_token_file must be configured"},
      {"bearer_token: x\n  basic_auth: {username: u}",
       "at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured"},
      {"basic_auth: {username: u, username_file: f}",
       "at most one of basic_auth username, username_file & username_ref must be configured"},
      {"basic_auth: {password: u, password_file: f}",
       "at most one of basic_auth password, password_file & password_ref must be configured"},
      {"bearer_token: x\n  authorization: {credentials: y}",
       "authorization is not compatible with bearer_token & bearer_token_file"},
      {"authorization: {type: ' basic '}", "authorization type cannot be set to \"basic\", use \"basic_auth\" instead"},
      {"authorization: {credentials: y}\n  basic_auth: {username: u}",
       "at most one of basic_auth, oauth2 & authorization must be configured"},
      {"oauth2: {token_url: 'http://t'}", "oauth2 client_id must be configured"},
      {"oauth2: {client_id: c}", "oauth2 token_url must be configured"},
  });
  const ScrapeConfig old = Job("bearer_token: x");
  BOOST_REQUIRE(old.http_client.authorization.has_value());
  BOOST_TEST(old.http_client.authorization->type == "Bearer");
  BOOST_TEST(old.http_client.authorization->credentials == "x");
  BOOST_TEST(Job("authorization: {type: ' Token '}").http_client.authorization->type == "Token");
}

BOOST_AUTO_TEST_CASE(CFG_42_proxies_and_headers) {
  CheckJobs({
      {"proxy_connect_header: {a: [b]}",
       "if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured"},
      {"proxy_from_environment: true\n  proxy_url: http://p",
       "if proxy_from_environment is configured, proxy_url must not be configured"},
      {"proxy_from_environment: true\n  no_proxy: h",
       "if proxy_from_environment is configured, no_proxy must not be configured"},
      {"no_proxy: h", "if no_proxy is configured, proxy_url must also be configured"},
      {"http_headers: {user-agent: {values: [x]}}", "setting header \"User-Agent\" is not allowed"},
      {"tls_config: {min_version: tls12}", "unknown TLS version: tls12"},
  });
}

BOOST_AUTO_TEST_CASE(CFG_50_CFG_52_CFG_54_files_of_jobs) {
  BOOST_TEST(LoadError("scrape_config_files: ['*/a.yml']\n") == "invalid scrape config file path \"*/a.yml\"");
  MemoryFiles files;
  BOOST_TEST(ScrapeConfigs(Load("scrape_config_files: ['none*']\n"), Options(), files)->empty());
  // Loading looks at no file; fetching the jobs does, with the global settings.
  files.contents["/etc/prom/a.yml"] = "scrape_configs: [{job_name: b, scrape_timeout: 6s}]";
  const Config config = Load("global: {scrape_interval: 5s}\nscrape_config_files: [a.yml]\n");
  BOOST_TEST(ScrapeConfigs(config, Options(), files).error().message ==
             "\"/etc/prom/a.yml\": scrape timeout greater than scrape interval for scrape config with job name \"b\"");
  // A failure log that is still relative is joined once more.
  LoadOptions relative;
  relative.file_name = "d/prometheus.yml";
  files.contents = {{"d/jobs/a.yml", "scrape_configs: [{job_name: b}]"}};
  const Config main = Load("global: {scrape_failure_log_file: f.log}\nscrape_config_files: [jobs/a.yml]\n", relative);
  BOOST_TEST(ScrapeConfigs(main, relative, files)->at(0).scrape_failure_log_file == "d/jobs/d/f.log");
}

BOOST_AUTO_TEST_CASE(CFG_61_CFG_63_remote_write_queues) {
  const RemoteWriteConfig defaults = Load("remote_write: [{url: 'http://r'}]\n").remote_write[0];
  BOOST_TEST((defaults.remote_timeout == std::chrono::seconds{30}));
  BOOST_TEST(defaults.protobuf_message == "prometheus.WriteRequest");
  BOOST_TEST(!defaults.http_client.enable_http2);
  BOOST_TEST(defaults.queue.capacity == 10000);
  BOOST_TEST(defaults.queue.max_shards == 50);
  BOOST_TEST((defaults.queue.max_backoff == std::chrono::seconds{5}));
  CheckConfigs({
      {"remote_write: [{url: 'http://r', queue_config: {max_shards: 0}}]",
       "remote write queue max_shards must be positive"},
      {"remote_write: [{url: 'http://r', queue_config: {capacity: 0}}]",
       "remote write queue capacity must be positive"},
      {"remote_write: [{url: 'http://r', queue_config: {min_shards: 51}}]",
       "remote write queue min_shards must not be greater than max_shards"},
      {"remote_write: [{url: 'http://r', queue_config: {max_backoff: 1ms}}]",
       "remote write queue max_backoff must not be less than min_backoff"},
  });
}

BOOST_AUTO_TEST_CASE(REL_04_REL_23_nulls_in_rules) {
  const auto rule = [](const std::string& text) { return Job("relabel_configs: [{" + text + "}]").relabel_configs[0]; };
  // `regex:` matches the empty value only; absent it matches anything.
  BOOST_TEST(rule("regex: ~, target_label: t").regex.text() == "");
  BOOST_TEST(rule("regex: '', target_label: t").regex.text() == "");
  BOOST_TEST(rule("target_label: t").regex.text() == "(.*)");
  BOOST_TEST(rule("separator: ~, target_label: t").separator == "");
  BOOST_TEST(rule("replacement: ~, target_label: t").replacement == "");
  BOOST_TEST(rule("action: hashmod, source_labels: [a], target_label: t, modulus: 1.5").modulus == 1u);
  CheckJobs({{"relabel_configs: [{action: ~, target_label: t}]", "relabel action cannot be empty"}});
}

BOOST_AUTO_TEST_CASE(REL_19_REL_24_order_of_the_errors_of_rules) {
  CheckJobs({
      {"relabel_configs: [{source_labels: ['']}]", "\"\" is not a valid label name"},
      // All rules are decoded before the first is validated, and a bad regex hides what was collected.
      {"relabel_configs: [{}, {regex: '('}]", "error parsing regexp: missing closing ): `^(?s:()$`"},
      {"relabel_configs: [{modulus: x}, {action: foo}]", "unknown relabel action \"foo\""},
      {"relabel_configs: [{}, {action: hashmod}]",
       "relabel configuration for replace action requires 'target_label' value"},
  });
}

BOOST_AUTO_TEST_CASE(SD_02_static_groups_are_numbered) {
  const ScrapeConfig job = Job("static_configs: [{targets: [a]}, {targets: [b], labels: {x: y}}]");
  BOOST_REQUIRE(job.static_configs.size() == 2u);
  BOOST_TEST(job.static_configs[0].source == "0");
  BOOST_TEST(job.static_configs[1].source == "1");
  BOOST_TEST(job.static_configs[1].labels.at("x") == "y");
  CheckJobs({{"static_configs: [{source: x}]",
              "yaml: unmarshal errors:\n  line 3: field source not found in type struct { Targets []string "
              "\"yaml:\\\"targets\\\"\"; Labels model.LabelSet \"yaml:\\\"labels\\\"\" }"}});
}

BOOST_AUTO_TEST_CASE(SD_20_SD_30_file_and_http_discovery) {
  CheckJobs({
      {"file_sd_configs: [{}]", "file service discovery config must contain at least one path name"},
      {"file_sd_configs: [{files: [a.txt]}]", "path name \"a.txt\" is not valid for file discovery"},
      {"file_sd_configs: [{files: ['*/a.json']}]", "path name \"*/a.json\" is not valid for file discovery"},
      {"file_sd_configs: [{files: ['d/*a.YAML']}]", ""},
      {"http_sd_configs: [{}]", "URL is missing"},
      {"http_sd_configs: [{url: 'ftp://h'}]", "URL scheme must be 'http' or 'https'"},
      {"http_sd_configs: [{url: 'http:///p'}]", "host is missing in URL"},
  });
  BOOST_TEST(
      (Job("file_sd_configs: [{files: [a.json]}]").file_sd_configs[0].refresh_interval == std::chrono::minutes{5}));
  BOOST_TEST(
      (Job("http_sd_configs: [{url: 'http://h'}]").http_sd_configs[0].refresh_interval == std::chrono::seconds{60}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
