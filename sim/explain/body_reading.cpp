// SPDX-License-Identifier: Apache-2.0
#include "sim/explain/body_reading.h"

#include "core/exposition/parser_set.h"
#include "core/scrape/parser_choice.h"
#include "core/scrape/sample_labels.h"

namespace stalemark::scenario {

BodyReading ReadBody(std::string_view body, std::string_view content_type, const ScrapeConfig& config,
                     const Labels& target_labels, const Target::HistogramSwitches& switches,
                     const ScrapeOptions& options) {
  BodyReading reading;
  const FormatChoice choice = FormatOf(content_type, config);
  if (!choice.format) return reading;
  if (*choice.format == ExpositionFormat::kProtobuf) reading.kind = BodyKind::kBinary;
  std::string padded(body);
  padded.append(kBodyPadding, '\0');
  ParserSet parsers(ParserOptionsFrom(switches, options));
  Parser& parser = parsers.Start(*choice.format, std::string_view(padded).substr(0, body.size()));
  const HonorLabels honor = config.honor_labels ? HonorLabels::kYes : HonorLabels::kNo;
  std::vector<Label> exposed;
  for (;;) {
    const EntryKind kind = parser.Next();
    if (kind == EntryKind::kEnd || kind == EntryKind::kError) return reading;
    if (kind != EntryKind::kSeries && kind != EntryKind::kHistogram) continue;
    BodySample sample;
    sample.offset = parser.offset();
    sample.series = parser.sample().series;
    sample.has_timestamp = parser.sample().has_timestamp;
    parser.SampleLabels(&exposed);
    sample.exposed = Labels::FromSorted(exposed);
    sample.before = WithTargetLabels(sample.exposed, target_labels, honor);
    sample.after = MutateSampleLabels(sample.exposed, target_labels, honor, config.metric_relabel_configs);
    reading.samples.push_back(std::move(sample));
  }
}

}  // namespace stalemark::scenario
