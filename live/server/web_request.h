// SPDX-License-Identifier: Apache-2.0
// One request of HTTP/1.x as bytes, and the answer as bytes. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "live/api/api.h"

namespace stalemark {

inline constexpr std::size_t kRequestHeadBytesMax = std::size_t{64} << 10;
inline constexpr std::uint64_t kRequestBodyBytesMax = std::uint64_t{1} << 20;

enum class ConnectionUse : std::uint8_t { kKeep, kClose };

struct WebRequest {
  ApiRequest asked;
  ConnectionUse use = ConnectionUse::kKeep;
  /// Of the body behind the head.
  std::uint64_t body_bytes = 0;
  /// Not 0: the request is refused with that status, and the connection ends.
  int refused = 0;
};

/// Reads a head without the empty line at its end.
WebRequest ReadWebRequest(std::string_view head);
/// Status line and headers, with the empty line.
std::string AnswerHead(const ApiAnswer& answer, ConnectionUse use);

}  // namespace stalemark
