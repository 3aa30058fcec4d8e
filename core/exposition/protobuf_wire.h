// SPDX-License-Identifier: Apache-2.0
// WireReader: the fields of one protobuf message, in place. Mirrors the decoders that gogo/protobuf generates
// (prompb/io/prometheus/client/metrics.pb.go), with their error texts and their limits: varints of at most ten bytes,
// field numbers cut to 32 bits, unknown fields and groups skipped without recursion.
//
// Reads only inside the message, allocates nothing (but the text of an error), and never trusts a declared length.
// Views that it hands out point into the message. The first failure is kept in the WireFailure that all readers of a
// body share; a reader that failed has no further fields. Every read returns false on failure.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace stalemark {

/// Why a message cannot be read, in upstream's words, and where.
struct WireFailure {
  std::string message;
  const char* at = nullptr;
};

enum class WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kGroup = 3, kGroupEnd = 4, kFixed32 = 5 };

class WireReader {
 public:
  /// `type_name`: the message's, for error texts. `failure` must outlive the reader.
  WireReader(std::string_view message, const char* type_name, WireFailure* failure)
      : begin_(message.data()),
        at_(message.data()),
        end_(message.data() + message.size()),
        tag_(message.data()),
        type_name_(type_name),
        failure_(failure) {}

  /// Moves to the next field, which must then be read or skipped. False at the end and after a failure: ask ok().
  bool NextField() {
    if (at_ >= end_ || !ok_) return false;
    tag_ = at_;
    const auto key = static_cast<unsigned char>(*at_);
    field_ = key >> 3;
    wire_type_ = static_cast<WireType>(key & 7);
    // Keys of one byte, fields 1 to 15, are all but the exemplars of native histograms.
    if (key >= 0x80 || field_ == 0 || wire_type_ == WireType::kGroupEnd) return NextOddField();
    ++at_;
    return true;
  }
  bool ok() const { return ok_; }
  std::int32_t field() const { return field_; }
  WireType wire_type() const { return wire_type_; }

  // The current field. `name` is the field's, for error texts.
  bool ReadVarint(const char* name, std::uint64_t* value) { return Expect(WireType::kVarint, name) && Varint(value); }
  bool ReadInt64(const char* name, std::int64_t* value);
  bool ReadInt32(const char* name, std::int32_t* value);
  bool ReadUint32(const char* name, std::uint32_t* value);
  /// Zigzag coding, which the format calls sint32.
  bool ReadSint32(const char* name, std::int32_t* value);
  bool ReadDouble(const char* name, double* value) { return Expect(WireType::kFixed64, name) && Fixed64(value); }
  bool ReadBytes(const char* name, std::string_view* value) { return Expect(WireType::kBytes, name) && Bytes(value); }
  /// A repeated sint64 or double, one value or packed: calls on_value for each. As upstream's, the last packed value
  /// may reach beyond the packed bytes, and the message goes on behind it.
  template <class OnValue>
  bool ReadSint64s(const char* name, OnValue on_value);
  template <class OnValue>
  bool ReadDoubles(const char* name, OnValue on_value);
  /// Passes over the current field, a group with all that it holds.
  bool Skip();

  /// Fails with a text that is not the wire format's.
  bool Fail(std::string message);

 private:
  bool Expect(WireType type, const char* name) { return wire_type_ == type || FailWireType(name); }
  bool Varint(std::uint64_t* value) {
    if (at_ < end_ && static_cast<unsigned char>(*at_) < 0x80) {
      *value = static_cast<unsigned char>(*at_++);
      return true;
    }
    return LongVarint(value);
  }
  bool NextOddField();
  bool LongVarint(std::uint64_t* value);
  bool Fixed64(double* value);
  bool Bytes(std::string_view* value);
  bool SkipBytes(bool in_group);
  bool SkipFixed(std::ptrdiff_t size);
  bool FailWireType(const char* name);

  static std::int64_t Unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  /// Where the current field starts.
  const char* tag_;
  const char* type_name_;
  WireFailure* failure_;
  std::int32_t field_ = 0;
  WireType wire_type_ = WireType::kVarint;
  bool ok_ = true;
};

template <class OnValue>
bool WireReader::ReadSint64s(const char* name, OnValue on_value) {
  std::uint64_t value;
  if (wire_type_ == WireType::kVarint) {
    if (!Varint(&value)) return false;
    on_value(Unzigzag(value));
    return true;
  }
  std::string_view packed;
  if (!ReadBytes(name, &packed)) return false;
  for (at_ = packed.data(); at_ < packed.data() + packed.size();) {
    if (!Varint(&value)) return false;
    on_value(Unzigzag(value));
  }
  return true;
}

template <class OnValue>
bool WireReader::ReadDoubles(const char* name, OnValue on_value) {
  double value;
  if (wire_type_ == WireType::kFixed64) {
    if (!Fixed64(&value)) return false;
    on_value(value);
    return true;
  }
  std::string_view packed;
  if (!ReadBytes(name, &packed)) return false;
  for (at_ = packed.data(); at_ < packed.data() + packed.size();) {
    if (!Fixed64(&value)) return false;
    on_value(value);
  }
  return true;
}

/// The length in front of a message of a delimited stream.
struct DelimitedLength {
  std::uint64_t length = 0;
  /// Bytes of the length itself; 0: not a varint of at most ten bytes.
  std::size_t width = 0;
};
DelimitedLength ReadDelimitedLength(std::string_view bytes);

}  // namespace stalemark
