// SPDX-License-Identifier: Apache-2.0
// From discovered labels to a target's: defaults, relabelling, checks, by spec ID.
#include "core/scrape/populate.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace stalemark {
namespace {

ScrapeConfig Job(const std::string& settings) {
  const std::string text = "scrape_configs:\n- job_name: j\n  scrape_interval: 15s\n" +
                           (settings.empty() ? std::string() : "  " + settings + "\n");
  const Result<Config> config = LoadConfig(text, {});
  BOOST_REQUIRE_MESSAGE(config.ok(), (config.ok() ? "" : config.error().message));
  return config->scrape_configs[0];
}

/// The labels of a target, or the error.
std::string Populated(const LabelMap& target, const LabelMap& group = {}, const std::string& settings = "") {
  const Result<Labels> labels = PopulateLabels(Job(settings), target, group);
  return labels.ok() ? labels->ToString() : labels.error().message;
}

std::string Value(std::string_view name, const LabelMap& target, const LabelMap& group = {},
                  const std::string& settings = "") {
  const Result<Labels> labels = PopulateLabels(Job(settings), target, group);
  BOOST_REQUIRE(labels.ok());
  return std::string(labels->Get(name));
}

const LabelMap kHost = {{"__address__", "h"}};

}  // namespace

BOOST_AUTO_TEST_SUITE(populate)

BOOST_AUTO_TEST_CASE(TGT_02_TGT_05_defaults_fill_blanks_only) {
  BOOST_TEST(Value("job", kHost) == "j");
  BOOST_TEST(Value("__scrape_interval__", kHost) == "15s");
  BOOST_TEST(Value("__scrape_timeout__", kHost) == "10s");
  BOOST_TEST(Value("__metrics_path__", kHost) == "/metrics");
  BOOST_TEST(Value("__scheme__", kHost) == "http");
  BOOST_TEST(Value("job", kHost, {{"job", "g"}}) == "g");
  BOOST_TEST(Value("__scheme__", kHost, {{"__scheme__", "https"}}) == "https");
  BOOST_TEST(Value("__scrape_interval__", kHost, {{"__scrape_interval__", ""}}) == "15s");
  BOOST_TEST(Value("job", {{"__address__", "h"}, {"job", "t"}}, {{"job", "g"}}) == "t");
}

BOOST_AUTO_TEST_CASE(TGT_03_switches_of_histograms) {
  BOOST_TEST(Value("__scrape_native_histograms__", kHost) == "false");
  BOOST_TEST(Value("__scrape_native_histograms__", kHost, {}, "scrape_native_histograms: true") == "true");
  BOOST_TEST(Value("__always_scrape_classic_histograms__", kHost, {}, "always_scrape_classic_histograms: true") ==
             "true");
  BOOST_TEST(Value("__convert_classic_histograms_to_nhcb__", kHost, {}, "convert_classic_histograms_to_nhcb: true") ==
             "true");
}

BOOST_AUTO_TEST_CASE(TGT_10_a_drop_is_no_error) {
  BOOST_TEST(Populated(kHost, {}, "relabel_configs: [{action: drop, source_labels: [job], regex: j}]") == "{}");
}

BOOST_AUTO_TEST_CASE(TGT_12_TGT_13_TGT_19_addresses) {
  BOOST_TEST(Populated({{"__address__", "a/b"}}) == "\"a/b\" is not a valid hostname");
  BOOST_TEST(Value("__address__", {{"__address__", "a b:c"}}) == "a b:c");
  BOOST_TEST(Value("__address__", kHost) == "h");
  BOOST_TEST(Value("__address__", {{"__address__", "h:80"}}) == "h:80");
  BOOST_TEST(Value("instance", kHost) == "h");
  BOOST_TEST(Value("instance", {{"__address__", "h"}, {"instance", "i"}}) == "i");
  BOOST_TEST(Value("instance", kHost, {}, "relabel_configs: [{target_label: __address__, replacement: r}]") == "r");
}

BOOST_AUTO_TEST_CASE(TGT_14_TGT_15_TGT_16_times_in_labels) {
  const auto timed = [](const std::string& interval, const std::string& timeout) {
    return Populated({{"__address__", "h"}, {"__scrape_interval__", interval}, {"__scrape_timeout__", timeout}});
  };
  BOOST_TEST(timed("x", "1s") == "error parsing scrape interval: not a valid duration string: \"x\"");
  BOOST_TEST(timed("0s", "1s") == "scrape interval cannot be 0");
  BOOST_TEST(timed("5s", "1.5s") == "error parsing scrape timeout: unknown unit \".\" in duration \"1.5s\"");
  BOOST_TEST(timed("5s", "0") == "scrape timeout cannot be 0");
  BOOST_TEST(timed("5s", "6s") == "scrape timeout cannot be greater than scrape interval (\"6s\" > \"5s\")");
  BOOST_TEST(timed("5s", "5s").find("error") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
