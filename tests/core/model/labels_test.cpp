// SPDX-License-Identifier: Apache-2.0
// POOL-02, POOL-03, POOL-07, MGR-12, REL-11.
#include "core/model/labels.h"

#include <boost/test/unit_test.hpp>

namespace stalemark {
namespace {

std::string Visit(const LabelsBuilder& builder) {
  std::string out;
  for (const auto& [name, value] : builder.RangeSnapshot()) out += name + "=" + value + " ";
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(labels)

BOOST_AUTO_TEST_CASE(POOL_07_encoding_and_hash) {
  const Labels labels = Labels::FromUnsorted({{"job", "x"}, {"__name__", "up"}});
  BOOST_TEST(labels.encoded() == "\x08__name__\x02up\x03job\x01x");
  BOOST_TEST(labels.Hash() == 0x886cd16ff9859d82u);
  BOOST_TEST(labels.ToString() == "{__name__=\"up\", job=\"x\"}");
}

BOOST_AUTO_TEST_CASE(POOL_02_long_lengths_take_four_bytes) {
  const std::string value(300, 'v');
  const Labels labels = Labels::FromSorted({{"a", value}, {"b", "w"}});
  BOOST_TEST(labels.encoded().substr(2, 4) == std::string("\xFF\x2C\x01\x00", 4));
  BOOST_TEST(labels.Get("a") == value);
  BOOST_TEST(labels.Get("b") == "w");
  BOOST_TEST(labels.size() == 2u);
}

BOOST_AUTO_TEST_CASE(REL_11_builder_visits_what_was_set_last) {
  const Labels base = Labels::FromSorted({{"a", "1"}, {"b", "2"}, {"c", "3"}});
  LabelsBuilder builder(base);
  builder.Set("z", "9");
  builder.Set("a", "7");
  builder.Del("b");
  BOOST_TEST(Visit(builder) == "c=3 z=9 a=7 ");
  BOOST_TEST(builder.Build().ToString() == "{a=\"7\", c=\"3\", z=\"9\"}");
}

BOOST_AUTO_TEST_CASE(REL_14_setting_to_empty_deletes) {
  const Labels base = Labels::FromSorted({{"a", "1"}, {"b", ""}});
  LabelsBuilder builder(base);
  builder.Set("a", "");
  BOOST_TEST(builder.Build().empty());
}

BOOST_AUTO_TEST_CASE(copies_share_the_bytes_and_do_not_change_each_other) {
  Labels first = Labels::FromSorted({{"a", "1"}, {"b", "2"}});
  const Labels copy = first;
  // As addresses: BOOST_TEST would compare texts that end with a NUL.
  BOOST_TEST((copy.encoded().data() == first.encoded().data()));
  first.AssignSorted({{"c", "3"}});
  BOOST_TEST(copy.ToString() == R"({a="1", b="2"})");
  BOOST_TEST(first.ToString() == R"({c="3"})");
  Labels moved = std::move(first);
  BOOST_TEST(moved.ToString() == R"({c="3"})");
  moved = copy;
  const Labels& itself = moved;
  moved = itself;
  BOOST_TEST((moved == copy));
  moved = Labels();
  BOOST_TEST(moved.empty());
  BOOST_TEST((moved == Labels()));
  BOOST_TEST((moved != copy));
}

BOOST_AUTO_TEST_CASE(what_nobody_shares_is_written_over_in_its_memory) {
  Labels labels = Labels::FromSorted({{"name", "a long value"}});
  const char* const memory = labels.encoded().data();
  labels.AssignSorted({{"n", "v"}});
  BOOST_TEST(labels.encoded() == "\x01n\x01v");
  labels.AssignSorted({{"name", "as long once"}});
  BOOST_TEST((labels.encoded().data() == memory));
  labels.AssignSorted({});
  BOOST_TEST(labels.empty());
  BOOST_TEST((labels == Labels()));
  BOOST_TEST(labels.Hash() == Labels().Hash());
  labels.AssignSorted({{"name", "longer than it ever was"}});
  BOOST_TEST(labels.ToString() == R"({name="longer than it ever was"})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
