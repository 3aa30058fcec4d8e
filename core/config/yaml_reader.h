// SPDX-License-Identifier: Apache-2.0
// The lowest layer of the YAML reader: characters with their places, and the first thing that goes wrong in any layer.
// Mirrors readerc.go of go.yaml.in/yaml/v2, with its order of complaints: characters are checked in pieces of 512
// bytes, shortly before they are looked at, so that a syntax error well in front of a bad byte is the one reported.
//
// A CharReader views the text, which must outlive it. Failing is sticky: the first failure stays, and from then on the
// text seems to be at its end, so that loops over characters end by themselves. Lines and columns count from 0 here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace stalemark::yaml {

/// A place in the text.
struct Mark {
  /// In bytes: the place, and the start of its line.
  std::size_t offset = 0;
  std::size_t line_offset = 0;
  /// In characters from the start of the text and of the line.
  std::uint32_t index = 0;
  std::uint32_t column = 0;
  std::uint32_t line = 0;
};

/// What went wrong, in the words of yaml.v2, and what was being read.
struct Failure {
  /// The layers count lines differently in their messages.
  enum class Layer : std::uint8_t { kReader, kScanner, kParser };
  Layer layer = Layer::kReader;
  std::string problem;
  Mark place;
  /// `while scanning a quoted scalar` and where that started; may be empty.
  std::string context;
  Mark context_place;
};

class CharReader {
 public:
  explicit CharReader(std::string_view text);

  const Mark& mark() const { return mark_; }
  bool failed() const { return failure_.has_value(); }
  const std::optional<Failure>& failure() const { return failure_; }
  /// Keeps the first failure.
  void Fail(Failure failure);

  /// The byte so many bytes ahead; 0 behind the end.
  char At(std::size_t ahead = 0) {
    const std::size_t offset = mark_.offset + ahead;
    while (offset >= checked_end_) CheckMore();
    return offset < text_.size() && !failed() ? text_[offset] : '\0';
  }
  bool IsEnd(std::size_t ahead = 0) { return At(ahead) == '\0'; }
  bool IsBlank(std::size_t ahead = 0) { return At(ahead) == ' ' || At(ahead) == '\t'; }
  /// CR, LF, NEL, LS, PS.
  bool IsBreak(std::size_t ahead = 0) { return BreakWidth(ahead) > 0; }
  bool IsBreakOrEnd(std::size_t ahead = 0) { return IsEnd(ahead) || IsBreak(ahead); }
  bool IsBlankOrEnd(std::size_t ahead = 0) { return IsBlank(ahead) || IsBreakOrEnd(ahead); }
  /// Whether a byte order mark stands where the piece of text begins that was checked last: upstream looks there only.
  bool IsByteOrderMark() const;

  /// Checks the next characters, if the text has so many.
  void Need(std::uint32_t characters) {
    while (mark_.index + characters > checked_count_) CheckMore();
  }

  /// Goes behind the character.
  void Skip();
  /// Goes behind the line break, if there is one.
  void SkipLine();
  /// Moves the character to the end of `out`.
  void Take(std::string& out);
  /// Moves the line break to the end of `out`, as LF unless it is LS or PS.
  void TakeLine(std::string& out);
  /// At the end of the text: pretends that the last line had its break.
  void EndLastLine();

 private:
  std::size_t BreakWidth(std::size_t ahead);
  void NextLine(std::size_t width, std::uint32_t characters);
  /// Checks the next piece of the text, which the caller found too short.
  void CheckMore();
  /// Width of the valid character at `offset` of a piece that ends at `piece_end`; 0: it goes on behind the piece, or
  /// is invalid, which is noted.
  std::size_t CheckCharacter(std::size_t offset, std::size_t piece_end, std::size_t piece_begin);

  static constexpr std::size_t kEverything = std::numeric_limits<std::size_t>::max();

  std::string_view text_;
  Mark mark_;
  /// Bytes and characters that were checked; "everything" once the end was met.
  std::size_t checked_end_ = 0;
  std::uint64_t checked_count_ = 0;
  bool any_checked_ = false;
  std::size_t piece_begin_ = 0;
  std::optional<Failure> failure_;
};

}  // namespace stalemark::yaml
