// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/protobuf_wire.h"

#include <limits>

#include <fmt/format.h>

namespace stalemark {
namespace {

constexpr const char* kUnexpectedEnd = "unexpected EOF";
constexpr const char* kOverflow = "proto: integer overflow";
constexpr const char* kNegativeLength = "proto: negative length found during unmarshaling";
constexpr unsigned kVarintBits = 64;

/// Upstream adds a length to a position and calls a sum that wraps negative.
bool SumWraps(std::int64_t length, std::ptrdiff_t position) {
  return length < 0 || length > std::numeric_limits<std::int64_t>::max() - std::int64_t{position};
}

std::uint64_t LoadLittleEndian(const char* at) {
  std::uint64_t bits = 0;
  for (int i = 7; i >= 0; --i) bits = bits << 8 | static_cast<unsigned char>(at[i]);
  return bits;
}

}  // namespace

bool WireReader::NextOddField() {
  std::uint64_t key;
  if (!Varint(&key)) return false;
  field_ = static_cast<std::int32_t>(static_cast<std::uint32_t>(key >> 3));
  wire_type_ = static_cast<WireType>(key & 7);
  if (wire_type_ == WireType::kGroupEnd) {
    return Fail(fmt::format("proto: {}: wiretype end group for non-group", type_name_));
  }
  if (field_ <= 0) return Fail(fmt::format("proto: {}: illegal tag {} (wire type {})", type_name_, field_, key));
  return true;
}

bool WireReader::ReadInt64(const char* name, std::int64_t* value) {
  std::uint64_t bits;
  if (!ReadVarint(name, &bits)) return false;
  *value = static_cast<std::int64_t>(bits);
  return true;
}

bool WireReader::ReadInt32(const char* name, std::int32_t* value) {
  std::uint32_t bits;
  if (!ReadUint32(name, &bits)) return false;
  *value = static_cast<std::int32_t>(bits);
  return true;
}

bool WireReader::ReadUint32(const char* name, std::uint32_t* value) {
  std::uint64_t bits;
  if (!ReadVarint(name, &bits)) return false;
  *value = static_cast<std::uint32_t>(bits);
  return true;
}

bool WireReader::ReadSint32(const char* name, std::int32_t* value) {
  std::uint32_t bits;
  if (!ReadUint32(name, &bits)) return false;
  *value = static_cast<std::int32_t>(static_cast<std::uint32_t>(Unzigzag(bits)));
  return true;
}

/// Iterative, so that the depth of groups costs nothing.
bool WireReader::Skip() {
  at_ = tag_;
  std::uint64_t depth = 0;
  while (at_ < end_) {
    std::uint64_t key;
    if (!Varint(&key)) return false;
    std::uint64_t ignored;
    bool passed = true;
    switch (static_cast<WireType>(key & 7)) {
      case WireType::kVarint:
        passed = Varint(&ignored);
        break;
      case WireType::kFixed64:
        passed = SkipFixed(8);
        break;
      case WireType::kBytes:
        passed = SkipBytes(depth != 0);
        break;
      case WireType::kGroup:
        ++depth;
        break;
      case WireType::kGroupEnd:
        --depth;  // never the first key: NextField refuses it
        break;
      case WireType::kFixed32:
        passed = SkipFixed(4);
        break;
      default:
        return Fail(fmt::format("proto: illegal wireType {}", key & 7));
    }
    if (!passed) return false;
    if (depth == 0) return true;
  }
  return Fail(kUnexpectedEnd);
}

bool WireReader::Fail(std::string message) {
  ok_ = false;
  failure_->message = std::move(message);
  failure_->at = at_;
  return false;
}

bool WireReader::LongVarint(std::uint64_t* value) {
  std::uint64_t bits = 0;
  for (unsigned shift = 0;; shift += 7) {
    if (shift >= kVarintBits) return Fail(kOverflow);
    if (at_ >= end_) return Fail(kUnexpectedEnd);
    const auto byte = static_cast<unsigned char>(*at_++);
    bits |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) break;
  }
  *value = bits;
  return true;
}

bool WireReader::Fixed64(double* value) {
  if (end_ - at_ < 8) return Fail(kUnexpectedEnd);
  const std::uint64_t bits = LoadLittleEndian(at_);
  std::memcpy(value, &bits, sizeof bits);
  at_ += 8;
  return true;
}

bool WireReader::Bytes(std::string_view* value) {
  std::uint64_t declared;
  if (!Varint(&declared)) return false;
  const auto length = static_cast<std::int64_t>(declared);
  if (SumWraps(length, at_ - begin_)) return Fail(kNegativeLength);
  if (length > end_ - at_) return Fail(kUnexpectedEnd);
  *value = std::string_view(at_, static_cast<std::size_t>(length));
  at_ += static_cast<std::ptrdiff_t>(length);
  return true;
}

/// Upstream's positions count from the field's start here; outside groups the sum with that start is looked at, too.
bool WireReader::SkipBytes(bool in_group) {
  std::uint64_t declared;
  if (!Varint(&declared)) return false;
  const auto length = static_cast<std::int64_t>(declared);
  if (SumWraps(length, at_ - (in_group ? tag_ : begin_))) return Fail(kNegativeLength);
  if (length > end_ - at_) return Fail(kUnexpectedEnd);
  at_ += static_cast<std::ptrdiff_t>(length);
  return true;
}

bool WireReader::SkipFixed(std::ptrdiff_t size) {
  if (end_ - at_ < size) return Fail(kUnexpectedEnd);
  at_ += size;
  return true;
}

bool WireReader::FailWireType(const char* name) {
  return Fail(fmt::format("proto: wrong wireType = {} for field {}", static_cast<int>(wire_type_), name));
}

DelimitedLength ReadDelimitedLength(std::string_view bytes) {
  DelimitedLength result;
  for (unsigned shift = 0; shift < kVarintBits && result.width < bytes.size(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes[result.width++]);
    result.length |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return result;
  }
  return {};
}

}  // namespace stalemark
