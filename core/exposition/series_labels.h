// SPDX-License-Identifier: Apache-2.0
// SeriesLabels: from the raw bytes of a series to its labels. Mirrors Labels() of promparse.go and openmetricsparse.go,
// with the type and unit labels of schema/labels.go.
//
// A series that either text format yielded is split here: OpenMetrics' are a subset of the text format's. Views point
// into the series and into the object and are valid until the next call. Nothing can fail. No allocation once the
// buffers have grown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/labels.h"
#include "core/model/metadata.h"

namespace stalemark {

inline constexpr std::string_view kTypeLabel = "__type__";
inline constexpr std::string_view kUnitLabel = "__unit__";

/// Which ways through a body a parser takes; both give the same entries, which a test relies on.
enum class TextPaths : std::uint8_t { kBoth, kTokensOnly };

/// What a series inherits from the metadata lines in front of it.
struct SeriesContext {
  MetricType type = MetricType::kUnknown;
  std::string_view unit;
  /// Feature type-and-unit-labels.
  bool type_and_unit_labels = false;
};

class SeriesLabels {
 public:
  explicit SeriesLabels(TextPaths paths) : paths_(paths) {}

  /// Finds raw_name() and raw_labels() in a series that a parser has yielded (followed by kBodyPadding readable bytes).
  void Split(std::string_view series);
  /// As exposed: without quotes, with escapes.
  std::string_view raw_name() const { return raw_name_; }
  /// As exposed, in exposed order.
  const std::vector<Label>& raw_labels() const { return raw_labels_; }
  /// Splits the series and replaces *labels by its labels, decoded and sorted by name.
  void Build(std::string_view series, const SeriesContext& context, std::vector<Label>* labels);

 private:
  bool SplitPlain(std::string_view series);
  void SplitByTokens(std::string_view series);
  std::string_view Unescaped(std::string_view raw);
  std::string_view ValueOf(std::string_view name, std::string_view raw_value, MetricType type);

  TextPaths paths_;
  std::string_view raw_name_;
  std::vector<Label> raw_labels_;
  std::string unescaped_;
};

/// What the escapes of a text may be: `\\` and `\n`, in labels `\"` too.
enum class Escapes : std::uint8_t { kLabel, kHelp };
/// Appends `raw` with its escapes replaced; pairs that mean nothing stay.
void AppendUnescaped(std::string& out, std::string_view raw, Escapes escapes);

}  // namespace stalemark
