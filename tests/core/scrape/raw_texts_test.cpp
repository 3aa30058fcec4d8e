// SPDX-License-Identifier: Apache-2.0
// Texts that are kept as differences come back as they were added, in whatever order they are asked for.
#include "core/scrape/raw_texts.h"

#include <algorithm>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "tests/random.h"

namespace stalemark::testing {
namespace {

using Texts = std::vector<std::string>;

void Compare(const Texts& texts) {
  RawTexts packed;
  RawTextReader early(packed);  // reads while the list grows
  for (std::size_t i = 0; i < texts.size(); ++i) {
    packed.Add(texts[i]);
    BOOST_TEST_REQUIRE(early.At(i) == texts[i]);
  }
  RawTextReader reader(packed);
  for (std::size_t i = 0; i < texts.size(); ++i) BOOST_TEST_REQUIRE(reader.At(i) == texts[i]);
  for (std::size_t i = texts.size(); i-- > 0;) {
    BOOST_TEST_REQUIRE(reader.At(i) == texts[i]);
    BOOST_TEST_REQUIRE(reader.At(i) == texts[i]);
  }
  for (std::size_t step : {3, 7, 15, 16, 17, 40}) {
    for (std::size_t i = 0; i < texts.size(); i += step) BOOST_TEST_REQUIRE(reader.At(i) == texts[i]);
  }
}

BOOST_AUTO_TEST_CASE(texts_come_back) {
  Compare({});
  Compare({"a"});
  Compare({"", "a", "", "", "ab", "ba", "ba", "b"});
  Compare({"up", "up{a=\"1\"}", "up{a=\"2\"}", "up{a=\"10\"}", "up{a=\"10\",b=\"1\"}", "down"});
  Compare(
      {"a\xff"
       "b",
       "a\xff"
       "c",
       std::string("a\0b", 3), std::string("a\0c", 3)});
}

BOOST_AUTO_TEST_CASE(long_texts_come_back) {
  const std::string x(20'000, 'x');
  std::string with_gaps = x;
  for (std::size_t i = 0; i < x.size(); i += 20) with_gaps[i] = 'y';  // more patches than a record's first byte can say
  const std::string few_gaps = with_gaps.substr(0, 16 * 20) + std::string(40, 'x');
  std::string far = x;
  far[19'000] = 'z';
  Compare({x, with_gaps, x, far, x.substr(0, 360), few_gaps, with_gaps.substr(0, 360), x + "1", "0" + x, x.substr(1),
           std::string(127, 'a'), std::string(128, 'a'), std::string(128, 'b')});
}

BOOST_AUTO_TEST_CASE(texts_with_many_differences_come_back) {
  for (const std::size_t count : {1, 2, 15, 16, 17, 126, 127, 128, 253, 254, 255, 256, 300, 70'000}) {
    std::string before(5 * count, 'x');
    std::string after = before;
    for (std::size_t i = 0; i < count; ++i) after[5 * i] = 'y';
    Compare({before, after, before, before + "x", after + "x"});
  }
}

BOOST_AUTO_TEST_CASE(random_texts_come_back) {
  test::Random random(11);
  for (int round = 0; round < 300; ++round) {
    Texts texts;
    std::string text = "series{label=\"value\"}";
    const std::size_t count = random.Below(100);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t edits = random.Below(5); edits > 0; --edits) {
        const std::size_t at = random.Below(text.size() + 1);
        const std::size_t removed = std::min(random.Below(4), text.size() - at);
        const std::size_t added = random.Below(3) == 0 ? random.Below(6) : removed;
        text.replace(at, removed, std::string(added, static_cast<char>('a' + random.Below(26))));
      }
      if (random.Below(20) == 0) text = std::string(random.Below(300), 'q');
      texts.push_back(text);
    }
    Compare(texts);
  }
}

BOOST_AUTO_TEST_CASE(what_neighbours_share_is_kept_once) {
  RawTexts packed;
  std::size_t bytes = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string text = fmt::format(
        "http_request_duration_seconds_total{{method=\"GET\",handler=\"/api/v1/resource/{:05}\",code=\"200\","
        "region=\"eu-central-1\",shard=\"{:02}\"}}",
        i, i % 64);
    bytes += text.size();
    packed.Add(text);
  }
  BOOST_TEST(packed.memory_bytes() < bytes / 6);
}

}  // namespace
}  // namespace stalemark::testing
