// SPDX-License-Identifier: Apache-2.0
// NhcbParser: around the parser of a text format, converts classic histograms to native ones with custom buckets
// (PARSE-NHCB). Mirrors model/textparse/nhcbparse.go; protobuf's parser converts by itself.
//
// Collects the series of one classic histogram and yields the converted one before the entry that ended it, with that
// entry still to come. The classic series are left out unless `keep_classic`. Outside of histogram families it hands
// everything on, the position guess too. Where upstream panics (an empty label name) it fails with a text of its own.
// No allocation per sample once the buffers have grown. Lifetime and errors: parser.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/exposition/nhcb_converter.h"
#include "core/exposition/parser.h"
#include "core/exposition/parser_options.h"

namespace stalemark {

class NhcbParser final : public Parser {
 public:
  explicit NhcbParser(const ParserOptions& options) : options_(options) {}

  /// Starts over with a parser that stands at the start of a body, and must outlive the parsing.
  void Reset(Parser& wrapped);

  EntryKind Next() override;
  bool NextIfSeries(std::string_view series, EntryKind* kind) override;
  bool MayBeAtSeries() const override;
  const SampleEntry& sample() const override { return IsEmitting() ? converted_ : wrapped_->sample(); }
  HistogramEntry histogram() const override { return IsEmitting() ? converter_.result() : wrapped_->histogram(); }
  void SampleLabels(std::vector<Label>* labels) override;
  bool NextExemplar(ExemplarEntry* exemplar) override;
  std::int64_t StartTimestamp() override;
  const MetadataEntry& metadata() const override { return wrapped_->metadata(); }
  bool HasExtras() const override { return wrapped_->HasExtras(); }
  std::size_t offset() const override { return wrapped_->offset(); }
  const Error& error() const override { return error_ ? *error_ : wrapped_->error(); }

 private:
  enum class State : std::uint8_t {
    /// Nothing is collected.
    kPassing,
    kCollecting,
    /// The current entry is a converted histogram; entry_ comes after it.
    kEmitting,
  };

  /// Labels without the views' owner: names and values in one text.
  class LabelStore {
   public:
    void Clear();
    void Add(const Label& label);
    bool empty() const { return sizes_.empty(); }
    void CopyTo(std::vector<Label>* labels) const;

   private:
    std::string text_;
    /// Lengths of name and value.
    std::vector<std::pair<std::size_t, std::size_t>> sizes_;
  };

  struct StoredExemplar {
    LabelStore labels;
    std::uint64_t value_bits = 0;
    bool has_timestamp = false;
    std::int64_t t_ms = 0;
  };

  bool IsEmitting() const { return state_ == State::kEmitting; }
  std::optional<EntryKind> TakeSeries();
  bool CanGuess() const;
  bool IsOtherHistogram();
  bool Collect();
  Status AddSample(std::string_view suffix, double bound, double value);
  void BeginCollection(std::string_view name);
  void StoreBaseLabels(std::string_view name);
  void StoreExemplars();
  StoredExemplar& NextSlot();
  std::optional<EntryKind> Emit();
  void MakeSeriesBytes();

  ParserOptions options_;

  // Per body.
  Parser* wrapped_ = nullptr;
  State state_ = State::kPassing;
  /// The entry that the wrapped parser stands at.
  EntryKind entry_ = EntryKind::kComment;
  /// An error of this parser's own.
  std::optional<Error> error_;
  /// Of the last TYPE line.
  MetricType type_ = MetricType::kUnknown;
  std::string family_;

  // Per series of a histogram family.
  std::vector<Label> labels_;
  std::string key_;
  /// Of the current series, where they must not be asked for again.
  LabelStore kept_labels_;

  // Per histogram, while it is collected.
  NhcbConverter converter_;
  std::string collected_name_;
  /// Labels that all its series have in common.
  std::string collected_key_;
  LabelStore collected_labels_;
  std::int64_t collected_start_ms_ = 0;
  // Upstream's slots: of `slots_taken_` in hand the first `exemplars_stored_` are taken for this histogram's. After a
  // failed conversion these are not the ones that were filled last, and a slot keeps its timestamp (PARSE-NHCB-08).
  std::vector<StoredExemplar> slots_;
  std::size_t slots_taken_ = 0;
  std::size_t exemplars_stored_ = 0;
  /// Slots that were in use in this body.
  std::size_t slots_used_ = 0;

  // The converted histogram.
  SampleEntry converted_;
  std::string series_;
  std::vector<Label> converted_labels_;
  std::int64_t converted_start_ms_ = 0;
  std::size_t next_exemplar_ = 0;
  std::size_t exemplar_count_ = 0;
  ExemplarEntry exemplar_;
  /// Series bytes were made that no series of a body may have (PARSE-NHCB-04), so bytes cannot be guessed any more.
  bool has_unlike_series_ = false;
};

}  // namespace stalemark
