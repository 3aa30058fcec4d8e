// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include <algorithm>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "benchmarks/allocations.h"
#include "core/text/go_quote.h"

namespace stalemark::fuzz {
namespace {

constexpr std::size_t kShownBytesMax = 2000;

/// Stays 0 in sanitizer builds, which have an operator new of their own.
std::uint64_t HeapBytesAskedFor() {
#ifdef STALEMARK_COUNTS_ALLOCATIONS
  return AllocatedBytes();
#else
  return 0;
#endif
}

/// Empty: nothing is wrong.
std::string Judge(const Target& target, std::string_view input, FuzzReport* report) {
  // A copy of just this size: a sanitizer sees reads beyond it.
  const std::vector<char> exact(input.begin(), input.end());
  Steps steps(target.steps.For(input.size()));
  const std::uint64_t before = HeapBytesAskedFor();
  const Outcome outcome = target.run({exact.data(), exact.size()}, steps);
  const std::uint64_t asked_for = HeapBytesAskedFor() - before;
  ++(outcome.accepted ? report->accepted : report->refused);
  if (!outcome.finding.empty()) return outcome.finding;
  if (steps.overrun()) return fmt::format("more than {} steps", target.steps.For(input.size()));
  if (!outcome.accepted && outcome.error.empty()) return "an error without a text";
  if (const std::size_t most = target.heap_bytes.For(input.size()); asked_for > most) {
    return fmt::format("{} bytes of heap memory in place of at most {}", asked_for, most);
  }
  return {};
}

}  // namespace

std::string Mutator::Next() {
  std::string input = corpus_.inputs[random_.Below(corpus_.inputs.size())];
  for (std::size_t changes = random_.Below(4) + 1; changes > 0; --changes) Change(input);
  if (input.size() > kInputBytesMax) input.resize(kInputBytesMax);
  return input;
}

std::string Mutator::PieceOf(const std::string& text) {
  if (text.empty()) return {};
  const std::size_t at = random_.Below(text.size());
  return text.substr(at, random_.Below(std::min<std::size_t>(text.size() - at, 64)) + 1);
}

void Mutator::Overwrite(std::string& input, std::size_t at) {
  static constexpr std::uint64_t kEdges[] = {0, ~std::uint64_t{0}, 0x7f, 0x8000000000000000, 0x7fffffff, 0x80};
  const std::uint64_t edge = kEdges[random_.Below(std::size(kEdges))];
  const std::size_t count = std::min(std::size_t{1} << random_.Below(4), input.size() - at);
  for (std::size_t i = 0; i < count; ++i) input[at + i] = static_cast<char>(edge >> (56 - 8 * i));
}

void Mutator::Change(std::string& input) {
  const std::size_t at = random_.Below(input.size() + 1);
  const bool at_end = at == input.size();
  switch (random_.Below(9)) {
    case 0:
      if (!at_end) input[at] = static_cast<char>(input[at] ^ 1 << random_.Below(8));
      return;
    case 1:
      if (!at_end) input[at] = static_cast<char>(random_.Below(256));
      return;
    case 2:
      if (!at_end) Overwrite(input, at);
      return;
    case 3:
      input.erase(at, random_.Below(16) + 1);
      return;
    case 4:
      input.resize(at);
      return;
    case 5: {
      const std::string piece = PieceOf(input);
      input.insert(at, piece);
      return;
    }
    case 6:
      input.insert(at, PieceOf(corpus_.inputs[random_.Below(corpus_.inputs.size())]));
      return;
    case 7: {  // deep nesting, long runs
      const std::string piece = PieceOf(input).substr(0, random_.Below(6) + 1);
      std::string run;
      for (std::size_t i = random_.Below(200); i > 0; --i) run += piece;
      input.insert(at, run);
      return;
    }
    default:
      if (!corpus_.words.empty()) input.insert(at, corpus_.words[random_.Below(corpus_.words.size())]);
      return;
  }
}

FuzzReport Fuzz(const Target& target, const Corpus& corpus, std::size_t rounds, std::uint64_t seed) {
  FuzzReport report;
  Mutator mutator(corpus, seed);
  for (std::size_t round = 0; round < corpus.inputs.size() + rounds; ++round) {
    const std::string input = round < corpus.inputs.size() ? corpus.inputs[round] : mutator.Next();
    BOOST_TEST_CHECKPOINT(fmt::format("round {}", round));
    const std::string finding = Judge(target, input, &report);
    if (finding.empty()) continue;
    report.finding = fmt::format("round {}: {}: {}", round, finding,
                                 text::GoQuote(std::string_view(input).substr(0, kShownBytesMax)));
    return report;
  }
  return report;
}

void CheckByFuzz(const Target& target, const Corpus& corpus, std::size_t rounds) {
  const FuzzReport report = Fuzz(target, corpus, rounds);
  BOOST_TEST(report.finding == "");
  BOOST_TEST(report.accepted > 0u);
  BOOST_TEST(report.refused > 0u);
  BOOST_TEST_MESSAGE(fmt::format("{} accepted, {} refused", report.accepted, report.refused));
}

}  // namespace stalemark::fuzz
