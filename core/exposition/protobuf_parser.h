// SPDX-License-Identifier: Apache-2.0
// ProtobufParser: delimited MetricFamily messages. Mirrors model/textparse/protobufparse.go and the streaming decoder
// of prompb/io/prometheus/client/decoder.go.
//
// A family is read when its turn comes, then metric by metric. What a metric yields is decided by upstream's state
// machine, quirks included (PARSE-PB-11, 16). Series bytes (PARSE-PB-18) are made, not found: from pieces that are kept
// per metric, so that the fields of a histogram differ only in the name's suffix and the bound. No allocation per
// sample once the buffers have grown. The position guess makes the next entry and compares. Where upstream panics (a
// label too long to be encoded) this parser fails with a text of its own. Lifetime and errors: parser.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/exposition/bound_texts.h"
#include "core/exposition/nhcb_converter.h"
#include "core/exposition/parser.h"
#include "core/exposition/parser_options.h"
#include "core/exposition/protobuf_messages.h"

namespace stalemark {

class ProtobufParser final : public Parser {
 public:
  explicit ProtobufParser(const ParserOptions& options) : options_(options) {}

  /// Starts over on another body (followed by kBodyPadding bytes, as parser.h says).
  void Reset(std::string_view body);

  EntryKind Next() override;
  bool NextIfSeries(std::string_view series, EntryKind* kind) override;
  bool MayBeAtSeries() const override;
  const SampleEntry& sample() const override { return sample_; }
  HistogramEntry histogram() const override { return histogram_; }
  void SampleLabels(std::vector<Label>* labels) override;
  bool NextExemplar(ExemplarEntry* exemplar) override;
  std::int64_t StartTimestamp() override;
  const MetadataEntry& metadata() const override { return metadata_; }
  std::size_t offset() const override { return static_cast<std::size_t>(entry_ - body_.data()); }
  const Error& error() const override { return error_; }

 private:
  /// The entry that was yielded last.
  enum class State : std::uint8_t { kBetweenFamilies, kHelp, kUnit, kType, kSeries, kHistogram };
  /// Empty: nothing to yield yet, go on from the state that was set.
  using Step = std::optional<EntryKind>;
  enum class Moved : std::uint8_t { kYes, kEnd, kFailed };
  enum class Layout : std::uint8_t { kNone, kPlain, kWithBound };
  /// Where a value belongs: index in labels_, position in pieces_.
  struct Place {
    std::size_t index = 0;
    std::size_t at = 0;
  };

  // protobuf_parser.cpp: upstream's state machine.
  EntryKind Advance();
  Step TakeStep();
  Step StartFamily();
  Step YieldUnit();
  Step YieldType();
  Step StartSamples();
  Step AfterSeries();
  Step AfterHistogram();
  Step SwitchToClassic();
  Step YieldNextMetric();
  Step LeaveFamily();
  Step YieldSample();
  Moved NextFamily();
  Moved NextMetric();
  bool CheckFamily();
  bool CheckSpans();
  bool CheckSpansOf(std::string_view side, const std::vector<HistogramSpan>& spans, std::size_t buckets);
  /// Both return false.
  bool Fail(std::string message, const char* at);
  bool FailAsDecoded();

  bool IsHistogramFamily() const {
    return family_.type == protobuf::kHistogramFamily || family_.type == protobuf::kGaugeHistogramFamily;
  }
  /// Whether the current metric is taken as a classic histogram (or as none).
  bool IsClassic() const { return options_.ignore_native_histograms || !metric_.histogram.IsNative(); }
  MetricType Type() const;

  // protobuf_samples.cpp: what a sample is made of.
  bool HasExpectedLabels() const;
  bool ReadLabels();
  void LayOut(Layout layout);
  void MakeSeries();
  double FieldValue() const;
  std::string_view FieldSuffix() const;
  bool HasBound() const { return state_ == State::kSeries && field_ >= 0 && IsComplex(); }
  std::string_view BoundLabel() const { return IsHistogramFamily() ? "le" : "quantile"; }
  double Bound() const;
  bool IsLastField() const;
  bool IsComplex() const { return IsHistogramFamily() || family_.type == protobuf::kSummaryFamily; }
  void MakeNativeHistogram();
  bool ConvertToCustomBuckets();
  const protobuf::Exemplar* NextHistogramExemplar();
  const protobuf::Exemplar* BucketExemplar(std::int64_t bucket) const;
  bool MakeExemplar(const protobuf::Exemplar& from, const std::vector<Label>& labels, ExemplarEntry* exemplar);

  /// Positions within a summary or a classic histogram; from 0 on a quantile or bucket.
  static constexpr std::int64_t kBeforeFields = -3;
  static constexpr std::int64_t kCountField = -2;
  static constexpr std::int64_t kSumField = -1;

  ParserOptions options_;

  // Per body.
  std::string_view body_;
  const char* cursor_ = nullptr;
  State state_ = State::kBetweenFamilies;
  /// kEnd or kError once reached.
  std::optional<EntryKind> finished_;
  /// An entry that the position guess has made and nobody has taken.
  std::optional<EntryKind> pending_;
  /// During a guess: the series that is asked for.
  std::string_view expected_;
  WireFailure failure_;
  Error error_;

  // Per family.
  protobuf::MetricFamily family_;
  std::size_t next_metric_ = 0;
  const char* family_start_ = nullptr;

  // Per metric, but for what upstream keeps (PARSE-PB-08, 16).
  protobuf::Metric metric_;
  const char* metric_start_ = nullptr;
  bool labels_read_ = false;
  /// In the order of upstream's additions.
  std::vector<Label> exposed_;
  Layout layout_ = Layout::kNone;
  /// Sorted; the values of name and bound are those of the current entry, views into series_.
  std::vector<Label> labels_;
  /// The series bytes of labels_ but for name and bound.
  std::string pieces_;
  Place name_place_;
  Place bound_place_;

  // Per entry.
  const char* entry_ = nullptr;
  SampleEntry sample_;
  HistogramEntry histogram_;
  MetadataEntry metadata_;
  std::int64_t field_ = kCountField;
  /// The classic fields of the metric are through.
  bool fields_done_ = false;
  /// The classic fields of a native histogram come next.
  bool redo_classic_ = false;
  bool exemplar_returned_ = false;
  std::size_t exemplar_index_ = 0;

  // Buffers, kept from body to body.
  std::string series_;
  Histogram integers_;
  FloatHistogram floats_;
  NhcbConverter converter_;
  BoundTexts bounds_;
};

}  // namespace stalemark
