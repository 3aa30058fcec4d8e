// SPDX-License-Identifier: Apache-2.0
// OpenMetricsParser: the OpenMetrics text format, versions 0.0.1 and 1.0.0. Mirrors
// model/textparse/openmetricsparse.go.
//
// Two ways through a body that yield the same entries, as in text_parser.h: lines of the usual shape, exemplars
// included, in one pass over the bytes; everything else by tokens. Labels are split and unescaped only when asked for.
// No allocation per sample once the buffers have grown. StartTimestamp reads ahead; what that changes for later entries
// is upstream's (PARSE-OM-17): `_created` series are hidden from then on, and a UNIT line or a family name that was met
// stays in force. Where upstream panics or never returns while it reads ahead (PARSE-OM-18), the next entry is an error
// of our own. Lifetime and errors: parser.h.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/exposition/openmetrics_lexer.h"
#include "core/exposition/parser.h"
#include "core/exposition/parser_options.h"
#include "core/exposition/series_labels.h"

namespace stalemark {

class OpenMetricsParser final : public Parser {
 public:
  explicit OpenMetricsParser(const ParserOptions& options, TextPaths paths = TextPaths::kBoth)
      : options_(options), paths_(paths), labels_(paths) {}

  /// Starts over on another body (followed by kBodyPadding bytes, as parser.h says).
  void Reset(std::string_view body);

  EntryKind Next() override;
  bool NextIfSeries(std::string_view series, EntryKind* kind) override;
  bool MayBeAtSeries() const override;
  const SampleEntry& sample() const override { return sample_; }
  void SampleLabels(std::vector<Label>* labels) override;
  bool NextExemplar(ExemplarEntry* exemplar) override;
  std::int64_t StartTimestamp() override;
  const MetadataEntry& metadata() const override { return metadata_; }
  /// The end lies behind the implied newline, which is not in the body.
  std::size_t offset() const override {
    return std::min(static_cast<std::size_t>(entry_ - body_.data()), body_.size());
  }
  const Error& error() const override { return error_; }

 private:
  /// What upstream puts back after it has read ahead.
  struct Place {
    OpenMetricsLexer lexer;
    const char* cursor;
    const char* lines_end;
    const char* entry;
    bool mid_line;
    MetricType type;
    SampleEntry sample;
  };
  /// What reading ahead found: the entry at which it stops, the same for all samples in front of it.
  struct Ahead {
    /// Start of that entry; null: not known.
    const char* stop = nullptr;
    /// Whether it is a `_created` series, and then of which samples (SeriesKey) and their start.
    bool created = false;
    std::string key;
    std::int64_t t_ms = 0;
  };

  EntryKind NextEntry();

  // The usual lines. Null or false: not usual, and nothing has moved.
  bool TakePlainSample(const char* start, const char* series_end);
  const char* TakePlainExemplar(const char* at);
  bool TakePlainMetadata(const char* start, EntryKind* kind);
  bool SeriesEndsAt(const char* end) const;
  void SkipHiddenLines();

  // All lines, by tokens. False: failed.
  EntryKind NextByTokens();
  EntryKind MetadataByTokens(TextToken keyword);
  EntryKind SampleByTokens(TextToken first);
  bool FloatByTokens(TextToken token, std::string_view expectation, std::uint64_t* bits);
  bool TimeByTokens(std::string_view fault, std::int64_t* t_ms);
  bool ExemplarByTokens();
  bool PassExemplar();

  EntryKind Finish(EntryKind kind);
  EntryKind Fail(std::string message);
  EntryKind FailExpecting(std::string_view expectation, TextToken got);
  std::string SetMetadata(TextToken keyword, std::string_view name, std::string_view words);

  // Start times.
  bool TypeHasStart() const;
  bool IsHidden(std::string_view series);
  std::string_view RawNameOf(std::string_view series);
  std::optional<std::string_view> FamilyCut();
  void MakeKey(std::string_view family, std::string* key) const;
  void ReadAhead();
  void FailStartTime(std::string_view what);

  ParserOptions options_;
  TextPaths paths_;

  // Per body.
  std::string_view body_;
  OpenMetricsLexer lexer_;
  /// Where the next entry is looked for.
  const char* cursor_ = nullptr;
  /// Behind the last newline of the body: up to here lines end by themselves. The start of the body when only tokens
  /// may be read, and when finished.
  const char* lines_end_ = nullptr;
  /// The next entry starts inside a line, behind something that upstream let pass (PARSE-OM-11).
  bool mid_line_ = false;
  /// The type of the last TYPE line and the unit of the last UNIT line, whatever family they were for (PARSE-OM-06,
  /// -15).
  MetricType type_ = MetricType::kUnknown;
  std::string_view unit_;
  /// Length of the name in the last metadata line.
  std::size_t family_size_ = 0;
  /// kEnd or kError once reached.
  std::optional<EntryKind> finished_;
  Error error_;

  // Per entry.
  const char* entry_ = nullptr;
  SampleEntry sample_;
  MetadataEntry metadata_;
  bool has_exemplar_ = false;
  /// Labels as exposed, in exposed order: upstream does not decode them (PARSE-OM-10).
  ExemplarEntry exemplar_;

  // Start times.
  bool created_hidden_ = false;
  bool reading_ahead_ = false;
  /// While reading ahead: upstream would turn on the spot for ever.
  bool stuck_ = false;
  Ahead ahead_;
  /// The last start that was found, and whose it is.
  bool start_known_ = false;
  std::string start_key_;
  std::int64_t start_ms_ = 0;

  // Buffers, kept from body to body.
  std::string help_;
  std::string key_;
  SeriesLabels labels_;
};

}  // namespace stalemark
