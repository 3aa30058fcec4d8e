// SPDX-License-Identifier: Apache-2.0
// The parsers of all formats, and the conversion of classic histograms around and in them.
#include <algorithm>
#include <cstring>
#include <string>

#include <boost/test/unit_test.hpp>

#include "core/exposition/parser_set.h"
#include "tests/fuzz/corpus.h"

namespace stalemark::fuzz {
namespace {

/// The recorded bodies of one format, whose cases convert to custom buckets or do not.
Corpus Bodies(ExpositionFormat format, std::vector<std::string> words) {
  Corpus corpus;
  corpus.words = std::move(words);
  for (const char* file :
       {"curated-text", "curated-om", "curated-pb", "curated-nhcb", "fuzz-faults", "upstream-faults"}) {
    ForEachCase("exposition/" + std::string(file) + ".jsonl", [&](const Json& test) {
      const std::string content_type = test.value("content_type", "");
      if (ChooseFormat(content_type, test.value("fallback", "")).format != format) return;
      if (conformance::HasText(test, "body")) AddInput(corpus, conformance::TextOf(test, "body"));
    });
  }
  return corpus;
}

/// All that a scrape asks of the current sample.
void AskForAll(Parser& parser, Steps& steps, std::vector<Label>& labels, ExemplarEntry& exemplar) {
  parser.SampleLabels(&labels);
  parser.StartTimestamp();
  while (steps.Take() && parser.NextExemplar(&exemplar)) {
  }
}

Outcome ParseAll(Parser& parser, std::size_t body_bytes, Steps& steps) {
  std::vector<Label> labels;
  ExemplarEntry exemplar;
  while (steps.Take()) {
    const EntryKind kind = parser.Next();
    if (kind == EntryKind::kEnd) return {};
    if (parser.offset() > body_bytes) return Outcome::Wrong("an entry behind the body");
    if (kind == EntryKind::kError) {
      if (parser.error().offset > body_bytes) return Outcome::Wrong("an error behind the body");
      return Outcome::Refused(parser.error().message);
    }
    if (kind != EntryKind::kSeries && kind != EntryKind::kHistogram) continue;
    AskForAll(parser, steps, labels, exemplar);
    for (std::size_t i = 1; i < labels.size(); ++i) {
      if (labels[i].name < labels[i - 1].name) return Outcome::Wrong("labels that are not sorted");
    }
    if (kind == EntryKind::kHistogram && parser.histogram().integers != nullptr &&
        parser.histogram().integers->bucket_count() > body_bytes) {
      return Outcome::Wrong("more buckets than bytes");
    }
  }
  return {};
}

Target ParserOf(ExpositionFormat format, const ParserOptions& options) {
  return {[format, options](std::string_view input, Steps& steps) {
            // What lies behind the body would do harm if it were interpreted.
            std::string padded(input);
            padded.append(kBodyPadding, '7');
            ParserSet parsers(options);
            return ParseAll(parsers.Start(format, std::string_view(padded).substr(0, input.size())), input.size(),
                            steps);
          },
          {16, 4},
          {64 << 10, 256}};
}

ParserOptions AllOptions() {
  ParserOptions options;
  options.type_and_unit_labels = true;
  options.convert_classic_to_nhcb = true;
  options.keep_classic = true;
  options.parse_start_timestamps = true;
  return options;
}

const std::vector<std::string> kTextWords = {"# TYPE a histogram\n",
                                             "# HELP ",
                                             "# UNIT ",
                                             "# EOF\n",
                                             "_bucket{le=\"1\"} 1\n",
                                             "{\"a\",b=\"c\"}",
                                             "\\\"",
                                             "\\n",
                                             " # {a=\"b\"} 1 2\n",
                                             "_created 5\n",
                                             "1e308",
                                             "NaN",
                                             "-9223372036854775808",
                                             "\xff",
                                             std::string(1, '\0')};

}  // namespace

BOOST_AUTO_TEST_SUITE(exposition)

BOOST_AUTO_TEST_CASE(text) {
  const Corpus corpus = Bodies(ExpositionFormat::kText, kTextWords);
  CheckByFuzz(ParserOf(ExpositionFormat::kText, {}), corpus, 100'000);
}

BOOST_AUTO_TEST_CASE(openmetrics) {
  const Corpus corpus = Bodies(ExpositionFormat::kOpenMetrics, kTextWords);
  ParserOptions options;
  options.parse_start_timestamps = true;
  CheckByFuzz(ParserOf(ExpositionFormat::kOpenMetrics, options), corpus, 100'000);
}

BOOST_AUTO_TEST_CASE(protobuf) {
  // A key and the start of a length, counts, spans.
  const std::vector<std::string> words = {"\x0a",
                                          "\x22\x00",
                                          "\x3a\x7f",
                                          "\x62\x02\x08\x02",
                                          "\x62\x04\x08\x02\x10\x7f",
                                          "\x6a\x01\x02",
                                          std::string("\x28\x00", 2),
                                          "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"};
  const Corpus corpus = Bodies(ExpositionFormat::kProtobuf, words);
  CheckByFuzz(ParserOf(ExpositionFormat::kProtobuf, {}), corpus, 100'000);
  CheckByFuzz(ParserOf(ExpositionFormat::kProtobuf, AllOptions()), corpus, 100'000);
}

BOOST_AUTO_TEST_CASE(conversion_to_custom_buckets) {
  const Corpus text = Bodies(ExpositionFormat::kText, kTextWords);
  CheckByFuzz(ParserOf(ExpositionFormat::kText, AllOptions()), text, 100'000);
  const Corpus openmetrics = Bodies(ExpositionFormat::kOpenMetrics, kTextWords);
  CheckByFuzz(ParserOf(ExpositionFormat::kOpenMetrics, AllOptions()), openmetrics, 100'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::fuzz
