// SPDX-License-Identifier: Apache-2.0
// REL-08: a replace that has nothing to match and nothing to expand.
#include <boost/test/unit_test.hpp>

#include "core/relabel/relabel.h"

namespace stalemark {
namespace {

std::string Apply(const RelabelRule& rule) {
  const Labels base = Labels::FromSorted({{"a", "x"}, {"t", "old"}});
  LabelsBuilder builder(base);
  if (ApplyRelabelRules({rule}, builder) == RelabelVerdict::kDrop) return "dropped";
  return builder.Build().ToString();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(relabel_fast_path)

BOOST_AUTO_TEST_CASE(REL_08_an_empty_value_sets_the_replacement_literally) {
  RelabelRule rule;
  rule.action = RelabelAction::kReplace;
  rule.target_label = "t";
  rule.replacement = "new";
  BOOST_TEST(Apply(rule) == "{a=\"x\", t=\"new\"}");
  rule.replacement = "";
  BOOST_TEST(Apply(rule) == "{a=\"x\"}");
  rule.source_labels = {{"missing", "none"}};
  rule.separator = "";
  rule.replacement = "literal";
  BOOST_TEST(Apply(rule) == "{a=\"x\", t=\"literal\"}");
  // With a separator the joined value is not empty, and with a `$` the replacement is expanded.
  rule.replacement = "[$1]";
  BOOST_TEST(Apply(rule) == "{a=\"x\", t=\"[]\"}");
  rule.separator = ";";
  BOOST_TEST(Apply(rule) == "{a=\"x\", t=\"[;]\"}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
