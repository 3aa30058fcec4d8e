// SPDX-License-Identifier: Apache-2.0
// Where in a body a byte lies: line, column, and the bytes that are shown around it.
#include "core/scrape/body_place.h"

#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

namespace stalemark {
namespace {

std::string Place(std::string_view body, std::size_t offset, BodyKind kind = BodyKind::kText) {
  const BodyPlace place = PlaceInBody(body, offset, kind);
  return fmt::format("{}:{} {}", place.line, place.column, place.bytes);
}

BOOST_AUTO_TEST_CASE(line_and_column_count_from_one) {
  struct Row {
    const char* name;
    std::size_t offset;
    const char* expected;
  };
  constexpr std::string_view kBody = "ab\n\ncd\n";
  const Row rows[] = {
      {"first byte", 0, "1:1 ab"},
      {"within", 1, "1:2 ab"},
      {"the end of a line is in it", 2, "1:3 ab"},
      {"an empty line", 3, "2:1 "},
      {"after it", 4, "3:1 cd"},
      {"the end of the last line", 6, "3:3 cd"},
      {"the end of the body", 7, "3:3 cd"},
      {"behind the end", 99, "3:3 cd"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(Place(kBody, row.offset) == row.expected);
    }
  }
  BOOST_TEST(Place("", 0) == "1:1 ");
  BOOST_TEST(Place("ab", 2) == "1:3 ab");  // no newline at the end
}

BOOST_AUTO_TEST_CASE(a_long_line_is_cut_with_the_byte_in_sight) {
  std::string line;
  for (int i = 0; i < 100; ++i) line += fmt::format("{:03}.", i);
  const std::string body = "x\n" + line + "\ny\n";
  BOOST_TEST(Place(body, 2) == "2:1 " + line.substr(0, kShownBytesMax));
  BOOST_TEST(Place(body, 2 + 60) == "2:61 " + line.substr(0, kShownBytesMax));
  BOOST_TEST(Place(body, 2 + 61) == "2:62 " + line.substr(1, kShownBytesMax));
  BOOST_TEST(Place(body, 2 + 399) == "2:400 " + line.substr(339));
  BOOST_TEST(Place(body, 2 + 400) == "2:401 " + line.substr(340));
}

BOOST_AUTO_TEST_CASE(a_binary_body_has_no_lines) {
  const std::string body = std::string("\0\n\1", 3) + std::string(200, 'z');
  BOOST_TEST(Place(body, 3, BodyKind::kBinary) == "0:0 " + std::string(kShownBytesMax, 'z'));
  BOOST_TEST(Place(body, 1, BodyKind::kBinary) == "0:0 \n\1" + std::string(kShownBytesMax - 2, 'z'));
  BOOST_TEST(Place(body, 999, BodyKind::kBinary) == "0:0 ");
}

}  // namespace
}  // namespace stalemark
