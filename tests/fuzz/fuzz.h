// SPDX-License-Identifier: Apache-2.0
// Mutation tests of everything that reads bytes from outside. A target is fed the inputs of its corpus, then changed
// ones: bits flipped, pieces cut, doubled, repeated or taken from another input, words of the format put in. Asserted
// of each input: no crash, an end within a number of steps, an error with a text, and an amount of heap memory that the
// length of the input bounds. A run is a function of its seed: a finding names the round, and a crash shows it as the
// last checkpoint.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/random.h"

namespace stalemark::fuzz {

/// Longer inputs are cut.
inline constexpr std::size_t kInputBytesMax = 24 << 10;

/// Counts what a target does with one input.
class Steps {
 public:
  explicit Steps(std::size_t max) : rest_(max) {}
  /// False: it should have come to an end.
  bool Take() {
    if (rest_ == 0) overrun_ = true;
    if (rest_ > 0) --rest_;
    return !overrun_;
  }
  bool overrun() const { return overrun_; }

 private:
  std::size_t rest_;
  bool overrun_ = false;
};

struct Outcome {
  bool accepted = true;
  /// Of a refused input.
  std::string error;
  /// What else is wrong with what came out; empty: nothing.
  std::string finding;

  static Outcome Refused(std::string error) { return {false, std::move(error), {}}; }
  static Outcome Wrong(std::string finding) { return {true, {}, std::move(finding)}; }
};

/// What may be asked for: `base` and so much per byte of the input.
struct Bound {
  std::size_t base = 0;
  std::size_t per_byte = 0;
  std::size_t For(std::size_t bytes) const { return base + per_byte * bytes; }
};

struct Target {
  std::function<Outcome(std::string_view input, Steps& steps)> run;
  Bound steps;
  Bound heap_bytes;
};

struct Corpus {
  std::vector<std::string> inputs;
  /// Pieces that mean something in the format.
  std::vector<std::string> words;
};

/// Makes inputs of a corpus.
class Mutator {
 public:
  /// Requires: at least one input. The corpus must outlive it.
  Mutator(const Corpus& corpus, std::uint64_t seed) : corpus_(corpus), random_(seed) {}
  std::string Next();

 private:
  void Change(std::string& input);
  /// Puts in a number of an edge: all bits, one bit, few.
  void Overwrite(std::string& input, std::size_t at);
  std::string PieceOf(const std::string& text);

  const Corpus& corpus_;
  test::Random random_;
};

struct FuzzReport {
  /// The first thing that was wrong, with its round and input; empty: nothing.
  std::string finding;
  std::size_t accepted = 0;
  std::size_t refused = 0;
};

/// The inputs of the corpus, then `rounds` changed ones. Stops at the first finding.
FuzzReport Fuzz(const Target& target, const Corpus& corpus, std::size_t rounds, std::uint64_t seed = 1);
/// Fuzz, expecting no finding and inputs of both kinds.
void CheckByFuzz(const Target& target, const Corpus& corpus, std::size_t rounds);

}  // namespace stalemark::fuzz
