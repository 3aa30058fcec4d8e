// SPDX-License-Identifier: Apache-2.0
// TextParser: the Prometheus text format, versions 0.0.4 and 1.0.0. Mirrors model/textparse/promparse.go.
//
// Two ways through a body that yield the same entries. Lines of the usual shape (a name, plain labels, a number; HELP
// and TYPE without oddities) are read in one pass over the bytes. Whatever that pass does not understand it leaves
// untouched for the token parser, which knows the whole grammar and every error text. Labels are split and unescaped
// only when asked for, from the series bytes. No allocation per sample once the buffers have grown. Lifetime and
// errors: parser.h.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/exposition/parser.h"
#include "core/exposition/parser_options.h"
#include "core/exposition/series_labels.h"
#include "core/exposition/text_lexer.h"

namespace stalemark {

class TextParser final : public Parser {
 public:
  explicit TextParser(const ParserOptions& options, TextPaths paths = TextPaths::kBoth)
      : options_(options), paths_(paths), labels_(paths) {}

  /// Starts over on another body (followed by kBodyPadding bytes, as parser.h says).
  void Reset(std::string_view body);

  EntryKind Next() override;
  bool NextIfSeries(std::string_view series, EntryKind* kind) override;
  bool MayBeAtSeries() const override;
  const SampleEntry& sample() const override { return sample_; }
  void SampleLabels(std::vector<Label>* labels) override;
  bool HasExtras() const override { return false; }
  const MetadataEntry& metadata() const override { return metadata_; }
  /// The end lies behind the implied newline, which is not in the body.
  std::size_t offset() const override {
    return std::min(static_cast<std::size_t>(entry_ - body_.data()), body_.size());
  }
  const Error& error() const override { return error_; }

 private:
  // The usual lines. Null or false: not usual, and nothing has moved.
  bool TakePlainSample(const char* start, const char* series_end);
  bool TakePlainMetadata(const char* start, EntryKind* kind);
  const char* SkipBlankLines(const char* at) const;
  bool SeriesEndsAt(const char* end) const;

  // All lines, by tokens.
  EntryKind NextByTokens();
  EntryKind MetadataByTokens(TextToken keyword);
  EntryKind SampleByTokens(TextToken first);
  EntryKind SampleSuffixByTokens(TextToken token, bool has_name);
  EntryKind TimestampByTokens();

  EntryKind Finish(EntryKind kind);
  EntryKind Fail(std::string message);
  EntryKind FailExpecting(std::string_view expectation, TextToken got);
  static std::optional<MetricType> TypeOfWord(std::string_view word);
  void SetHelp(std::string_view name, std::string_view raw);

  ParserOptions options_;
  TextPaths paths_;

  // Per body.
  std::string_view body_;
  /// Where the next entry is looked for.
  const char* cursor_ = nullptr;
  /// Behind the last newline of the body: up to here lines end by themselves. The start of the body when
  /// only tokens may be read, and when finished.
  const char* lines_end_ = nullptr;
  /// The type of the last TYPE line, whatever family it was for (PARSE-TEXT-35).
  MetricType type_ = MetricType::kUnknown;
  /// kEnd or kError once reached.
  std::optional<EntryKind> finished_;
  Error error_;
  TextLexer lexer_;

  // Per entry.
  const char* entry_ = nullptr;
  SampleEntry sample_;
  MetadataEntry metadata_;

  // Buffers, kept from body to body.
  std::string help_;
  SeriesLabels labels_;
};

}  // namespace stalemark
