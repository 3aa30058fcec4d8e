// SPDX-License-Identifier: Apache-2.0
#include "core/model/function_ref.h"

#include <memory>
#include <string>

#include <boost/test/unit_test.hpp>

namespace stalemark {
namespace {

int Twice(int value) {
  return 2 * value;
}

int Apply(FunctionRef<int(int)> function, int value) {
  return function(value);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(function_ref)

BOOST_AUTO_TEST_CASE(calls_lambdas_and_functions) {
  const int base = 40;
  BOOST_TEST(Apply([&](int value) { return base + value; }, 2) == 42);
  BOOST_TEST(Apply(Twice, 21) == 42);
  BOOST_TEST(Apply(&Twice, 21) == 42);
}

BOOST_AUTO_TEST_CASE(calls_the_object_itself) {
  int calls = 0;
  auto count = [calls](int value) mutable { return calls += value; };
  const FunctionRef<int(int)> ref = count;
  const FunctionRef<int(int)> copy = ref;
  BOOST_TEST(ref(1) == 1);
  BOOST_TEST(copy(1) == 2);
}

BOOST_AUTO_TEST_CASE(a_result_that_nobody_wants_is_dropped) {
  std::string out;
  const auto append = [&](const std::string& text) { return out += text; };
  const FunctionRef<void(const std::string&)> ref = append;
  ref("a");
  ref("b");
  BOOST_TEST(out == "ab");
}

BOOST_AUTO_TEST_CASE(moves_what_it_is_given) {
  const auto take = [](std::unique_ptr<int> value) { return *value; };
  const FunctionRef<int(std::unique_ptr<int>)> ref = take;
  BOOST_TEST(ref(std::make_unique<int>(7)) == 7);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
