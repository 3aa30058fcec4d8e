// SPDX-License-Identifier: Apache-2.0
// Variable-length integers of the trace encoding: unsigned LEB128, and zig-zag for signed numbers. The same forms as
// encoding/binary's Uvarint and Varint in Go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stalemark::trace {

inline void AppendUvarint(std::string& out, std::uint64_t value) {
  if (value < 0x80) {
    out.push_back(static_cast<char>(value));
    return;
  }
  // One append: each grows and ends the string anew.
  char bytes[10];
  std::size_t size = 0;
  while (value >= 0x80) {
    bytes[size++] = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  bytes[size++] = static_cast<char>(value);
  out.append(bytes, size);
}

inline void AppendVarint(std::string& out, std::int64_t value) {
  AppendUvarint(out, static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
}

/// Takes a number off the front; empty when the text ends inside it or it does not fit 64 bits.
inline std::optional<std::uint64_t> TakeUvarint(std::string_view& in) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < in.size() && i < 10; ++i) {
    const auto byte = static_cast<unsigned char>(in[i]);
    if (i == 9 && byte > 1) return std::nullopt;
    value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
    if (byte < 0x80) {
      in.remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

inline std::optional<std::int64_t> TakeVarint(std::string_view& in) {
  const std::optional<std::uint64_t> raw = TakeUvarint(in);
  if (!raw) return std::nullopt;
  return static_cast<std::int64_t>(*raw >> 1 ^ (~(*raw & 1) + 1));
}

}  // namespace stalemark::trace
