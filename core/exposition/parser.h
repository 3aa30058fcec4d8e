// SPDX-License-Identifier: Apache-2.0
// Parser: a pull parser over one complete, decoded body. Mirrors model/textparse/interface.go.
//
// Lifetime: views that a parser returns point into the body or into the parser and are valid until the next call of
// Next or NextIfSeries. The body must outlive the parser and must be followed by kBodyPadding readable bytes, which a
// parser may read and never interprets. Single-threaded. Errors: kError, then error() with upstream's text and the byte
// offset.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/histogram.h"
#include "core/model/labels.h"
#include "core/model/metadata.h"
#include "core/model/result.h"

namespace stalemark {

/// Readable bytes that must follow a body, so that wide loads and the implied final newline need no bounds checks.
inline constexpr std::size_t kBodyPadding = 64;

enum class EntryKind : std::uint8_t { kSeries, kHistogram, kType, kHelp, kUnit, kComment, kEnd, kError };

/// A sample, as parsed: a float, or what comes with a native histogram.
struct SampleEntry {
  /// The series' exposed bytes, the key of the scrape cache (PARSE-TEXT-36).
  std::string_view series;
  /// After kSeries.
  std::uint64_t value_bits = 0;
  bool has_timestamp = false;
  std::int64_t t_ms = 0;
};

/// A native histogram, as parsed: one of the two. Both null is upstream's nil histogram (APP-21).
struct HistogramEntry {
  const Histogram* integers = nullptr;
  const FloatHistogram* floats = nullptr;
};

/// An exemplar, as parsed; labels sorted by name. Kept by the caller, so that its memory is used again.
struct ExemplarEntry {
  std::vector<Label> labels;
  std::uint64_t value_bits = 0;
  bool has_timestamp = false;
  std::int64_t t_ms = 0;
};

/// A metadata line, as parsed. `text` is the decoded help, the unit, or the word of the type.
struct MetadataEntry {
  std::string_view name;
  std::string_view text;
  MetricType type = MetricType::kUnknown;
};

class Parser {
 public:
  virtual ~Parser() = default;
  /// Moves to the next entry.
  virtual EntryKind Next() = 0;
  /// The position guess (docs/design/per-sample-path.md). If the next entry is a series whose raw bytes, lexed in full,
  /// would be exactly `series` (bytes that this kind of parser once yielded), moves to it as Next() would, leaves the
  /// outcome (kSeries, or kError for a bad value) in *kind, and returns true. Otherwise moves nothing and returns
  /// false.
  virtual bool NextIfSeries(std::string_view series, EntryKind* kind) = 0;
  /// After NextIfSeries has returned false: false if it would for any other series too, as the next entry is none.
  virtual bool MayBeAtSeries() const { return true; }
  /// The current sample; after kSeries and kHistogram.
  virtual const SampleEntry& sample() const = 0;
  /// The current histogram; after kHistogram.
  virtual HistogramEntry histogram() const { return {}; }
  /// Labels of the current sample, sorted by name, as exposed; replaces what `labels` held. After kSeries and
  /// kHistogram. Views stay valid as the class comment says.
  virtual void SampleLabels(std::vector<Label>* labels) = 0;
  /// The next exemplar of the current sample; false: there is none left. Views as above.
  virtual bool NextExemplar(ExemplarEntry*) { return false; }
  /// Start time of the current sample in ms, 0: unknown. Asking may change what OpenMetrics yields later (PARSE-OM-17).
  virtual std::int64_t StartTimestamp() { return 0; }
  /// The current metadata entry; after kType, kHelp, kUnit.
  virtual const MetadataEntry& metadata() const = 0;
  /// False: no sample of this parser ever has an exemplar or a start time, so that nobody asks for each.
  virtual bool HasExtras() const { return true; }
  /// Byte offset of the current entry in the body.
  virtual std::size_t offset() const = 0;
  /// After kError. Offset: where the parser stood.
  virtual const Error& error() const = 0;
};

}  // namespace stalemark
