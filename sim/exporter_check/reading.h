// SPDX-License-Identifier: Apache-2.0
// ReadAnswer: a body as the engine's own parsers read it: samples, metric families, and where it cannot be read. What
// all checks look at.
//
// Pure. A reading is a plain value that refers to nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.h"
#include "core/exposition/content_type.h"
#include "core/model/labels.h"
#include "core/model/metadata.h"
#include "core/scrape/body_place.h"
#include "sim/exporter_check/answer.h"

namespace stalemark::exporter_check {

struct Spot {
  std::uint64_t line = 0;
  std::uint64_t column = 0;
};

struct FamilyRead {
  std::string name;
  MetricType type = MetricType::kUnknown;
  /// The word of the TYPE line; empty: there was none.
  std::string type_text;
  std::string help;
  std::string unit;
  /// Samples, each bucket counted.
  std::size_t sample_count = 0;
};

/// A metadata line in the order of the body, for checks of that order.
struct MetadataLine {
  enum class Kind : std::uint8_t { kType, kHelp, kUnit };
  Kind kind = Kind::kType;
  std::size_t offset = 0;
  std::size_t family = 0;
  std::string text;
  /// Samples before it.
  std::size_t samples_before = 0;
};

struct SampleRead {
  std::size_t offset = 0;
  /// As exposed, with the name.
  Labels labels;
  std::size_t family = 0;
  /// Of a float sample; of a native histogram the bits of its count of observations.
  std::uint64_t value_bits = 0;
  bool is_histogram = false;
  /// Of a native histogram.
  std::size_t bucket_count = 0;
  bool has_timestamp = false;
  std::int64_t t_ms = 0;
};

struct ParseFailure {
  std::string message;
  Spot spot;
  /// The line, or what of it lies around the place; in a binary body the bytes that follow.
  std::string line;
  /// Bytes of `line` before the place.
  std::size_t column_in_line = 0;
};

struct Reading {
  /// Absent: no parser; the reason is in `format_error`.
  std::optional<ExpositionFormat> format;
  std::string format_error;
  BodyKind kind = BodyKind::kText;
  std::vector<FamilyRead> families;
  std::vector<MetadataLine> metadata;
  /// Up to the end, or to what cannot be read.
  std::vector<SampleRead> samples;
  std::uint64_t exemplar_count = 0;
  std::optional<ParseFailure> failure;

  bool readable() const { return format.has_value() && !failure; }
};

/// Reads an answer that has a body, by the job's fallback protocol and histogram options.
Reading ReadAnswer(const Answer& answer, const ScrapeConfig& job);

/// Line and column of a byte of a text body; zeros in a binary one.
Spot SpotIn(std::string_view body, std::size_t offset, BodyKind kind);

}  // namespace stalemark::exporter_check
