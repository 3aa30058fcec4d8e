// SPDX-License-Identifier: Apache-2.0
#include "sim/exporter_check/reading.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "core/exposition/parser_set.h"
#include "core/scrape/parser_choice.h"

namespace stalemark::exporter_check {
namespace {

struct Suffix {
  std::string_view text;
  std::array<MetricType, 3> types;
};

/// Suffixes of samples by the type of their family; OpenMetrics adds those of counters and infos.
constexpr std::array<Suffix, 8> kSuffixes = {{
    {"_count", {MetricType::kHistogram, MetricType::kSummary, MetricType::kGaugeHistogram}},
    {"_sum", {MetricType::kHistogram, MetricType::kSummary, MetricType::kGaugeHistogram}},
    {"_bucket", {MetricType::kHistogram, MetricType::kGaugeHistogram, MetricType::kHistogram}},
    {"_gcount", {MetricType::kGaugeHistogram, MetricType::kGaugeHistogram, MetricType::kGaugeHistogram}},
    {"_gsum", {MetricType::kGaugeHistogram, MetricType::kGaugeHistogram, MetricType::kGaugeHistogram}},
    {"_total", {MetricType::kCounter, MetricType::kCounter, MetricType::kCounter}},
    {"_created", {MetricType::kCounter, MetricType::kHistogram, MetricType::kSummary}},
    {"_info", {MetricType::kInfo, MetricType::kInfo, MetricType::kInfo}},
}};

class Reader {
 public:
  Reader(const Answer& answer, Reading& reading) : answer_(answer), reading_(reading) {}

  void Read(Parser& parser) {
    for (;;) {
      switch (parser.Next()) {
        case EntryKind::kEnd:
          return;
        case EntryKind::kError:
          return Fail(parser.error());
        case EntryKind::kSeries:
        case EntryKind::kHistogram:
          AddSample(parser);
          break;
        case EntryKind::kType:
          AddMetadata(parser, MetadataLine::Kind::kType);
          break;
        case EntryKind::kHelp:
          AddMetadata(parser, MetadataLine::Kind::kHelp);
          break;
        case EntryKind::kUnit:
          AddMetadata(parser, MetadataLine::Kind::kUnit);
          break;
        case EntryKind::kComment:
          break;
      }
    }
  }

 private:
  void Fail(const Error& error) {
    const std::size_t offset = error.offset == Error::kNoOffset ? answer_.body.size() : error.offset;
    const BodyPlace place = PlaceInBody(answer_.body, offset, reading_.kind);
    ParseFailure failure;
    failure.message = error.message;
    failure.spot = {place.line, place.column};
    failure.line = place.bytes;
    const auto begin = static_cast<std::size_t>(place.bytes.data() - answer_.body.data());
    failure.column_in_line = std::min(offset > begin ? offset - begin : 0, failure.line.size());
    reading_.failure = std::move(failure);
  }

  std::size_t FamilyAt(std::string_view name) {
    const auto [found, is_new] = by_name_.try_emplace(std::string(name), reading_.families.size());
    if (is_new) reading_.families.push_back({std::string(name), MetricType::kUnknown, {}, {}, {}, 0});
    return found->second;
  }

  /// The family of a sample: its own name, or that without the suffix where its type has such samples.
  std::string_view FamilyNameOf(std::string_view name) const {
    if (by_name_.find(std::string(name)) != by_name_.end()) return name;
    for (const Suffix& suffix : kSuffixes) {
      if (name.size() <= suffix.text.size()) continue;
      const std::string_view base = name.substr(0, name.size() - suffix.text.size());
      if (name.substr(base.size()) != suffix.text) continue;
      const auto found = by_name_.find(std::string(base));
      if (found == by_name_.end()) continue;
      const MetricType type = reading_.families[found->second].type;
      if (std::find(suffix.types.begin(), suffix.types.end(), type) != suffix.types.end()) return base;
    }
    return name;
  }

  void AddMetadata(Parser& parser, MetadataLine::Kind kind) {
    const MetadataEntry& entry = parser.metadata();
    MetadataLine line;
    line.kind = kind;
    line.offset = parser.offset();
    line.family = FamilyAt(entry.name);
    line.text = entry.text;
    line.samples_before = reading_.samples.size();
    FamilyRead& family = reading_.families[line.family];
    if (kind == MetadataLine::Kind::kType) {
      family.type = entry.type;
      family.type_text = entry.text;
    } else if (kind == MetadataLine::Kind::kHelp) {
      family.help = entry.text;
    } else {
      family.unit = entry.text;
    }
    reading_.metadata.push_back(std::move(line));
  }

  void AddSample(Parser& parser) {
    SampleRead sample;
    sample.offset = parser.offset();
    parser.SampleLabels(&exposed_);
    sample.labels = Labels::FromSorted(exposed_);
    const SampleEntry& entry = parser.sample();
    sample.has_timestamp = entry.has_timestamp;
    sample.t_ms = entry.t_ms;
    sample.value_bits = entry.value_bits;
    const HistogramEntry histogram = parser.histogram();
    if (histogram.integers != nullptr) {
      sample.is_histogram = true;
      sample.bucket_count = histogram.integers->bucket_count();
      sample.value_bits = BitsOf(static_cast<double>(histogram.integers->count));
    } else if (histogram.floats != nullptr) {
      sample.is_histogram = true;
      sample.bucket_count = histogram.floats->bucket_count();
      sample.value_bits = BitsOf(histogram.floats->count);
    }
    if (parser.HasExtras()) {
      while (parser.NextExemplar(&exemplar_)) ++reading_.exemplar_count;
    }
    sample.family = FamilyAt(FamilyNameOf(sample.labels.Get(kMetricName)));
    ++reading_.families[sample.family].sample_count;
    reading_.samples.push_back(std::move(sample));
  }

  const Answer& answer_;
  Reading& reading_;
  std::unordered_map<std::string, std::size_t> by_name_;
  std::vector<Label> exposed_;
  ExemplarEntry exemplar_;
};

}  // namespace

std::string_view PurposeText(Purpose purpose) {
  switch (purpose) {
    case Purpose::kScrape:
      return "scrape";
    case Purpose::kProtocol:
      return "protocol";
    case Purpose::kCoding:
      return "coding";
    case Purpose::kEscaping:
      break;
  }
  return "escaping";
}

Spot SpotIn(std::string_view body, std::size_t offset, BodyKind kind) {
  const BodyPlace place = PlaceInBody(body, offset, kind);
  return {place.line, place.column};
}

Reading ReadAnswer(const Answer& answer, const ScrapeConfig& job) {
  Reading reading;
  const FormatChoice choice = FormatOf(answer.content_type, job);
  reading.format = choice.format;
  if (!choice.format) {
    reading.format_error = choice.message;
    return reading;
  }
  if (*choice.format == ExpositionFormat::kProtobuf) reading.kind = BodyKind::kBinary;
  Target::HistogramSwitches switches;
  switches.convert_classic_to_nhcb = job.convert_classic_histograms_to_nhcb;
  switches.always_scrape_classic = job.always_scrape_classic_histograms;
  switches.scrape_native = job.scrape_native_histograms;
  ParserSet parsers(ParserOptionsFrom(switches, ScrapeOptions{}));
  std::string padded = answer.body;
  padded.append(kBodyPadding, '\0');
  Parser& parser = parsers.Start(*choice.format, std::string_view(padded).substr(0, answer.body.size()));
  Reader(answer, reading).Read(parser);
  return reading;
}

}  // namespace stalemark::exporter_check
