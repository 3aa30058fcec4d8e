// SPDX-License-Identifier: Apache-2.0
// Gunzipper: unpacks a gzip body as upstream's reader does (HTTP-11, HTTP-12). Mirrors compress/gzip/gunzip.go read
// through a limit, on top of zlib's raw inflate.
//
// Works on everything that arrived, at the end of the response: the outcome depends on the bytes and on how the
// response ended, not on when they came. Members are read one after the other; what follows the last one must be a
// member too. A Gunzipper keeps its inflate state between calls: one for an engine is enough. Single-threaded.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/http/body_buffer.h"

namespace stalemark {

enum class GunzipEnd : std::uint8_t {
  kComplete,
  kLimit,   ///< `limit` bytes came out before anything else went wrong
  kTooBig,  ///< more than `bytes_max` bytes came out
  kFailed,  ///< error: upstream's text
};

struct GunzipOutcome {
  GunzipEnd end = GunzipEnd::kComplete;
  std::string error;
};

struct GunzipOptions {
  /// Why the input stops where it does, when not because the response is complete.
  std::optional<std::string> input_error;
  /// This many bytes are too many; 0: no limit.
  std::uint64_t limit = 0;
  /// More than this are refused.
  std::uint64_t bytes_max = 0;
};

class Gunzipper {
 public:
  Gunzipper();
  ~Gunzipper();
  Gunzipper(const Gunzipper&) = delete;
  Gunzipper& operator=(const Gunzipper&) = delete;

  /// Appends to `out`, which is empty, at most one byte more than the smaller of the two limits.
  GunzipOutcome Unpack(std::string_view input, const GunzipOptions& options, BodyBuffer* out);

 private:
  struct Inflater;
  class Run;
  std::unique_ptr<Inflater> inflater_;
};

}  // namespace stalemark
