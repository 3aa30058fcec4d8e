// SPDX-License-Identifier: Apache-2.0
// Edits of YAML texts: what changes, and that nothing else does.
#include "sim/scenario/yaml_edit.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace stalemark::scenario {
namespace {

using Kind = Edit::Kind;

std::string Edited(const std::string& text, const std::vector<Edit>& edits) {
  const Result<EditedYaml> edited = EditYaml(text, edits);
  if (!edited.ok()) return "error: " + edited.error().message;
  for (const std::string& refusal : edited->refusals) {
    if (!refusal.empty()) return "refused: " + refusal;
  }
  return edited->text;
}

struct Row {
  const char* name;
  std::string before;
  std::vector<Edit> edits;
  std::string after;
};

/// The place of the root mapping is 1:1 unless a comment is in front.
const std::vector<Row> kScalars = {
    {"plain", "a: 1  # one\nb: 2\n", {{Kind::kSet, {1, 1}, {"a"}, "17"}}, "a: 17  # one\nb: 2\n"},
    {"plain that needs quotes", "a: 1\n", {{Kind::kSet, {1, 1}, {"a"}, "a: b"}}, "a: 'a: b'\n"},
    {"plain becomes nothing", "a: 1\n", {{Kind::kSet, {1, 1}, {"a"}, ""}}, "a: ''\n"},
    {"single quotes", "a: 'it''s' # x\n", {{Kind::kSet, {1, 1}, {"a"}, "it's 2"}}, "a: 'it''s 2' # x\n"},
    {"double quotes", "a: \"x\\\"y\"\n", {{Kind::kSet, {1, 1}, {"a"}, "\\ \""}}, "a: \"\\\\ \\\"\"\n"},
    {"flow", "{a: 1, 'b': [2, 3]}\n", {{Kind::kSet, {1, 1}, {"a"}, "up x2"}}, "{a: up x2, 'b': [2, 3]}\n"},
    {"block text", "a: >-  # why\n  1 2\n  3\nb: 2\n", {{Kind::kSet, {1, 1}, {"a"}, "4"}}, "a: >-  # why\n  4\nb: 2\n"},
    {"plain over lines", "a: 1 2\n   3\nb: 2\n", {{Kind::kSet, {1, 1}, {"a"}, "4"}}, "a: 4\nb: 2\n"},
    {"quoted over lines", "a: '1\n  2'\nb: 2\n", {{Kind::kSet, {1, 1}, {"a"}, "4"}}, "a: '4'\nb: 2\n"},
    {"anchor and tag", "a: &x !!str 1\nb: *x\n", {{Kind::kSet, {1, 1}, {"a"}, "2"}}, "a: &x !!str 2\nb: *x\n"},
    {"by its own place", "a: [1, 2]\n", {{Kind::kSet, {1, 8}, {}, "3"}}, "a: [1, 3]\n"},
    {"nested", "- a: {b: {c: 1}}\n", {{Kind::kSet, {1, 3}, {"a", "b", "c"}, "2"}}, "- a: {b: {c: 2}}\n"},
    {"line ends",
     "a: 1\r\nb: |\r\n  x\r\nc: 3\r\n",
     {{Kind::kSet, {1, 1}, {"b"}, "y"}, {Kind::kSet, {1, 1}, {"c"}, "4"}},
     "a: 1\r\nb: |\r\n  y\r\nc: 4\r\n"},
    {"no end of line", "a: 1", {{Kind::kSet, {1, 1}, {"a"}, "2"}}, "a: 2"},
    {"bytes of UTF-8 in front",
     "é: 'ü'\nä: {ö: 1, b: 2}\n",
     {{Kind::kSet, {1, 1}, {"ä", "b"}, "3"}},
     "é: 'ü'\nä: {ö: 1, b: 3}\n"},
};

const std::vector<Row> kKeys = {
    {"added in flow", "a: {b: 1}\n", {{Kind::kSet, {1, 4}, {"c"}, "x:y"}}, "a: {b: 1, c: 'x:y'}\n"},
    {"added to nothing", "a: {}\n", {{Kind::kSet, {1, 4}, {"c"}, "1"}}, "a: {c: 1}\n"},
    {"added in block",
     "a:\n  b: 1  # one\nc: 2\n",
     {{Kind::kSet, {2, 3}, {"d"}, "3"}},
     "a:\n  b: 1  # one\n  d: 3\nc: 2\n"},
    {"added at the end", "- a: 1", {{Kind::kSet, {1, 3}, {"b"}, "2"}}, "- a: 1\n  b: 2"},
    {"removed in flow", "{a: 1, b: 2, c: 3}\n", {{Kind::kRemoveKey, {1, 1}, {"b"}}}, "{a: 1, c: 3}\n"},
    {"removed last", "{a: 1, b: 2}\n", {{Kind::kRemoveKey, {1, 1}, {"b"}}}, "{a: 1}\n"},
    {"all but one removed",
     "{a: 1, b: 2, c: 3}\n",
     {{Kind::kRemoveKey, {1, 1}, {"a"}}, {Kind::kRemoveKey, {1, 1}, {"c"}}},
     "{b: 2}\n"},
    {"all removed",
     "x: {a: 1, b: 2}\n",
     {{Kind::kRemoveKey, {1, 4}, {"a"}}, {Kind::kRemoveKey, {1, 4}, {"b"}}},
     "x: {}\n"},
    {"removed in block",
     "a: 1\n# of c\nb: 2 # two\nc: 3\n",
     {{Kind::kRemoveKey, {1, 1}, {"b"}}},
     "a: 1\n# of c\nc: 3\n"},
    {"first of an item", "- a: 1\n  b: 2\n", {{Kind::kRemoveKey, {1, 3}, {"a"}}}, "- b: 2\n"},
    {"replaced, added and removed",
     "{a: 1, b: 2}\n",
     {{Kind::kSet, {1, 1}, {"a"}, "5"}, {Kind::kRemoveKey, {1, 1}, {"b"}}, {Kind::kSet, {1, 1}, {"c"}, "3"}},
     "{a: 5, c: 3}\n"},
};

const std::vector<Row> kItems = {
    {"appended in flow", "a: [1, 2]\n", {{Kind::kAppendItem, {1, 4}, {}, "[3]"}}, "a: [1, 2, [3]]\n"},
    {"appended over lines",
     "a: [1,\n    2]  # x\n",
     {{Kind::kAppendItem, {1, 1}, {"a"}, "3"}},
     "a: [1,\n    2, 3]  # x\n"},
    {"appended to nothing",
     "a: []\n",
     {{Kind::kAppendItem, {1, 4}, {}, "1"}, {Kind::kAppendItem, {1, 4}, {}, "2"}},
     "a: [1, 2]\n"},
    {"appended in block",
     "a:\n  - 1\n  - 2  # two\n# of b\nb: 3\n",
     {{Kind::kAppendItem, {2, 3}, {}, "{x: 1}"}},
     "a:\n  - 1\n  - 2  # two\n  - {x: 1}\n# of b\nb: 3\n"},
    {"replaced", "a:\n  - [1, 2]\n  - 2\n", {{Kind::kReplaceItem, {2, 3}, {}, "[3, 4]", 0}}, "a:\n  - [3, 4]\n  - 2\n"},
    {"removed in block",
     "a:\n  # one\n  - 1\n  # two\n  - {x: 2,\n     y: 3}  # 2\n  - 3\n",
     {{Kind::kRemoveItem, {3, 3}, {}, {}, 1}},
     "a:\n  # one\n  - 1\n  # two\n  - 3\n"},
    {"last one removed without end of line", "a:\n  - 1\n  - 2", {{Kind::kRemoveItem, {2, 3}, {}, {}, 1}}, "a:\n  - 1"},
    {"all removed in block",
     "a:\n  - 1\n  - 2\nb: 1\n",
     {{Kind::kRemoveItem, {2, 3}, {}, {}, 0}, {Kind::kRemoveItem, {2, 3}, {}, {}, 1}},
     "a:\n  []\nb: 1\n"},
    {"a block mapping removed", "- a: 1\n  b: 2\n- a: 3\n", {{Kind::kRemoveItem, {1, 1}, {}, {}, 0}}, "- a: 3\n"},
    {"inserted in flow",
     "a: [1, 2]\n",
     {{Kind::kInsertItem, {1, 4}, {}, "0", 0}, {Kind::kInsertItem, {1, 4}, {}, "1.5", 1}},
     "a: [0, 1, 1.5, 2]\n"},
    {"inserted in block",
     "a:\n  # one\n  - 1  # 1\n  # two\n  - 2\n",
     {{Kind::kInsertItem, {3, 3}, {}, "0", 0}, {Kind::kInsertItem, {3, 3}, {}, "1.5", 1}},
     "a:\n  # one\n  - 0\n  - 1  # 1\n  - 1.5\n  # two\n  - 2\n"},
    {"inserted several at one place",
     "- - 2\n",
     {{Kind::kInsertItem, {1, 3}, {}, "0", 0}, {Kind::kInsertItem, {1, 3}, {}, "1", 0}},
     "- - 0\n  - 1\n  - 2\n"},
    {"the last one gives way",
     "a:\n  - 1\n  - 2\n",
     {{Kind::kRemoveItem, {2, 3}, {}, {}, 1}, {Kind::kAppendItem, {2, 3}, {}, "3"}},
     "a:\n  - 1\n  - 3\n"},
    {"line ends",
     "a:\r\n  - 1\r\n  - 2\r\n",
     {{Kind::kRemoveItem, {2, 3}, {}, {}, 0}, {Kind::kAppendItem, {2, 3}, {}, "3"}},
     "a:\r\n  - 2\r\n  - 3\r\n"},
};

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const std::string edited = Edited(row.before, row.edits);
    BOOST_TEST(edited == row.after, row.name << ": found " << edited);
  }
}

BOOST_AUTO_TEST_SUITE(yaml_edit)

BOOST_AUTO_TEST_CASE(scalars_keep_their_style) {
  Check(kScalars);
}

BOOST_AUTO_TEST_CASE(keys_come_and_go) {
  Check(kKeys);
}

BOOST_AUTO_TEST_CASE(items_come_and_go) {
  Check(kItems);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_changed_in_place_is_refused) {
  const auto refused = [](const std::string& text, const Edit& edit) { return Edited(text, {edit}); };
  BOOST_TEST(refused("a: &x 1\nb: *x\n", {Kind::kSet, {1, 1}, {"b"}, "2"}) == "refused: the alias *x stands there");
  BOOST_TEST(refused("a: 1\n", {Kind::kSet, {2, 1}, {"b"}, "2"}) == "refused: not found in the text");
  BOOST_TEST(refused("a: [1]\n", {Kind::kSet, {1, 1}, {"a"}, "2"}) == "refused: no scalar stands there");
  BOOST_TEST(refused("a:\n", {Kind::kSet, {1, 1}, {"a"}, "2"}) == "refused: no scalar stands there");
  BOOST_TEST(refused("a: 1\n", {Kind::kAppendItem, {1, 1}, {"a"}, "2"}) == "refused: no list stands there");
  BOOST_TEST(refused("a: [1]\n", {Kind::kRemoveItem, {1, 1}, {"a"}, "", 1}) == "refused: the list has no such item");
  BOOST_TEST(refused("a: {b: 1}\n", {Kind::kRemoveKey, {1, 1}, {"a", "c"}, ""}) == "refused: not found in the text");
  BOOST_TEST(refused("a: [\n", {Kind::kSet, {1, 1}, {"a"}, "2"}).substr(0, 6) == "error:");
}

BOOST_AUTO_TEST_CASE(two_changes_of_one_value_are_refused_once) {
  const Result<EditedYaml> edited =
      EditYaml("a: 1\nb: 2\n", {{Kind::kSet, {1, 1}, {"a"}, "3"}, {Kind::kSet, {1, 1}, {"a"}, "4"}});
  BOOST_REQUIRE(edited.ok());
  BOOST_TEST(edited->text == "a: 3\nb: 2\n");
  BOOST_TEST(edited->refusals[0] == "");
  BOOST_TEST(edited->refusals[1] == "another change is in the way");
}

BOOST_AUTO_TEST_CASE(changes_have_the_old_place) {
  const Result<EditedYaml> edited = EditYaml(
      "a: 1\nb: [1, 2]\n", {{Kind::kAppendItem, {2, 4}, {}, "{c: 3}"}, {Kind::kSet, {1, 1}, {"a"}, "long text"}});
  BOOST_REQUIRE(edited.ok());
  std::string text;
  for (const YamlChange& change : edited->changes) {
    text += std::to_string(change.place.line) + ":" + std::to_string(change.place.column) + " " + change.before +
            " -> " + change.after + "\n";
  }
  BOOST_TEST(text == "1:4 1 -> long text\n2:9  -> {c: 3}\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
