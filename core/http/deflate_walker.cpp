// SPDX-License-Identifier: Apache-2.0
#include "core/http/deflate_walker.h"

#include <algorithm>
#include <array>
#include <vector>

namespace stalemark {
namespace {

constexpr std::size_t kLiteralCodesMax = 286;
constexpr std::size_t kDistanceCodesMax = 30;
constexpr std::size_t kLengthCodes = 19;
constexpr int kCodeBitsMax = 15;
constexpr int kEndOfBlock = 256;
constexpr std::uint64_t kWindowBytes = 32768;

/// Decodes symbols from the codes' lengths, canonical order. Symbols of one length are numbered in a row.
class HuffmanCode {
 public:
  /// False when the lengths make no complete code; empty ones and a single one-bit code are let through.
  bool Init(const int* lengths, std::size_t count) {
    counts_.fill(0);
    symbols_.clear();
    min_bits_ = max_bits_ = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (lengths[i] != 0) ++counts_[static_cast<std::size_t>(lengths[i])];
    }
    int code = 0;
    for (int bits = 1; bits <= kCodeBitsMax; ++bits) {
      const int of_length = counts_[static_cast<std::size_t>(bits)];
      if (of_length != 0) {
        if (min_bits_ == 0) min_bits_ = bits;
        max_bits_ = bits;
      }
    }
    if (max_bits_ == 0) return true;
    for (int bits = 1; bits <= max_bits_; ++bits) {
      code = (code << 1) + counts_[static_cast<std::size_t>(bits)];
      // Already over-subscribed; more doublings would only overflow.
      if (code > 1 << bits) return false;
    }
    if (code != 1 << max_bits_ && !(code == 1 && max_bits_ == 1)) return false;
    for (int bits = 1; bits <= max_bits_; ++bits) {
      for (std::size_t i = 0; i < count; ++i) {
        if (lengths[i] == bits) symbols_.push_back(static_cast<int>(i));
      }
    }
    return true;
  }

  /// Length of the shortest code; bits that are fetched before the first look.
  int min_bits() const { return min_bits_; }
  void RaiseMinBits(int bits) { min_bits_ = std::max(min_bits_, bits); }

  struct Symbol {
    /// -1: no code starts with the bits.
    int value;
    /// Length of the code, or with too few bits known a lower bound; 0 with value -1.
    int bits;
  };
  /// The symbol whose code starts with `bits`, lowest first; bits beyond `known` are zero.
  Symbol Decode(std::uint32_t bits) const {
    int code = 0, first = 0;
    std::size_t index = 0;
    for (int length = 1; length <= max_bits_; ++length) {
      code |= static_cast<int>(bits & 1);
      bits >>= 1;
      const int of_length = counts_[static_cast<std::size_t>(length)];
      if (code - first < of_length) return {symbols_[index + static_cast<std::size_t>(code - first)], length};
      index += static_cast<std::size_t>(of_length);
      first = (first + of_length) << 1;
      code <<= 1;
    }
    return {-1, 0};
  }

 private:
  std::array<int, kCodeBitsMax + 1> counts_{};
  std::vector<int> symbols_;
  int min_bits_ = 0;
  int max_bits_ = 0;
};

class Walker {
 public:
  explicit Walker(std::string_view input) : input_(input) {
    std::array<int, 288> lengths;
    for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    fixed_literals_.Init(lengths.data(), lengths.size());
  }

  DeflateWalk Run() {
    bool final = false;
    while (!final && Block(&final)) {
    }
    return walk_;
  }

 private:
  // Each step returns false when the walk is over; walk_.end then says how.
  bool Corrupt() {
    walk_.end = DeflateEnd::kCorrupt;
    return false;
  }
  bool NeedBits(int count) {
    while (bit_count_ < count) {
      if (walk_.input_bytes == input_.size()) {
        walk_.end = DeflateEnd::kInputExhausted;
        return false;
      }
      bits_ |= static_cast<std::uint32_t>(static_cast<unsigned char>(input_[walk_.input_bytes++])) << bit_count_;
      bit_count_ += 8;
    }
    return true;
  }
  std::uint32_t TakeBits(int count) {
    const std::uint32_t value = bits_ & ((std::uint32_t{1} << count) - 1);
    bits_ >>= count;
    bit_count_ -= count;
    return value;
  }
  bool Bits(int count, std::uint32_t* value) {
    if (!NeedBits(count)) return false;
    *value = TakeBits(count);
    return true;
  }
  bool ReadSymbol(const HuffmanCode& code, int* symbol) {
    int wanted = code.min_bits();
    for (;;) {
      if (!NeedBits(wanted)) return false;
      const HuffmanCode::Symbol found = code.Decode(bits_);
      wanted = found.bits;
      if (wanted > bit_count_) continue;
      if (wanted == 0) return Corrupt();
      TakeBits(wanted);
      *symbol = found.value;
      return true;
    }
  }

  /// The window is handed out whenever it is full.
  void Produce(std::uint64_t count) {
    walk_.output_bytes += count;
    const std::uint64_t full = walk_.output_bytes / kWindowBytes * kWindowBytes;
    walk_.flushed_bytes = std::max(walk_.flushed_bytes, full);
  }

  bool Block(bool* final) {
    std::uint32_t header;
    if (!Bits(3, &header)) return false;
    *final = (header & 1) != 0;
    switch (header >> 1) {
      case 0:
        return StoredBlock(*final);
      case 1:
        return HuffmanBlock(fixed_literals_, nullptr);
      case 2:
        return ReadCodes() && HuffmanBlock(literals_, &distances_);
      default:
        return Corrupt();
    }
  }

  bool StoredBlock(bool final) {
    bits_ = 0;
    bit_count_ = 0;
    const std::size_t left = input_.size() - walk_.input_bytes;
    if (left < 4) {
      walk_.input_bytes = input_.size();
      walk_.end = DeflateEnd::kInputExhausted;
      return false;
    }
    const auto byte = [&](std::size_t i) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(input_[walk_.input_bytes + i]));
    };
    const std::uint32_t length = byte(0) | byte(1) << 8;
    const std::uint32_t complement = byte(2) | byte(3) << 8;
    walk_.input_bytes += 4;
    if (complement != (~length & 0xffff)) return Corrupt();
    // An empty stored block is how a writer flushes; at the end the flush comes with the end.
    if (length == 0 && !final) walk_.flushed_bytes = walk_.output_bytes;
    const std::size_t present = std::min<std::size_t>(length, left - 4);
    walk_.input_bytes += present;
    Produce(present);
    if (present == length) return true;
    walk_.end = DeflateEnd::kInputExhausted;
    return false;
  }

  bool ReadCodes() {
    constexpr std::array<std::uint8_t, kLengthCodes> kOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                               11, 4,  12, 3, 13, 2, 14, 1, 15};
    if (!NeedBits(14)) return false;
    const std::size_t literal_count = TakeBits(5) + 257;
    if (literal_count > kLiteralCodesMax) return Corrupt();
    const std::size_t distance_count = TakeBits(5) + 1;
    if (distance_count > kDistanceCodesMax) return Corrupt();
    const std::size_t length_count = TakeBits(4) + 4;
    std::array<int, kLengthCodes> code_lengths{};
    for (std::size_t i = 0; i < length_count; ++i) {
      std::uint32_t length;
      if (!Bits(3, &length)) return false;
      code_lengths[kOrder[i]] = static_cast<int>(length);
    }
    HuffmanCode lengths_code;
    if (!lengths_code.Init(code_lengths.data(), code_lengths.size())) return Corrupt();
    std::array<int, kLiteralCodesMax + kDistanceCodesMax> lengths{};
    if (!ReadLengths(lengths_code, literal_count + distance_count, lengths.data())) return false;
    if (!literals_.Init(lengths.data(), literal_count)) return Corrupt();
    if (!distances_.Init(lengths.data() + literal_count, distance_count)) return Corrupt();
    // Every block ends with this symbol, so its bits are there unless the input is cut.
    literals_.RaiseMinBits(lengths[kEndOfBlock]);
    return true;
  }

  bool ReadLengths(const HuffmanCode& code, std::size_t count, int* lengths) {
    for (std::size_t i = 0; i < count;) {
      int symbol;
      if (!ReadSymbol(code, &symbol)) return false;
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol == 16 && i == 0) return Corrupt();
      const int value = symbol == 16 ? lengths[i - 1] : 0;
      std::uint32_t extra;
      if (!Bits(symbol == 16 ? 2 : symbol == 17 ? 3 : 7, &extra)) return false;
      const std::size_t repeat = extra + (symbol == 18 ? 11 : 3);
      if (i + repeat > count) return Corrupt();
      std::fill_n(lengths + i, repeat, value);
      i += repeat;
    }
    return true;
  }

  /// Literals and copies until the end of the block; without `distances` the fixed five-bit ones.
  bool HuffmanBlock(const HuffmanCode& literals, const HuffmanCode* distances) {
    for (;;) {
      int symbol;
      if (!ReadSymbol(literals, &symbol)) return false;
      if (symbol == kEndOfBlock) return true;
      if (symbol < kEndOfBlock) {
        Produce(1);
        continue;
      }
      if (!Copy(symbol, distances)) return false;
    }
  }

  bool Copy(int symbol, const HuffmanCode* distances) {
    if (symbol >= static_cast<int>(kLiteralCodesMax)) return Corrupt();
    std::uint64_t length;
    if (symbol < 265) {
      length = static_cast<std::uint64_t>(symbol - 254);
    } else if (symbol == 285) {
      length = 258;
    } else {
      const int extra_bits = (symbol - 261) / 4;
      std::uint32_t extra;
      if (!Bits(extra_bits, &extra)) return false;
      length = (static_cast<std::uint64_t>(4 + (symbol - 265) % 4) << extra_bits) + 3 + extra;
    }
    int distance_symbol;
    if (distances != nullptr) {
      if (!ReadSymbol(*distances, &distance_symbol)) return false;
    } else {
      std::uint32_t code;
      if (!Bits(5, &code)) return false;
      distance_symbol = 0;
      for (int bit = 0; bit < 5; ++bit) distance_symbol |= static_cast<int>(code >> bit & 1) << (4 - bit);
    }
    if (distance_symbol >= static_cast<int>(kDistanceCodesMax)) return Corrupt();
    std::uint64_t distance = static_cast<std::uint64_t>(distance_symbol) + 1;
    if (distance_symbol >= 4) {
      const int extra_bits = (distance_symbol - 2) / 2;
      std::uint32_t extra;
      if (!Bits(extra_bits, &extra)) return false;
      distance = (static_cast<std::uint64_t>(2 + distance_symbol % 2) << extra_bits) + 1 + extra;
    }
    if (distance > std::min(walk_.output_bytes, kWindowBytes)) return Corrupt();
    Produce(length);
    return true;
  }

  std::string_view input_;
  DeflateWalk walk_;
  std::uint32_t bits_ = 0;
  int bit_count_ = 0;
  HuffmanCode fixed_literals_, literals_, distances_;
};

}  // namespace

DeflateWalk WalkDeflate(std::string_view input) {
  return Walker(input).Run();
}

}  // namespace stalemark
