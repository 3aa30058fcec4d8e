// SPDX-License-Identifier: Apache-2.0
// REL-01 ... REL-18: what rules do to label sets, what validation refuses, and how steps are explained.
#include "core/relabel/relabel.h"

#include <boost/test/unit_test.hpp>

namespace stalemark {
namespace {

using Names = std::vector<std::string>;

RelabelRule Rule(RelabelAction action, std::string_view regex = "(.*)") {
  RelabelRule rule;
  rule.action = action;
  if (regex != "(.*)") {
    Result<Regex> compiled = Regex::Compile(regex);
    BOOST_REQUIRE_MESSAGE(compiled.ok(), regex);
    rule.regex = *compiled;
  }
  return rule;
}

RelabelRule Replace(Names sources, std::string_view regex, std::string target, std::string replacement) {
  RelabelRule rule = Rule(RelabelAction::kReplace, regex);
  rule.source_labels = std::move(sources);
  rule.target_label = std::move(target);
  rule.replacement = std::move(replacement);
  return rule;
}

const Labels& Base() {
  static const Labels base = Labels::FromSorted({{"__name__", "up"}, {"a", "foo"}, {"b", "bar"}, {"c", "baz"}});
  return base;
}

std::string Apply(const std::vector<RelabelRule>& rules, const Labels& base = Base()) {
  LabelsBuilder builder(base);
  if (ApplyRelabelRules(rules, builder) == RelabelVerdict::kDrop) return "dropped";
  return builder.Build().ToString();
}

std::string Refusal(const RelabelRule& rule) {
  const Status status = ValidateRelabelRule(rule);
  return status.ok() ? "" : status.error().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(relabel)

BOOST_AUTO_TEST_CASE(REL_02_action_names) {
  BOOST_TEST((ParseRelabelAction("LabelMap") == RelabelAction::kLabelMap));
  BOOST_TEST((ParseRelabelAction("\u212Aeep") == RelabelAction::kKeep));  // KELVIN SIGN is a `k` in lower case
  BOOST_TEST(!ParseRelabelAction(" keep").has_value());
  BOOST_TEST(!ParseRelabelAction("").has_value());
  for (int i = 0; i <= static_cast<int>(RelabelAction::kUppercase); ++i) {
    const auto action = static_cast<RelabelAction>(i);
    BOOST_TEST((ParseRelabelAction(RelabelActionText(action)) == action));
  }
}

BOOST_AUTO_TEST_CASE(REL_07_replace) {
  struct Row {
    const char* name;
    RelabelRule rule;
    const char* labels;
  };
  const Row rows[] = {
      {"sources joined", Replace({"a", "b"}, "f(.*);(.*)r", "d", "$1-$2"),
       R"({__name__="up", a="foo", b="bar", c="baz", d="oo-ba"})"},
      {"a missing source is empty", Replace({"a", "zz"}, "foo;", "d", "x"),
       R"({__name__="up", a="foo", b="bar", c="baz", d="x"})"},
      {"no match", Replace({"a"}, "f", "d", "x"), R"({__name__="up", a="foo", b="bar", c="baz"})"},
      {"an empty result deletes", Replace({"a"}, "f(x)?oo", "b", "$1"), R"({__name__="up", a="foo", c="baz"})"},
      {"the target is expanded", Replace({"a"}, "(f)(o+)", "${2}_$1", "$0"),
       R"({__name__="up", a="foo", b="bar", c="baz", oo_f="foo"})"},
      {"an empty target changes nothing", Replace({"a"}, "(.*)", "$2", "x"),
       R"({__name__="up", a="foo", b="bar", c="baz"})"},
      {"REL-08 no sources", Replace({}, "(.*)", "d", "x"), R"({__name__="up", a="foo", b="bar", c="baz", d="x"})"},
      {"REL-08 no sources, empty", Replace({}, "(.*)", "a", ""), R"({__name__="up", b="bar", c="baz"})"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(Apply({row.rule}) == row.labels);
    }
  }
}

BOOST_AUTO_TEST_CASE(REL_05_REL_06_keep_and_drop) {
  RelabelRule rule = Rule(RelabelAction::kKeep, "foo");
  rule.source_labels = Names{"a"};
  BOOST_TEST(Apply({rule}) == Base().ToString());
  rule.action = RelabelAction::kDrop;
  BOOST_TEST(Apply({rule}) == "dropped");
  RelabelRule equal = Rule(RelabelAction::kKeepEqual);
  equal.source_labels = Names{"a"};
  equal.target_label = "b";
  BOOST_TEST(Apply({equal}) == "dropped");
  equal.action = RelabelAction::kDropEqual;
  BOOST_TEST(Apply({equal}) == Base().ToString());
}

BOOST_AUTO_TEST_CASE(REL_01_REL_15_rules_see_earlier_writes_and_a_drop_ends_the_run) {
  RelabelRule drop = Rule(RelabelAction::kDrop, "new");
  drop.source_labels = Names{"d"};
  const RelabelRule write = Replace({}, "(.*)", "d", "new");
  BOOST_TEST(Apply({drop, write}) != "dropped");
  BOOST_TEST(Apply({write, drop}) == "dropped");
}

BOOST_AUTO_TEST_CASE(REL_10_hashmod) {
  RelabelRule rule = Rule(RelabelAction::kHashMod);
  rule.source_labels = Names{"c"};
  rule.target_label = "d";
  rule.modulus = 1000;
  BOOST_TEST(Apply({rule}, Labels::FromSorted({{"c", "baz"}})) == R"({c="baz", d="976"})");
  BOOST_TEST(Apply({rule}, Labels::FromSorted({{"c", "foo\nbar"}})) == R"({c="foo\nbar", d="734"})");
}

BOOST_AUTO_TEST_CASE(REL_11_REL_12_rules_over_names) {
  RelabelRule map = Rule(RelabelAction::kLabelMap, "(a|b)");
  map.replacement = "x_$1";
  BOOST_TEST(Apply({map}) == R"({__name__="up", a="foo", b="bar", c="baz", x_a="foo", x_b="bar"})");
  map.replacement = "c";  // a clash: the label visited last wins
  BOOST_TEST(Apply({map}) == R"({__name__="up", a="foo", b="bar", c="bar"})");
  BOOST_TEST(Apply({Replace({}, "(.*)", "a", "new"), map}) == R"({__name__="up", a="new", b="bar", c="new"})");
  BOOST_TEST(Apply({Rule(RelabelAction::kLabelDrop, "__.*|a")}) == R"({b="bar", c="baz"})");
  BOOST_TEST(Apply({Rule(RelabelAction::kLabelKeep, "[ab]")}) == R"({a="foo", b="bar"})");
}

BOOST_AUTO_TEST_CASE(REL_13_REL_22_case_actions) {
  RelabelRule rule = Rule(RelabelAction::kLowercase);
  rule.source_labels = Names{"a"};
  rule.target_label = "d";
  const auto map = [&](RelabelAction action, const char* value) {
    rule.action = action;
    const Labels base = Labels::FromSorted({{"a", value}});
    LabelsBuilder builder(base);
    ApplyRelabelRules({rule}, builder);
    return std::string(builder.Get("d"));
  };
  BOOST_TEST(map(RelabelAction::kLowercase, "ÀİSSß") == "àissß");
  BOOST_TEST(map(RelabelAction::kUppercase, "ßéﬁŉı") == "ßÉﬁŉI");
  BOOST_TEST(map(RelabelAction::kLowercase, "A\xff") == "a\uFFFD");
  BOOST_TEST(map(RelabelAction::kUppercase, "\xff") == "\uFFFD");
}

BOOST_AUTO_TEST_CASE(REL_16_validation) {
  RelabelRule rule;
  rule.action.reset();
  BOOST_TEST(Refusal(rule) == "relabel action cannot be empty");
  rule = Rule(RelabelAction::kHashMod);
  BOOST_TEST(Refusal(rule) == "relabel configuration for hashmod requires non-zero modulus");
  rule = Rule(RelabelAction::kLowercase);
  BOOST_TEST(Refusal(rule) == "relabel configuration for lowercase action requires 'target_label' value");
  rule.target_label = "a";
  BOOST_TEST(Refusal(rule) == "");
  rule.replacement = "x";
  BOOST_TEST(Refusal(rule) == "'replacement' can not be set for lowercase action");
  rule = Rule(RelabelAction::kReplace);
  rule.name_validation_scheme = ValidationScheme::kLegacy;
  rule.target_label = "a\tb";
  BOOST_TEST(Refusal(rule) == R"("a\tb" is invalid 'target_label' for replace action)");
  rule = Rule(RelabelAction::kLabelMap);
  rule.replacement = "";
  BOOST_TEST(Refusal(rule) == R"("" is invalid 'replacement' for labelmap action)");
  rule = Rule(RelabelAction::kLabelDrop, "a");
  BOOST_TEST(Refusal(rule) == "");
  rule.source_labels = Names{};
  BOOST_TEST(Refusal(rule) == "labeldrop action requires only 'regex', and no other fields");
}

BOOST_AUTO_TEST_CASE(REL_17_the_default_expression_is_told_by_identity) {
  RelabelRule rule = Rule(RelabelAction::kKeepEqual);
  rule.target_label = "a";
  BOOST_TEST(Refusal(rule) == "");
  rule.regex = *Regex::Compile("(.*)");
  BOOST_TEST(Refusal(rule) == "keepequal action requires only 'source_labels' and `target_label`, and no other fields");
}

BOOST_AUTO_TEST_CASE(REL_18_legacy_name_templates) {
  struct Row {
    const char* target;
    bool valid;
  };
  const Row rows[] = {{"$1", true},   {"${1}", true},  {"a$1", true},   {"a_${name}_b", true}, {"$1$2", true},
                      {"a1", true},   {"1$1", false},  {"a$", false},   {"a$$", false},        {"${}", false},
                      {"${1", false}, {"a-$1", false}, {"${1}2", true}, {"${a-b}", false},     {"é$1", false}};
  for (const Row& row : rows) {
    RelabelRule rule = Rule(RelabelAction::kReplace);
    rule.name_validation_scheme = ValidationScheme::kLegacy;
    rule.target_label = row.target;
    BOOST_TEST_CONTEXT(row.target) {
      BOOST_TEST((Refusal(rule).empty()) == row.valid);
    }
  }
}

BOOST_AUTO_TEST_CASE(explanation_names_what_each_rule_changed_and_which_one_dropped) {
  RelabelRule drop = Rule(RelabelAction::kDrop, "bar");
  drop.source_labels = Names{"b"};
  const std::vector<RelabelRule> rules = {Replace({"a"}, "f(.*)", "d", "$1"), Rule(RelabelAction::kLabelDrop, "a|c"),
                                          Replace({}, "(.*)", "b", "bar"), drop, Replace({}, "(.*)", "e", "x")};
  const RelabelExplanation explanation = ExplainRelabelRules(rules, Base());
  BOOST_REQUIRE(explanation.steps.size() == 4u);
  BOOST_TEST((explanation.verdict == RelabelVerdict::kDrop));
  const auto changes = [&](std::size_t step) {
    std::string out;
    for (const RelabelChange& change : explanation.steps[step].changes) {
      out += change.name + ":" + change.before + ">" + change.after + " ";
    }
    return out;
  };
  BOOST_TEST(changes(0) == "d:>oo ");
  BOOST_TEST(changes(1) == "a:foo> c:baz> ");
  BOOST_TEST(changes(2) == "");
  BOOST_TEST((explanation.steps[2].verdict == RelabelVerdict::kKeep));
  BOOST_TEST((explanation.steps[3].verdict == RelabelVerdict::kDrop));
  BOOST_TEST((explanation.steps[3].action == RelabelAction::kDrop));
  BOOST_TEST(explanation.labels.ToString() == R"({__name__="up", b="bar", d="oo"})");
  BOOST_TEST(explanation.steps[0].input == "foo");
  BOOST_TEST(explanation.steps[3].input == "bar");
}

BOOST_AUTO_TEST_CASE(steps_in_words) {
  const auto keep = [](RelabelAction action, const std::string& regex, Names sources) {
    RelabelRule rule = Rule(action, regex);
    rule.source_labels = std::move(sources);
    return rule;
  };
  RelabelRule equal;
  equal.action = RelabelAction::kDropEqual;
  equal.source_labels = Names{"a"};
  equal.target_label = "b";
  struct Row {
    std::string name;
    RelabelRule rule;
    std::string text;
  };
  const Row rows[] = {
      {"keep", keep(RelabelAction::kKeep, "f.*", {"a"}), R"(rule 1 (keep): a="foo" matches f.*)"},
      {"keep drops", keep(RelabelAction::kKeep, "x", {"a"}), R"(rule 1 (keep): a="foo" does not match x)"},
      {"drop", keep(RelabelAction::kDrop, "foo;bar", {"a", "b"}),
       R"(rule 1 (drop): a, b joined "foo;bar" matches foo;bar)"},
      {"drop keeps", keep(RelabelAction::kDrop, "x", {"a"}), R"(rule 1 (drop): a="foo" does not match x)"},
      {"dropequal", equal, R"(rule 1 (dropequal): a="foo" differs from b)"},
      {"added", Replace({"a"}, "f(.*)", "d", "$1"), R"(rule 1 (replace): adds d="oo")"},
      {"changed", Replace({"a"}, "(.*)", "b", "$1"), R"(rule 1 (replace): b: "bar" -> "foo")"},
      {"removed", Rule(RelabelAction::kLabelDrop, "a"), R"(rule 1 (labeldrop): removes a="foo")"},
      {"nothing", Rule(RelabelAction::kLabelDrop, "x"), "rule 1 (labeldrop): changes nothing"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const RelabelExplanation explanation = ExplainRelabelRules({row.rule}, Base());
      BOOST_REQUIRE(explanation.steps.size() == 1u);
      BOOST_TEST(RelabelStepText(row.rule, explanation.steps[0]) == row.text);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
