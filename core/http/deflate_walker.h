// SPDX-License-Identifier: Apache-2.0
// DeflateWalker: follows a deflate stream that cannot be unpacked and tells how upstream's decoder fails on it. Mirrors
// the order in which Go's compress/flate reads, flushes and checks (inflate.go); produces no output.
//
// zlib unpacks good streams; it does not say at which byte a bad one is corrupt, and notices some errors earlier than
// Go does. Upstream's error text has that offset, and the body limit depends on how many bytes came out before the
// error, so a failed stream is walked again from its start. Linear in the input, a few kilobytes of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stalemark {

enum class DeflateEnd : std::uint8_t {
  kComplete,        ///< the final block ended
  kInputExhausted,  ///< more input is needed
  kCorrupt,         ///< `flate: corrupt input before offset N`
};

struct DeflateWalk {
  DeflateEnd end = DeflateEnd::kComplete;
  /// Bytes of input read; in the error text of kCorrupt.
  std::size_t input_bytes = 0;
  /// Bytes that can be unpacked before the end.
  std::uint64_t output_bytes = 0;
  /// Those of them that the decoder hands out before it meets the end: the others come together with it.
  std::uint64_t flushed_bytes = 0;
};

/// Walks the raw deflate stream at the start of `input`.
DeflateWalk WalkDeflate(std::string_view input);

}  // namespace stalemark
