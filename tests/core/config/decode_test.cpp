// SPDX-License-Identifier: Apache-2.0
// CFG-01, CFG-44, CFG-46: collecting and aborting, merge keys, doubled keys, aliases.
#include "core/config/decode.h"

#include <boost/test/unit_test.hpp>

namespace stalemark {
namespace {

struct Sample {
  std::string name;
  std::uint64_t limit = 7;
  std::chrono::nanoseconds interval{0};
  std::optional<bool> flag;
  std::vector<std::string> list;
  std::map<std::string, std::string, std::less<>> labels;
};

/// Decodes a text into a Sample; the outcome is the error's text, or empty.
std::string Decode(std::string_view text, Sample& out, ConfigErrors* details = nullptr) {
  const Result<yaml::Document> document = yaml::Parse(text);
  if (!document.ok()) return document.error().message;
  const Fields fields = {
      StringField("name", out.name), UintField("limit", out.limit),     DurationField("interval", out.interval),
      BoolField("flag", out.flag),   StringListField("list", out.list), StringMapField("labels", out.labels),
  };
  Decoder decoder("sample.yml");
  decoder.Struct(*document->root(), "sample", fields, [&] { out = Sample{}; });
  const Status status = decoder.Finish(details);
  return status.ok() ? "" : status.error().message;
}

std::string Decode(std::string_view text) {
  Sample sample;
  return Decode(text, sample);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(decoder)

BOOST_AUTO_TEST_CASE(CFG_46_errors_are_collected) {
  BOOST_TEST(Decode("limit: -1\nfoo: 1\nname: [a]\nname: b\n") ==
             "yaml: unmarshal errors:\n"
             "  line 1: cannot unmarshal !!int `-1` into uint\n"
             "  line 2: field foo not found in type sample\n"
             "  line 3: cannot unmarshal !!seq into string\n"
             "  line 4: field name already set in type sample");
}

BOOST_AUTO_TEST_CASE(CFG_46_a_values_own_error_hides_the_collected_ones) {
  BOOST_TEST(Decode("foo: 1\ninterval: 10\nlimit: x\n") == "not a valid duration string: \"10\"");
}

BOOST_AUTO_TEST_CASE(CFG_45_long_values_are_cut) {
  BOOST_TEST(Decode("flag: 12345678901\n") ==
             "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!int `1234567...` into bool");
}

BOOST_AUTO_TEST_CASE(CFG_44_null_is_zero) {
  Sample sample;
  sample.name = "before";
  sample.flag = true;
  BOOST_TEST(Decode("name:\nlimit: ~\nflag: null\nlist: ~\n", sample) == "");
  BOOST_TEST(sample.name == "");
  BOOST_TEST(sample.limit == 0u);
  BOOST_TEST(!sample.flag.has_value());
}

BOOST_AUTO_TEST_CASE(CFG_29_floats_are_truncated) {
  Sample sample;
  BOOST_TEST(Decode("limit: 1.5\n", sample) == "");
  BOOST_TEST(sample.limit == 1u);
}

BOOST_AUTO_TEST_CASE(CFG_01_doubled_keys_of_maps_name_the_values_line) {
  BOOST_TEST(Decode("labels:\n  a: 1\n  a:\n    2\n") ==
             "yaml: unmarshal errors:\n  line 4: key \"a\" already set in map");
}

BOOST_AUTO_TEST_CASE(CFG_01_merge_keys) {
  Sample sample;
  BOOST_TEST(Decode("<<: [{name: a, limit: 1}, {name: b, list: [x]}]\nlimit: 2\n", sample) == "");
  BOOST_TEST(sample.name == "a");
  BOOST_TEST(sample.limit == 2u);
  BOOST_TEST(sample.list.size() == 1u);
  BOOST_TEST(Decode("<<: ~\n") == "yaml: map merge requires map or sequence of maps as the value");
}

BOOST_AUTO_TEST_CASE(CFG_01_a_later_merge_wins_over_earlier_keys) {
  Sample sample;
  BOOST_TEST(Decode("name: own\n<<: {name: merged}\n", sample) == "");
  BOOST_TEST(sample.name == "merged");
}

BOOST_AUTO_TEST_CASE(CFG_01_aliases) {
  BOOST_TEST(Decode("list: &a [x, *a]\n") == "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into string");
  BOOST_TEST(Decode("&a\n<<: *a\n") == "yaml: anchor 'a' value contains itself");
  std::string chain = "labels: {k: &a0 {<<: {}}";
  for (int i = 1; i < 2000; ++i) {
    chain += ",\n k" + std::to_string(i) + ": &a" + std::to_string(i) + " {<<: *a" + std::to_string(i - 1) + "}";
  }
  BOOST_TEST(Decode(chain + "}\n<<: *a1999\n") == "yaml: document contains excessive aliasing");
}

BOOST_AUTO_TEST_CASE(CFG_46_details_go_beyond_upstreams_text) {
  Sample sample;
  ConfigErrors details;
  Decode("name: a\nintervall: 5s\nlimit: x\n", sample, &details);
  BOOST_REQUIRE(details.size() == 2u);
  BOOST_TEST(details[0].file == "sample.yml");
  BOOST_TEST(details[0].line == 2u);
  BOOST_TEST(details[0].column == 1u);
  BOOST_TEST(details[0].nearest == "interval");
  BOOST_TEST(details[1].found == "x");
  BOOST_TEST(details[1].expected == "a number, not negative");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
