// SPDX-License-Identifier: Apache-2.0
// CFG-46: where errors are placed, and how they are shown.
#include "core/config/error_text.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/core/config/load_fixture.h"

namespace stalemark {
namespace {

using test::MemoryFiles;
using test::Options;

ConfigErrors Explain(std::string_view text, const MemoryFiles& files = {}) {
  return ExplainConfig(text, Options(), files);
}

/// `FILE:LINE:COL` of the first error.
std::string PlaceOf(std::string_view text, const MemoryFiles& files = {}) {
  const ConfigErrors errors = Explain(text, files);
  if (errors.empty()) return "none";
  return errors[0].file + ":" + std::to_string(errors[0].line) + ":" + std::to_string(errors[0].column);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(error_text)

BOOST_AUTO_TEST_CASE(CFG_46_errors_of_checks_are_placed_at_what_they_name) {
  const struct {
    const char* name;
    const char* text;
    const char* place;
  } rows[] = {
      {"setting", "global:\n  scrape_interval: 5s\n  scrape_timeout: 6s\n", "3:19"},
      {"quoted value", "scrape_configs:\n- job_name: a\n  static_configs:\n  - targets: [x, a/b]\n", "4:18"},
      {"second of two jobs", "scrape_configs:\n- job_name: a\n- job_name: a\n", "3:13"},
      {"setting within a block", "scrape_configs:\n- job_name: a\n  basic_auth: {username: u, username_file: f}\n",
       "3:26"},
      {"null item", "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - {target_label: x}\n  -\n", "5:4"},
      {"rule", "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - {target_label: x}\n  - {}\n", "5:5"},
      {"global setting that jobs check", "global:\n  metric_name_escaping_scheme: x\nscrape_configs:\n- job_name: a\n",
       "2:32"},
      {"unnamed", "scrape_configs:\n- scheme: http\n", "2:3"},
      {"key", "global:\n  metric_name_validation_scheme: legacy\n  external_labels:\n    a-b: x\n", "4:5"},
      {"pattern", "scrape_config_files:\n- ok.yml\n- 'jobs/[a'\n", "3:3"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(PlaceOf(row.text) == "/etc/prom/prometheus.yml:" + std::string(row.place));
    }
  }
  BOOST_TEST(PlaceOf("scrape_configs: []\n") == "none");
  // What is kept without being understood may hold nulls, and nest deeper than the walk goes.
  for (const std::size_t depth : {10u, 900u}) {
    const std::string deep = std::string(depth, '[') + "~" + std::string(depth, ']');
    LoadOptions options = Options();
    options.other_discovery = LoadOptions::OtherDiscovery::kKeepOpaque;
    const std::string text = "scrape_configs:\n- job_name: a\n  dns_sd_configs: " + deep + "\n-\n";
    const ConfigErrors errors = ExplainConfig(text, options, MemoryFiles());
    BOOST_REQUIRE(errors.size() == 1u);
    BOOST_TEST(errors[0].line == 4u);
  }
  MemoryFiles files;
  files.contents["/etc/prom/a.yml"] = "scrape_configs:\n- job_name: b\n  scrape_timeout: 2h\n";
  BOOST_TEST(PlaceOf("scrape_config_files: [a.yml]\n", files) == "/etc/prom/a.yml:3:19");
}

BOOST_AUTO_TEST_CASE(CFG_46_hints) {
  const auto line = [](std::string_view text) { return ErrorLine(Explain(text).at(0)); };
  BOOST_TEST(line("globla: {}\n") ==
             "/etc/prom/prometheus.yml:1:1: field globla not found in type config.plain (did you mean \"global\"?)");
  BOOST_TEST(line("global: {metric_name_validation_scheme: UTF8}\n")
                 .find("(expected a validation scheme: legacy, utf8; did you mean \"utf8\"?)") != std::string::npos);
  BOOST_TEST(line("scrape_configs: 5\n").find("(expected a list, with a - in front of each item)") !=
             std::string::npos);
  BOOST_TEST(line("a: 'x\n").find("(while scanning a quoted scalar that has no end)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(CFG_46_the_line_and_a_mark) {
  ConfigError error;
  error.line = 2;
  error.column = 4;
  error.found = "xyz";
  BOOST_TEST(ErrorExcerpt(error, "a\n\tb:xyz\n") == "    2 | \tb:xyz\n      | \t  ^^^");
  // Two bytes, one column.
  BOOST_TEST(ErrorExcerpt(error, "a\n\xC3\xA9:xyz\n") == "    2 | \xC3\xA9:xyz\n      |   ^^^");
  // What cannot be shown is a dot; of a long line a part is.
  error.found.clear();
  BOOST_TEST(ErrorExcerpt(error, "a\n\x01\xFFxy\n") == "    2 | ..xy\n      |    ^");
  error.column = 5000;
  BOOST_TEST(ErrorExcerpt(error, "a\n" + std::string(9000, 'x')).size() < 300u);
  error.column = 9;
  BOOST_TEST(ErrorExcerpt(error, "a\nb") == "    2 | b\n      |  ^");
  error.line = 0;
  BOOST_TEST(ErrorExcerpt(error, "a") == "");
}

BOOST_AUTO_TEST_CASE(CFG_46_a_mark_at_the_end_of_lines_as_long_as_can_be_shown) {
  for (const std::size_t length : {119u, 120u, 121u}) {
    BOOST_TEST_CONTEXT(length) {
      ConfigError error;
      error.line = 1;
      error.column = static_cast<std::uint32_t>(length + 1);
      const std::size_t shown = length > 120 ? 60 : length;
      BOOST_TEST(ErrorExcerpt(error, std::string(length, 'x')) ==
                 "    1 | " + std::string(shown, 'x') + "\n      | " + std::string(shown, ' ') + "^");
    }
  }
}

BOOST_AUTO_TEST_CASE(CFG_46_a_place_at_the_end_of_the_file_is_behind_the_last_line_with_a_text) {
  const struct {
    const char* name;
    const char* text;
    const char* line;
  } rows[] = {
      {"no line break at the end", "a: [", "1:5: yaml: line 1: did not find expected node content"},
      {"line break at the end", "a: [\n", "1:5: yaml: line 1: did not find expected node content"},
      {"blank lines at the end", "a:\n- [\n  \r\n\n", "2:4: yaml: line 4: did not find expected node content"},
      {"second line", "x: 1\na: [", "2:5: yaml: line 2: did not find expected node content"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const ConfigError error = Explain(row.text).at(0);
      BOOST_TEST(ErrorLine(error).find("/etc/prom/prometheus.yml:" + std::string(row.line)) == 0u, ErrorLine(error));
      BOOST_TEST(!ErrorExcerpt(error, row.text).empty());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
