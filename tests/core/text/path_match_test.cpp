// SPDX-License-Identifier: Apache-2.0
// filepath.Match: what Go's own answers are.
#include "core/text/path_match.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace stalemark::text {

BOOST_AUTO_TEST_SUITE(path_match)

BOOST_AUTO_TEST_CASE(patterns) {
  const auto yes = PathMatch::kYes, no = PathMatch::kNo, bad = PathMatch::kBadPattern;
  const struct {
    const char* pattern;
    const char* name;
    PathMatch want;
  } rows[] = {{"abc", "abc", yes},
              {"*", "abc", yes},
              {"*c", "abc", yes},
              {"a*", "a", yes},
              {"a*", "ab/c", no},
              {"a*/b", "abc/b", yes},
              {"a*/b", "a/c/b", no},
              {"*", "", yes},
              {"a*b*c*d*e*/f", "axbxcxdxe/f", yes},
              {"a*b?c*x", "abxbbxdbxebxczzx", yes},
              {"a*b?c*x", "abxbbxdbxebxczzy", no},
              {"ab[c]", "abc", yes},
              {"ab[b-d]", "abc", yes},
              {"ab[e-g]", "abc", no},
              {"ab[^c]", "abc", no},
              {"ab[^e-g]", "abc", yes},
              {"a\\*b", "a*b", yes},
              {"a\\*b", "ab", no},
              {"a?b", "a\u263ab", yes},
              {"a[^a]b", "a\u263ab", yes},
              {"a???b", "a\u263ab", no},
              {"[a-\u03b6]*", "\u03b1", yes},
              {"a?b", "a/b", no},
              {"a*b", "a/b", no},
              {"[\\]a]", "]", yes},
              {"[\\-x]", "-", yes},
              {"[x\\-]", "x", yes},
              {"[]a]", "]", bad},
              {"[-]", "-", bad},
              {"[x-]", "x", bad},
              {"[-x]", "x", bad},
              {"\\", "a", bad},
              {"[a-b-c]", "a", bad},
              {"[", "a", bad},
              {"[^", "a", bad},
              {"a[", "ab", bad},
              {"*x", "xxx", yes},
              {"a\xff?", "a\xff\xfe", yes}};
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.pattern << " on " << row.name) {
      BOOST_TEST((MatchPath(row.pattern, row.name) == row.want));
    }
  }
}

BOOST_AUTO_TEST_CASE(many_stars_stay_quadratic) {
  std::string pattern;
  for (int i = 0; i < 2000; ++i) pattern += "*a";
  BOOST_TEST((MatchPath(pattern + "b", std::string(5000, 'a')) == PathMatch::kNo));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::text
