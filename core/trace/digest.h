// SPDX-License-Identifier: Apache-2.0
// Digest: XXH64 over a stream of numbers and texts, the same on every build. Numbers are written as 8 little-endian
// bytes, texts with their length in front.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace stalemark::trace {

class Digest {
 public:
  Digest();
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;
  ~Digest();

  void Number(std::uint64_t value);
  void Text(std::string_view text);
  /// Bytes as they are, without a length.
  void Raw(std::string_view bytes);
  /// Value so far; more may follow.
  std::uint64_t value() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// XXH64, seed 0, of some bytes: the name of a body in a trace.
std::uint64_t HashOf(std::string_view bytes);
/// 16 lower-case hex digits.
std::string DigestText(std::uint64_t value);

}  // namespace stalemark::trace
