// SPDX-License-Identifier: Apache-2.0
// RawTexts: the exposed bytes of many series, in the order in which they were added. Neighbours of an exposition differ
// in a few bytes, so each text is kept as its difference from the one before; every kGroup-th is kept whole, as in the
// blocks of LevelDB's tables. A RawTextReader gives them back: the next one for the cost of the bytes that differ, any
// other for at most kGroup such steps.
//
// Texts stay for the life of the list. Single-threaded. No errors; no allocation for a text that is read unless it is
// longer than all before it.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace stalemark {

class RawTexts {
 public:
  /// Of so many texts the first is kept whole.
  static constexpr std::size_t kGroup = 16;

  void Add(std::string_view text);
  std::size_t memory_bytes() const {
    return bytes_.capacity() + last_.capacity() + group_starts_.capacity() * sizeof(std::size_t);
  }

 private:
  friend class RawTextReader;

  void AddWhole(std::string_view text);
  /// Replaces what differs between two texts of one length, piece by piece.
  void AddPatches(std::string_view text);
  /// Replaces the middle between what both begin and end with.
  void AddMiddle(std::string_view text);
  void AppendNumber(std::size_t number);
  void AppendBytes(std::string_view bytes);

  /// One record behind the other. Its first byte says what follows (numbers are LEB128):
  ///   kWhole     length, text
  ///   kMiddle    length of what both begin with, how many bytes of the last text go there, how many come, those
  ///   otherwise  how many patches follow (a few), each: how many bytes stay, how many are replaced, those
  static constexpr unsigned char kWhole = 0xFF;
  static constexpr unsigned char kMiddle = 0xFE;
  std::vector<unsigned char> bytes_;
  /// Where the record of each kGroup-th text begins.
  std::vector<std::size_t> group_starts_;
  /// The text added last.
  std::vector<char> last_;
  std::size_t size_ = 0;
};

class RawTextReader {
 public:
  /// The list must outlive the reader; it may grow.
  explicit RawTextReader(const RawTexts& texts) : texts_(&texts) {}

  /// A text by its number. Valid until the next call.
  std::string_view At(std::size_t index) {
    if (index != at_) MoveTo(index);
    return {text_.data(), size_};
  }

 private:
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

  void MoveTo(std::size_t index);
  /// Reads the record at next_, over the text of the one before it.
  void Step();
  void ReadWhole(const unsigned char* record);
  void ReadMiddle(const unsigned char* record);
  /// Takes a number off a record.
  static std::size_t Take(const unsigned char*& record);

  const RawTexts* texts_;
  /// Which text is in text_.
  std::size_t at_ = kNowhere;
  /// Where the record behind it begins.
  std::size_t next_ = 0;
  /// Its first size_ bytes.
  std::vector<char> text_;
  std::size_t size_ = 0;
};

// ---- inline: one step per sample ----

inline void RawTextReader::MoveTo(std::size_t index) {
  assert(index < texts_->size_);
  if (at_ > index || index - at_ > index % RawTexts::kGroup) {
    at_ = index - index % RawTexts::kGroup;
    next_ = texts_->group_starts_[at_ / RawTexts::kGroup];
    Step();
  }
  for (; at_ != index; ++at_) Step();
}

inline std::size_t RawTextReader::Take(const unsigned char*& record) {
  std::size_t number = *record++;
  if (number < 0x80) return number;
  number &= 0x7F;
  for (unsigned shift = 7;; shift += 7) {
    const unsigned char byte = *record++;
    number |= static_cast<std::size_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return number;
  }
}

inline void RawTextReader::Step() {
  const unsigned char* record = texts_->bytes_.data() + next_;
  unsigned patches = *record++;
  if (patches == RawTexts::kWhole) return ReadWhole(record);
  if (patches == RawTexts::kMiddle) return ReadMiddle(record);
  char* text = text_.data();
  for (; patches > 0; --patches) {
    text += Take(record);
    const std::size_t length = Take(record);
    if (length <= 2) {
      text[0] = static_cast<char>(record[0]);
      text[length - 1] = static_cast<char>(record[length - 1]);
    } else {
      std::memcpy(text, record, length);
    }
    text += length;
    record += length;
  }
  next_ = static_cast<std::size_t>(record - texts_->bytes_.data());
}

inline void RawTextReader::ReadMiddle(const unsigned char* record) {
  const std::size_t begin = Take(record);
  const std::size_t removed = Take(record);
  const std::size_t added = Take(record);
  const std::size_t tail = size_ - begin - removed;
  size_ = begin + added + tail;
  if (size_ > text_.size()) text_.resize(size_);
  if (tail > 0) std::memmove(text_.data() + begin + added, text_.data() + begin + removed, tail);
  std::copy_n(record, added, text_.begin() + static_cast<std::ptrdiff_t>(begin));
  next_ = static_cast<std::size_t>(record - texts_->bytes_.data()) + added;
}

}  // namespace stalemark
