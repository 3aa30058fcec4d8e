// SPDX-License-Identifier: Apache-2.0
#include "core/config/json_text.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace stalemark {

BOOST_AUTO_TEST_SUITE(json_text)

BOOST_AUTO_TEST_CASE(indented_json_breaks_lines_outside_of_texts) {
  const std::string json = R"({"a":[],"b":{},"c":[1,{"d":"x,{\"y\":\\"}],"e":true})";
  BOOST_TEST(IndentedJson(json) == R"({
  "a": [],
  "b": {},
  "c": [
    1,
    {
      "d": "x,{\"y\":\\"
    }
  ],
  "e": true
})");
  BOOST_TEST(IndentedJson("{}") == "{}");
  BOOST_TEST(IndentedJson("") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
