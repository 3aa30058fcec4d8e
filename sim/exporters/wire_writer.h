// SPDX-License-Identifier: Apache-2.0
// WireWriter: the fields of one protobuf message, in the order in which they are added. The counterpart of WireReader
// (core/exposition/protobuf_wire.h). Fields are written whatever their value, as proto2 does with fields that are set.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/model/value.h"

namespace stalemark::scenario {

class WireWriter {
 public:
  void Varint(unsigned field, std::uint64_t value) {
    Raw(field << 3);
    Raw(value);
  }
  /// Zigzag coding: sint32, sint64.
  void Zigzag(unsigned field, std::int64_t value) {
    Varint(field, static_cast<std::uint64_t>(value) << 1 ^ (value < 0 ? ~std::uint64_t{0} : 0));
  }
  void Double(unsigned field, double value) {
    Raw(field << 3 | 1);
    const std::uint64_t bits = BitsOf(value);
    for (int shift = 0; shift < 64; shift += 8) bytes_.push_back(static_cast<char>(bits >> shift & 0xFF));
  }
  void Bytes(unsigned field, std::string_view bytes) {
    Raw(field << 3 | 2);
    Delimited(bytes);
  }
  void Message(unsigned field, const WireWriter& message) { Bytes(field, message.bytes_); }
  /// Bytes behind their length, as messages stand in a stream.
  void Delimited(std::string_view bytes) {
    Raw(bytes.size());
    bytes_.append(bytes);
  }

  const std::string& bytes() const { return bytes_; }
  std::string Take() { return std::move(bytes_); }

 private:
  void Raw(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<char>(value | 0x80));
    bytes_.push_back(static_cast<char>(value));
  }

  std::string bytes_;
};

}  // namespace stalemark::scenario
