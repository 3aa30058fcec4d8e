// SPDX-License-Identifier: Apache-2.0
// What configurations are read with: YAML as a tree, whole configurations, the regular expressions of relabelling.
#include <algorithm>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/config/config.h"
#include "core/config/dump.h"
#include "core/config/yaml.h"
#include "core/relabel/regex.h"
#include "tests/fuzz/corpus.h"

namespace stalemark::fuzz {
namespace {

Corpus Configurations() {
  Corpus corpus;
  ForEachCase("config/config.jsonl", [&](const Json& test) { AddInput(corpus, conformance::TextOf(test, "yaml")); });
  AddInput(corpus,
           "scrape_configs:\n- job_name: a\n  dns_sd_configs: [{? [a] : b, password: x, c: {token: [d, {e: f}]}}]\n");
  AddInput(corpus, RepositoryFile("fixtures/scenarios/node_exporter/prometheus.yml"));
  corpus.words = {"- ",
                  "? ",
                  ": ",
                  "[",
                  "]",
                  "{",
                  "}",
                  "&a ",
                  "*a",
                  "<<: *a\n",
                  "!!str ",
                  "!!null",
                  "!!binary",
                  "|2-\n ",
                  ">+\n",
                  "\t",
                  "\"\\x41",
                  "\"\\U0010",
                  "---\n",
                  "...\n",
                  "%YAML 1.1\n",
                  "~",
                  "\xef\xbb\xbf",
                  "\xff\xfe",
                  "\xc2\x85",
                  "0x7fffffffffffffff",
                  "1_0.5e3",
                  "0o7",
                  ".nan",
                  "yes",
                  "# x\n",
                  "${A}",
                  "$(",
                  "relabel_configs: [{regex: '(a', action: keep}]\n",
                  "static_configs: [{targets: [a]}]\n"};
  // Nearly as deep as is allowed; with what is put in, deeper.
  std::string deep;
  for (int depth = 0; depth < 9'950; ++depth) deep += "- ";
  AddInput(corpus, deep);
  return corpus;
}

/// Upstream's limit of nested collections; the node at the bottom may be a scalar.
constexpr std::size_t kDepthMax = 10'000 + 1;

/// Visits every node, but does not follow aliases. Returns how deep they lie.
std::size_t Depth(const yaml::Node& node, Steps& steps) {
  std::size_t deepest = 0;
  for (const yaml::Node* child : node.children) {
    if (!steps.Take()) break;
    deepest = std::max(deepest, Depth(*child, steps));
  }
  return deepest + 1;
}

Outcome ReadTree(std::string_view text, Steps& steps) {
  yaml::SyntaxError error;
  const Result<yaml::Document> document = yaml::Parse(text, &error);
  if (!document.ok()) {
    if (error.message.empty()) return Outcome::Wrong("an error without its details");
    return Outcome::Refused(document.error().message);
  }
  const bool too_deep = document->root() != nullptr && Depth(*document->root(), steps) > kDepthMax;
  return too_deep ? Outcome::Wrong("nested too deep") : Outcome();
}

Outcome ReadConfiguration(std::string_view text, Steps&) {
  LoadOptions options;
  options.other_discovery = LoadOptions::OtherDiscovery::kKeepOpaque;
  ConfigErrors errors;
  const Result<Config> config = LoadConfig(text, options, &errors);
  if (config.ok()) {
    // Whatever was kept can be written.
    for (const ScrapeConfig& job : config->scrape_configs) {
      if (!Json::accept(DumpScrapeConfig(job))) return Outcome::Wrong("the dump is no JSON");
    }
    return {};
  }
  for (const ConfigError& error : errors) {
    if (error.message.empty()) return Outcome::Wrong("one of the errors has no text");
  }
  return Outcome::Refused(config.error().message);
}

Corpus Expressions() {
  Corpus corpus;
  for (const char* file : {"relabel/curated.jsonl", "relabel/generated.jsonl"}) {
    ForEachCase(file, [&](const Json& test) {
      const std::string rules = conformance::TextOf(test, "rules");
      const std::string key = "regex: ";
      for (std::size_t at = rules.find(key); at != std::string::npos; at = rules.find(key, at + 1)) {
        AddInput(corpus, rules.substr(at + key.size(), rules.find('\n', at) - at - key.size()));
      }
    });
  }
  corpus.words = {"(",           ")",   "(?i:", "(?P<a>", "(?<b>",  "[^",  "[[:alpha:]", "\\pL",
                  "\\p{Greek}",  "\\Q", "\\E",  "{2,5}",  "{9}",    "*?",  "|",          "\\b",
                  "\\x{10ffff}", "^",   "$",    "\\z",    "(?s-i)", "\\C", "\xff",       "é"};
  return corpus;
}

Outcome MatchExpression(std::string_view text, Steps&) {
  const Result<Regex> regex = Regex::Compile(text);
  if (!regex.ok()) return Outcome::Refused(regex.error().message);
  Regex::Match match;
  for (const std::string_view value : {"", "node-1:9100", "a;b\nc", "\xff\xfe é"}) {
    if (regex->Find(value, match) != regex->Matches(value)) return Outcome::Wrong("found, but does not match");
    for (const std::string_view group : match.groups) {
      const bool inside = group.data() == nullptr ||
                          (group.data() >= value.data() && group.data() + group.size() <= value.data() + value.size());
      if (!inside) return Outcome::Wrong("a group outside of the value");
    }
    match.groups.clear();
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config)

BOOST_AUTO_TEST_CASE(yaml_trees) {
  CheckByFuzz({ReadTree, {4, 2}, {64 << 10, 1024}}, Configurations(), 100'000);
}

BOOST_AUTO_TEST_CASE(configurations) {
  CheckByFuzz({ReadConfiguration, {0, 0}, {4 << 20, 4096}}, Configurations(), 20'000);
}

BOOST_AUTO_TEST_CASE(regular_expressions) {
  CheckByFuzz({MatchExpression, {0, 0}, {512 << 20, 4096}}, Expressions(), 20'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::fuzz
