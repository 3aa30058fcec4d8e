// SPDX-License-Identifier: Apache-2.0
// The mutation tests themselves: whatever they assert is reported when it does not hold, and runs repeat.
#include "tests/fuzz/fuzz.h"

#include <new>
#include <set>

#include <boost/test/unit_test.hpp>

namespace stalemark::fuzz {
namespace {

const Corpus kCorpus{{"alpha", "beta gamma"}, {"WORD"}};

std::string FindingOf(std::function<Outcome(std::string_view, Steps&)> run) {
  const Target target{std::move(run), {100, 1}, {1000, 1}};
  return Fuzz(target, kCorpus, 300).finding;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fuzz)

BOOST_AUTO_TEST_CASE(targets_that_misbehave_are_found) {
  const struct {
    const char* name;
    std::function<Outcome(std::string_view, Steps&)> run;
    const char* finding;
  } rows[] = {
      {"nothing wrong", [](std::string_view, Steps&) { return Outcome(); }, ""},
      {"endless",
       [](std::string_view, Steps& steps) {
         while (steps.Take()) {
         }
         return Outcome();
       },
       "more than 105 steps"},
      {"error without a text",
       [](std::string_view input, Steps&) {
         return input.find("WORD") == std::string_view::npos ? Outcome() : Outcome::Refused("");
       },
       "an error without a text"},
      {"wrong result",
       [](std::string_view input, Steps&) { return input.size() > 20 ? Outcome::Wrong("too long") : Outcome(); },
       "too long"},
#ifdef STALEMARK_COUNTS_ALLOCATIONS
      {"greedy",
       [](std::string_view, Steps&) {
         // Called by name: a compiler may leave out what a container or a new-expression asks for.
         ::operator delete(::operator new(5000));
         return Outcome();
       },
       "5000 bytes of heap memory in place of at most 1005"},
#endif
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const std::string finding = FindingOf(row.run);
      BOOST_TEST(finding.empty() == (row.finding[0] == '\0'));
      BOOST_TEST(finding.find(row.finding) != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(inputs_differ_and_repeat_with_the_seed) {
  Mutator first(kCorpus, 7);
  Mutator again(kCorpus, 7);
  std::set<std::string> inputs;
  for (int i = 0; i < 1000; ++i) {
    const std::string input = first.Next();
    BOOST_REQUIRE(input == again.Next());
    inputs.insert(input);
  }
  BOOST_TEST(inputs.size() > 700u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::fuzz
