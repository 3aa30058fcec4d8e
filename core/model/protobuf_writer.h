// SPDX-License-Identifier: Apache-2.0
// ProtobufWriter: protobuf fields, one behind the other. Proto3's rule holds for the functions without "Always": a zero
// value is not written, and -0 counts as zero. The counterpart of WireReader (core/exposition/protobuf_wire.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/endian/conversion.hpp>

#include "core/model/value.h"

namespace stalemark {

class ProtobufWriter {
 public:
  explicit ProtobufWriter(std::string& out) : out_(out) {}

  void Uint(int field, std::uint64_t value) {
    if (value != 0) UintAlways(field, value);
  }
  void UintAlways(int field, std::uint64_t value) {
    Tag(field, kVarint);
    Varint(value);
  }
  void Int(int field, std::int64_t value) { Uint(field, static_cast<std::uint64_t>(value)); }
  void Sint(int field, std::int64_t value) { Uint(field, ZigZag(value)); }
  void Double(int field, double value) {
    if (value != 0) DoubleAlways(field, value);
  }
  void DoubleAlways(int field, double value) {
    Tag(field, kFixed64);
    Fixed64(BitsOf(value));
  }
  void Bytes(int field, std::string_view bytes) {
    if (!bytes.empty()) BytesAlways(field, bytes);
  }
  void BytesAlways(int field, std::string_view bytes) {
    Tag(field, kLengthDelimited);
    Varint(bytes.size());
    out_ += bytes;
  }

  // Elements of packed fields.
  void Varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
  }
  void Fixed64(std::uint64_t bits) {
    unsigned char bytes[8];
    boost::endian::store_little_u64(bytes, bits);
    out_.append(reinterpret_cast<const char*>(bytes), sizeof bytes);
  }
  static std::uint64_t ZigZag(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    return bits << 1 ^ (0 - (bits >> 63));
  }

 private:
  enum WireType : std::uint64_t { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2 };
  void Tag(int field, WireType type) { Varint(static_cast<std::uint64_t>(field) << 3 | type); }

  std::string& out_;
};

}  // namespace stalemark
