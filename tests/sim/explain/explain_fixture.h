// SPDX-License-Identifier: Apache-2.0
// Explanations in tests: a scenario with places to fill, a question, and the rows of a table that say what the answer
// must be.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "sim/explain/explain.h"
#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {

/// A job `j` with the target `a:80`, scraped at 15.546 s and every 15 s from there on.
struct Parts {
  std::string job = "job_name: j, static_configs: [{targets: ['a:80']}]";
  std::string exporter = "series: [{series: m, values: '1+1x100'}]";
  std::string events = "";
  std::string top = "";
  std::string duration = "2m";
  /// More of prometheus.yml, in flow style.
  std::string config = "";
  /// More exporters, a line each.
  std::string exporters = "";
};

/// The job with more keys.
inline std::string Job(const std::string& more) {
  return "job_name: j, static_configs: [{targets: ['a:80']}], " + more;
}

inline std::string TextOf(const Parts& parts) {
  std::string text = "name: t\nduration: " + parts.duration + "\n" + parts.top +
                     "prometheus:\n  hostname: prom-0\n  config:\n    global: {scrape_interval: 15s}\n"
                     "    scrape_configs:\n    - {" +
                     parts.job + "}\n" + (parts.config.empty() ? "" : "    " + parts.config + "\n") +
                     "exporters:\n  a:80: {" + parts.exporter + "}\n" + parts.exporters;
  if (!parts.events.empty()) text += "events:\n" + parts.events;
  return text;
}

inline ScenarioResult RunInDetail(const Scenario& scenario) {
  RunOptions options;
  options.trace = trace::Level::kDetail;
  return RunScenario(scenario, options);
}

inline Result<Explanation> Ask(const Parts& parts, const std::string& series, const std::string& at,
                               std::size_t storage = 0) {
  const Result<Scenario> loaded = LoadText(TextOf(parts));
  if (!loaded.ok()) return Error{"load: " + loaded.error().message};
  const ScenarioResult result = RunInDetail(*loaded);
  return Explain(*loaded, result, {*ParseExplainSubject(series), storage, *ParseExplainTime(at, loaded->start)});
}

struct Row {
  std::string name;
  Parts parts;
  std::string series;
  std::string at;
  Outcome outcome;
  std::string reason;
  std::string headline;
  /// Each is the whole text of a link.
  std::vector<std::string> links;
  /// Begins no link.
  std::string missing = "";
};

inline void CheckRow(const Row& row) {
  BOOST_TEST_CONTEXT(row.name) {
    const Result<Explanation> found = Ask(row.parts, row.series, row.at);
    BOOST_REQUIRE_MESSAGE(found.ok(), (found.ok() ? std::string() : found.error().message));
    const std::string text = ExplanationText(*found);
    BOOST_TEST_INFO(text);
    BOOST_TEST(OutcomeText(found->outcome) == OutcomeText(row.outcome));
    BOOST_TEST_INFO(text);
    BOOST_TEST(found->reason == row.reason);
    BOOST_TEST_INFO(text);
    BOOST_TEST(found->headline == row.headline);
    BOOST_TEST(found->chain.size() <= kChainMax);
    for (const Link& one : found->chain) {
      const bool begins = !row.missing.empty() && one.text.compare(0, row.missing.size(), row.missing) == 0;
      BOOST_TEST(!begins, one.text << "\nis there in\n" << text);
    }
    for (const std::string& link : row.links) {
      bool is_there = false;
      for (const Link& one : found->chain) is_there = is_there || one.text == link;
      BOOST_TEST(is_there, link << "\nis missing in\n" << text);
    }
  }
}

inline void Check(std::initializer_list<Row> rows) {
  for (const Row& row : rows) CheckRow(row);
}

/// Responses with these bodies, one after the other.
inline std::string Bodies(std::initializer_list<std::string_view> bodies) {
  std::string text = "responses: [";
  for (const std::string_view body : bodies) {
    text += text.back() == '[' ? "" : ", ";
    text += "{body: \"" + std::string(body) + "\"}";
  }
  return text + "]";
}

/// Something that lasts from 40 s to 50 s.
inline std::string Trouble(const std::string& trouble) {
  return "  - {at: 40s, " + trouble + ", for: 10s}\n";
}

inline std::string Fault(const std::string& fault) {
  return Trouble("exporter: 'a:80', " + fault);
}

}  // namespace stalemark::scenario
