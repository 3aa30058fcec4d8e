// SPDX-License-Identifier: Apache-2.0
#include "core/config/yaml_reader.h"

#include <algorithm>

namespace stalemark::yaml {
namespace {

constexpr std::size_t kPieceBytes = 512;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::size_t WidthOf(char first) {
  const auto c = static_cast<unsigned char>(first);
  if (c < 0x80) return 1;
  if ((c & 0xE0) == 0xC0) return 2;
  if ((c & 0xF0) == 0xE0) return 3;
  if ((c & 0xF8) == 0xF0) return 4;
  return 0;
}

bool IsAllowed(std::uint32_t rune) {
  if (rune < 0x20) return rune == '\t' || rune == '\n' || rune == '\r';
  return rune <= 0x7E || rune == 0x85 || (rune >= 0xA0 && rune <= 0xFFFD) || rune >= 0x10000;
}

/// What is wrong with the bytes of one character; empty: nothing.
std::string_view ComplaintAbout(std::string_view bytes) {
  static constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  static constexpr std::uint32_t kLeadMask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  std::uint32_t rune = static_cast<unsigned char>(bytes.front()) & kLeadMask[bytes.size()];
  for (const char c : bytes.substr(1)) {
    const auto octet = static_cast<unsigned char>(c);
    if ((octet & 0xC0) != 0x80) return "invalid trailing UTF-8 octet";
    rune = (rune << 6) + (octet & 0x3F);
  }
  if (rune < kLeast[bytes.size()]) return "invalid length of a UTF-8 sequence";
  if ((rune >= 0xD800 && rune <= 0xDFFF) || rune > 0x10FFFF) return "invalid Unicode character";
  return IsAllowed(rune) ? std::string_view() : "control characters are not allowed";
}

}  // namespace

CharReader::CharReader(std::string_view text) : text_(text) {
  if (text_.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    mark_.offset = mark_.line_offset = checked_end_ = kByteOrderMark.size();
  }
}

void CharReader::Fail(Failure failure) {
  if (failure_) return;
  failure_ = std::move(failure);
  checked_end_ = kEverything;
  checked_count_ = kEverything;
}

bool CharReader::IsByteOrderMark() const {
  return text_.substr(piece_begin_, kByteOrderMark.size()) == kByteOrderMark;
}

void CharReader::CheckMore() {
  piece_begin_ = mark_.offset;
  if (checked_end_ >= text_.size()) {
    checked_end_ = kEverything;
    checked_count_ = kEverything;
    return;
  }
  // The first piece begins in front of a byte order mark.
  const std::size_t begin = checked_end_;
  const std::size_t end = std::min(text_.size(), any_checked_ ? begin + kPieceBytes : kPieceBytes);
  any_checked_ = true;
  std::size_t offset = begin;
  while (offset < end) {
    const std::size_t width = CheckCharacter(offset, end, begin);
    if (width == 0) break;
    offset += width;
    ++checked_count_;
  }
  if (!failed()) checked_end_ = offset;
}

std::size_t CharReader::CheckCharacter(std::size_t offset, std::size_t piece_end, std::size_t piece_begin) {
  const auto c = static_cast<unsigned char>(text_[offset]);
  if (c >= 0x20 && c < 0x7F) return 1;
  const std::size_t width = WidthOf(text_[offset]);
  std::string_view problem;
  if (width == 0) {
    problem = "invalid leading UTF-8 octet";
  } else if (width > piece_end - offset) {
    if (offset > piece_begin) return 0;
    problem = "incomplete UTF-8 octet sequence";
  } else {
    problem = ComplaintAbout(text_.substr(offset, width));
  }
  if (problem.empty()) return width;
  Failure failure;
  failure.problem = problem;
  // Upstream has no place for these. Ours is found by walking on from what was read.
  Mark place = mark_;
  while (place.offset < offset) {
    if (text_[place.offset] == '\n') {
      ++place.line;
      place.line_offset = place.offset + 1;
    }
    ++place.offset;
  }
  failure.place = place;
  Fail(std::move(failure));
  return 0;
}

std::size_t CharReader::BreakWidth(std::size_t ahead) {
  switch (At(ahead)) {
    case '\r':
    case '\n':
      return 1;
    case '\xC2':
      return At(ahead + 1) == '\x85' ? 2 : 0;
    case '\xE2':
      return At(ahead + 1) == '\x80' && (At(ahead + 2) == '\xA8' || At(ahead + 2) == '\xA9') ? 3 : 0;
    default:
      return 0;
  }
}

void CharReader::Skip() {
  const char first = At();
  if (first == '\0') return;
  mark_.offset += WidthOf(first);
  ++mark_.index;
  ++mark_.column;
}

void CharReader::NextLine(std::size_t width, std::uint32_t characters) {
  mark_.offset += width;
  mark_.line_offset = mark_.offset;
  mark_.index += characters;
  mark_.column = 0;
  ++mark_.line;
}

void CharReader::SkipLine() {
  if (At() == '\r' && At(1) == '\n') {
    NextLine(2, 2);
  } else if (const std::size_t width = BreakWidth(0); width > 0) {
    NextLine(width, 1);
  }
}

void CharReader::Take(std::string& out) {
  const std::size_t begin = mark_.offset;
  Skip();
  out += text_.substr(begin, mark_.offset - begin);
}

void CharReader::TakeLine(std::string& out) {
  const std::size_t width = BreakWidth(0);
  if (width == 3) {
    out += text_.substr(mark_.offset, width);
  } else if (width > 0) {
    out += '\n';
  }
  SkipLine();
}

void CharReader::EndLastLine() {
  if (mark_.column == 0) return;
  mark_.column = 0;
  ++mark_.line;
}

}  // namespace stalemark::yaml
