// SPDX-License-Identifier: Apache-2.0
// CFG-02, CFG-29, CFG-45: the reader of YAML and what its scalars mean.
#include "core/config/yaml.h"

#include <boost/test/unit_test.hpp>

#include "core/config/yaml_scalar.h"

namespace stalemark::yaml {
namespace {

/// The tree in flow style: quotes around what is not plain, `*name` for aliases.
std::string Shape(const Node& node) {
  if (node.kind == NodeKind::kAlias) return "*" + node.value;
  if (node.kind == NodeKind::kScalar) return node.plain ? node.value : "'" + node.value + "'";
  std::string out = node.kind == NodeKind::kSequence ? "[" : "{";
  for (const Node* child : node.children) out += Shape(*child) + " ";
  return out + (node.kind == NodeKind::kSequence ? "]" : "}");
}

std::string Parsed(std::string_view text) {
  const Result<Document> document = Parse(text);
  if (!document.ok()) return document.error().message;
  return document->root() == nullptr ? "nothing" : Shape(*document->root());
}

/// Tag and spelling of the value that a plain scalar resolves to.
std::string Resolved(const std::string& text, std::string tag = "") {
  Node node;
  node.plain = tag.empty();
  node.value = text;
  node.tag = std::move(tag);
  const Result<Scalar> scalar = Resolve(node);
  if (!scalar.ok()) return scalar.error().message;
  std::string out = ShortTag(scalar->tag);
  if (const auto* integer = std::get_if<std::int64_t>(&scalar->value)) out += " " + std::to_string(*integer);
  if (const auto* large = std::get_if<std::uint64_t>(&scalar->value)) out += " " + std::to_string(*large);
  if (const auto* real = std::get_if<double>(&scalar->value)) out += " " + std::to_string(*real);
  if (const auto* truth = std::get_if<bool>(&scalar->value)) out += *truth ? " true" : " false";
  return out;
}

std::string Repeat(std::string_view part, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += part;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(yaml_reader)

BOOST_AUTO_TEST_CASE(CFG_02_documents) {
  BOOST_TEST(Parsed("") == "nothing");
  BOOST_TEST(Parsed("# only this\n") == "nothing");
  BOOST_TEST(Parsed("\xEF\xBB\xBF"
                    "a: 1") == "{a 1 }");
  BOOST_TEST(Parsed("a: 1\n---\n{[\n") == "{a 1 }");
}

BOOST_AUTO_TEST_CASE(CFG_45_nodes) {
  BOOST_TEST(Parsed("a: 'x'\nb: [1, \"y\", ~]\n") == "{a 'x' b [1 'y' ~ ] }");
  BOOST_TEST(Parsed("a: &k v\nb: *k\n") == "{a v b *k }");
  BOOST_TEST(Parsed("a: Null\nb: null\nc:\nd: &x NULL\n") == "{a Null b null c  d NULL }");
}

BOOST_AUTO_TEST_CASE(CFG_45_places) {
  const Result<Document> document = Parse("a:\n  b: 1\nc:\n\n\nd: 2\n");
  BOOST_REQUIRE(document.ok());
  const Node& root = *document->root();
  BOOST_TEST(root.children[1]->children[0]->line == 2u);
  BOOST_TEST(root.children[1]->children[0]->column == 3u);
  // A missing value is where its key is.
  BOOST_TEST(root.children[3]->line == 3u);
}

BOOST_AUTO_TEST_CASE(CFG_45_refused_texts) {
  const struct {
    const char* name;
    std::string text;
    std::string expected;
  } rows[] = {
      {"control character", "a: \x01", "yaml: control characters are not allowed"},
      {"leading octet", "a: \xFF", "yaml: invalid leading UTF-8 octet"},
      {"trailing octet", "a: \xC3(", "yaml: invalid trailing UTF-8 octet"},
      {"cut off", "a: \xC3", "yaml: incomplete UTF-8 octet sequence"},
      {"overlong", "a: \xC0\x80", "yaml: invalid length of a UTF-8 sequence"},
      {"surrogate", "a: \xED\xA0\x80", "yaml: invalid Unicode character"},
      {"unknown anchor", "a: *x\n", "yaml: unknown anchor 'x' referenced"},
      {"first line has no number", "a: \"5s\n", "yaml: line 2: found unexpected end of stream"},
      {"tab as indentation", "a:\n  \tb: 1\n", "yaml: line 2: found character that cannot start any token"},
      {"tab in a plain text", "a: b\n\tc: 1\n", "yaml: line 2: found a tab character that violates indentation"},
      {"two values", "a: b: c\n", "yaml: mapping values are not allowed in this context"},
      {"grammar counts from 0", "a: 1\nb: [1\nc: 2\n", "yaml: line 2: did not find expected ',' or ']'"},
      {"key less indented", "a:\n    b: 1\n  c: 2\n", "yaml: line 2: did not find expected key"},
      {"sequence less indented", "- a\nb: 1\n", "yaml: line 1: did not find expected '-' indicator"},
      {"no colon", "a: 1\nb\nc: 2\n", "yaml: line 3: could not find expected ':'"},
      {"entry behind a value", "a: - b\n", "yaml: block sequence entries are not allowed in this context"},
      {"key behind a value", "a: ? b\n", "yaml: mapping keys are not allowed in this context"},
      {"no content", "a: ]\n", "yaml: did not find expected node content"},
      {"escape", "a: \"\\q\"\n", "yaml: found unknown escape character"},
      {"hexadecimal", "a: \"\\xZZ\"\n", "yaml: did not find expected hexdecimal number"},
      {"escaped surrogate", "a: \"\\ud800\"\n", "yaml: found invalid Unicode character escape code"},
      {"tag handle", "a: !x!y 1\n", "yaml: found undefined tag handle"},
      {"directive", "%FOO\n---\n", "yaml: found unknown directive name"},
      {"version", "%YAML 1.2\n---\n", "yaml: found incompatible YAML document"},
      {"block indentation", "a: |0\n b\n", "yaml: found an indentation indicator equal to 0"},
      {"block with tab", "a: |\n\tb\n", "yaml: line 2: found a tab character where an indentation space is expected"},
      {"marker in quotes", "a: 'x\n---\n", "yaml: line 2: found unexpected document indicator"},
      {"anchor", "a: &\n", "yaml: did not find expected alphabetic or numeric character"},
      {"scanner before a far bad byte", "a: b: c" + Repeat(" ", 600) + "\x01",
       "yaml: mapping values are not allowed in this context"},
      {"near bad byte before scanner", "a: b: c\x01", "yaml: control characters are not allowed"},
      {"deep flow", Repeat("[", 10'001), "yaml: exceeded max depth of 10000"},
      {"deep block", Repeat("- ", 10'001), "yaml: exceeded max depth of 10000"},
      {"half a UTF-16 pair", std::string("\xFF\xFE\x00\xD8", 4), "yaml: incomplete UTF-16 surrogate pair"},
      {"long text", std::string(kTextBytesMax + 1, '\n'), "yaml: document is larger than 67108864 bytes"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(Parsed(row.text) == row.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(CFG_45_place_and_context_of_a_refusal) {
  SyntaxError error;
  BOOST_TEST(!Parse("a: 1\nb: 'x\nc: 2\n", &error).ok());
  BOOST_TEST(error.message == "yaml: line 4: found unexpected end of stream");
  BOOST_TEST(error.line == 2u);
  BOOST_TEST(error.column == 4u);
  BOOST_TEST(error.context == "while scanning a quoted scalar that has no end");
  BOOST_TEST(!Parse("a: 1\nb: [1\nc: 2\n", &error).ok());
  BOOST_TEST(error.line == 3u);
  BOOST_TEST(error.context == "while parsing a flow sequence that starts at line 2, column 4");
  // The grammar's line is one less than the place.
  BOOST_TEST(!Parse("a:\n    b: 1\n  \xC3\xA9: 2\n", &error).ok());
  BOOST_TEST(error.message == "yaml: line 2: did not find expected key");
  BOOST_TEST(error.line == 3u);
  BOOST_TEST(error.column == 3u);
  BOOST_TEST(!Parse("a: 1\nb: \xC3\xA9 *x\nc: \x01", &error).ok());
  BOOST_TEST(error.line == 3u);
  BOOST_TEST(error.column == 4u);
}

BOOST_AUTO_TEST_CASE(CFG_45_texts_of_scalars) {
  BOOST_TEST(Parsed("a: |\n  x\n   y\n\nb: >-\n  x\n  y\n\n  z\n") == "{a 'x\n y\n' b 'x y\nz' }");
  BOOST_TEST(Parsed("a: \"x\\n\\\n   y\\u00e9\"\nb: 'it''s\n  so'\n") == "{a 'x\ny\xC3\xA9' b 'it's so' }");
  BOOST_TEST(Parsed("a: x\n  y\n\n  z # no\n") == "{a x y\nz }");
  BOOST_TEST(Parsed("? a\n: b\n? c\n") == "{a b c  }");
  BOOST_TEST(Parsed("[a: 1, {b, c: }]\n") == "[{a 1 } {b  c  } ]");
  BOOST_TEST(Parsed(std::string("\xFF\xFE"
                                "a\0:\0 \0\xE9\0",
                                10)) == "{a \xC3\xA9 }");
  BOOST_TEST(Parsed(Repeat("[", 10'000) + Repeat("]", 10'000)).size() == 29'999u);
}

BOOST_AUTO_TEST_CASE(CFG_45_tabs_elsewhere_are_fine) {
  BOOST_TEST(Parsed("a:\t1\n") == "{a 1 }");
  BOOST_TEST(Parsed("a: [1,\n\t2]\n") == "{a [1 2 ] }");
}

BOOST_AUTO_TEST_CASE(CFG_29_scalars) {
  const struct {
    const char* text;
    const char* expected;
  } rows[] = {
      {"yes", "!!bool true"},
      {"Off", "!!bool false"},
      {"yEs", "!!str"},
      {"~", "!!null"},
      {"", "!!null"},
      {"0x10", "!!int 16"},
      {"0b11", "!!int 3"},
      {"0o17", "!!int 15"},
      {"010", "!!int 8"},
      {"08", "!!float 8.000000"},
      {"1_000", "!!int 1000"},
      {"+7", "!!int 7"},
      {"-0x10", "!!int -16"},
      {"1e3", "!!float 1000.000000"},
      {".5", "!!float 0.500000"},
      {"1.", "!!float 1.000000"},
      {".", "!!str"},
      {"-", "!!str"},
      {"1e999", "!!str"},
      {"18446744073709551615", "!!int 18446744073709551615"},
      {"-9223372036854775808", "!!int -9223372036854775808"},
      {"2001-01-01", "!!timestamp"},
      {"2001-02-29", "!!str"},
      {"2001-1-1T1:2:3.5+01:00", "!!timestamp"},
      {"2001-1-1 1:2:3", "!!timestamp"},
      {"<<", "!!str"},
      {"1:30", "!!str"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      BOOST_TEST(Resolved(row.text) == row.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(CFG_29_explicit_tags) {
  const std::string prefix = "tag:yaml.org,2002:";
  BOOST_TEST(Resolved("1", prefix + "str") == "!!str");
  BOOST_TEST(Resolved("1", prefix + "float") == "!!float 1.000000");
  BOOST_TEST(Resolved("x", prefix + "int") == "yaml: cannot decode !!str `x` as a !!int");
  BOOST_TEST(Resolved("x", "!mine") == "!mine");
  BOOST_TEST(Resolved("aGk=", prefix + "binary") == "!!binary");
  BOOST_TEST(Resolved("%", prefix + "binary") == "yaml: !!binary value contains invalid base64 data");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::yaml
