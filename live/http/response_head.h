// SPDX-License-Identifier: Apache-2.0
// ResponseHeadReader: from the lines of a response's head to a ResponseHead. Mirrors http.ReadResponse and the limits
// of http.Transport around it (net/http/response.go, transfer.go, transport.go).
//
// Interim responses (1xx but 101) are read over. Errors carry upstream's text, without what the transport puts in
// front. One reader serves one exchange after another. Pure, single-threaded.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/model/result.h"
#include "core/seams/transport.h"

namespace stalemark {

/// http.Transport's default for all heads of one exchange together.
inline constexpr std::size_t kResponseHeadBytesMax = std::size_t{10} << 20;

class ResponseHeadReader {
 public:
  enum class Progress : std::uint8_t { kMore, kComplete };

  void Reset();
  /// Takes one line, with or without its line end; the empty one ends a head. Requires: the head is not complete.
  Result<Progress> Read(std::string_view line);
  const ResponseHead& head() const { return head_; }
  bool begun() const { return bytes_ > 0; }
  bool complete() const { return complete_; }
  /// Requires: complete.
  bool is_http2() const { return http2_; }

 private:
  Status ReadStatusLine(std::string_view line);
  Status ReadHeader(std::string_view line);
  Status EndHead();

  ResponseHead head_;
  bool in_head_ = false;
  bool complete_ = false;
  bool http2_ = false;
  std::size_t bytes_ = 0;
};

}  // namespace stalemark
