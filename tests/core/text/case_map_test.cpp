// SPDX-License-Identifier: Apache-2.0
// REL-13, REL-22: case mapping and folding, checked against digests of what Go answers for every code point.
#include "core/text/case_map.h"

#include <boost/test/unit_test.hpp>

#include "core/text/rune_class.h"

namespace stalemark::text {
namespace {

/// FNV-1a over the answers for all code points, four bytes each, the lowest first.
template <class Map>
std::uint64_t DigestOf(Map map) {
  std::uint64_t digest = 0xcbf29ce484222325u;
  for (std::uint32_t rune = 0; rune <= kMaxRune; ++rune) {
    const std::uint32_t answer = map(rune);
    for (int shift = 0; shift < 32; shift += 8) digest = (digest ^ (answer >> shift & 0xFF)) * 0x100000001b3u;
  }
  return digest;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(case_map)

BOOST_AUTO_TEST_CASE(REL_13_all_code_points_map_as_in_go) {
  BOOST_TEST(DigestOf([](std::uint32_t rune) { return ToLower(rune); }) == 0x6cf600dc2f3082c6u);
  BOOST_TEST(DigestOf([](std::uint32_t rune) { return ToUpper(rune); }) == 0xa6fda396d24ec405u);
  BOOST_TEST(DigestOf([](std::uint32_t rune) { return SimpleFold(rune); }) == 0xf049ac9f6878b085u);
}

BOOST_AUTO_TEST_CASE(REL_09_letters_and_digits_are_go_s) {
  BOOST_TEST(DigestOf([](std::uint32_t rune) { return rune < 0x20000 && IsLetter(rune) ? 1u : 0u; }) ==
             0xc0e7067ca08603f5u);
  BOOST_TEST(DigestOf([](std::uint32_t rune) { return rune < 0x20000 && IsDigit(rune) ? 1u : 0u; }) ==
             0x045ee32e593d9fe5u);
}

BOOST_AUTO_TEST_CASE(REL_22_invalid_bytes_become_the_replacement_character) {
  BOOST_TEST(ToLower("A\xff\xc3") == "a\uFFFD\uFFFD");
  BOOST_TEST(ToUpper("\xff") == "\uFFFD");
  BOOST_TEST(ToUpper("straße ıſﬁ") == "STRAßE ISﬁ");
  BOOST_TEST(ToLower("ΣİK") == "σik");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(rune_class)

BOOST_AUTO_TEST_CASE(REL_21_class_names) {
  struct Row {
    const char* name;
    std::uint32_t member;
    std::uint32_t other;
  };
  const Row rows[] = {{"L", 'a', '1'},          {"lu", 'A', 'a'},      {"Lowercase-Letter", 'a', 'A'},
                      {"LC", 0x1C5, 0x2B0},     {"C", 0x378, 'a'},     {"Cn", 0x10FFFF, 0xE000},
                      {"Assigned", 'a', 0x378}, {"ascii", 0x7F, 0x80}, {" g r e e k ", 0x3B1, 'a'},
                      {"Nd", 0x660, 'a'},       {"Han", 0x4E00, 'a'},  {"any", 0x10FFFF, 0x110000}};
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const std::optional<RuneClass> found = FindUnicodeClass(row.name, false);
      BOOST_REQUIRE(found.has_value());
      BOOST_TEST(found->Contains(row.member));
      BOOST_TEST(!found->Contains(row.other));
    }
  }
  for (const char* name : {"", "Klingon", "Old_Italic", "Letters", "X"}) {
    BOOST_TEST(!FindUnicodeClass(name, false).has_value());
  }
}

BOOST_AUTO_TEST_CASE(REL_21_folding_and_negation) {
  RuneClass runes;
  runes.Add('k', 'k');
  const RuneClass folded = runes.Folded();
  BOOST_TEST((folded.ranges() == std::vector<RuneRange>{{'K', 'K'}, {'k', 'k'}, {0x212A, 0x212A}}));
  BOOST_TEST(!folded.Negated().Contains(0x212A));
  BOOST_TEST((folded.Negated().Negated().ranges() == folded.ranges()));
  BOOST_TEST(RuneClass().Negated().Contains(kMaxRune));
  BOOST_TEST(!FindUnicodeClass("LC", true)->Contains(0x345));  // Go has no folding table for it
  BOOST_TEST(FindUnicodeClass("Lu", true)->Contains('a'));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::text
