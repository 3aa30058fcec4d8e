// SPDX-License-Identifier: Apache-2.0
// Tables of bodies and what a text parser makes of them, on both of its ways through a body.
#pragma once

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/core/exposition/dump.h"

namespace stalemark::exposition_test {

struct BodyCase {
  const char* name;
  std::string body;
  /// As Dump writes it.
  std::string expected;
};

template <class P>
void CheckBodies(const std::vector<BodyCase>& cases, const ParserOptions& options) {
  for (const BodyCase& test : cases) {
    BOOST_TEST_CONTEXT(test.name) {
      BOOST_TEST(Dump<P>(test.body, options) == test.expected);
      BOOST_TEST(Dump<P>(test.body, options, TextPaths::kTokensOnly) == test.expected);
    }
  }
}

}  // namespace stalemark::exposition_test
