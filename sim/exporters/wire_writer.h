// SPDX-License-Identifier: Apache-2.0
// WireWriter: one protobuf message, its fields in the order in which they are added. Fields are written whatever their
// value, as proto2 does with fields that are set.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/model/protobuf_writer.h"

namespace stalemark::scenario {

class WireWriter {
 public:
  void Varint(int field, std::uint64_t value) { Writer().UintAlways(field, value); }
  /// Zigzag coding: sint32, sint64.
  void Zigzag(int field, std::int64_t value) { Writer().UintAlways(field, ProtobufWriter::ZigZag(value)); }
  void Double(int field, double value) { Writer().DoubleAlways(field, value); }
  void Bytes(int field, std::string_view bytes) { Writer().BytesAlways(field, bytes); }
  void Message(int field, const WireWriter& message) { Bytes(field, message.bytes_); }
  /// Bytes behind their length, as messages stand in a stream.
  void Delimited(std::string_view bytes) {
    Writer().Varint(bytes.size());
    bytes_.append(bytes);
  }

  const std::string& bytes() const { return bytes_; }
  std::string Take() { return std::move(bytes_); }

 private:
  ProtobufWriter Writer() { return ProtobufWriter(bytes_); }

  std::string bytes_;
};

}  // namespace stalemark::scenario
