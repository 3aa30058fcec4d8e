// SPDX-License-Identifier: Apache-2.0
#include "sim/conformance/exposition_reading.h"

#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <xxhash.h>

#include "core/text/go_quote.h"
#include "sim/conformance/histogram_json.h"

namespace stalemark::conformance {
namespace {

constexpr const char* kNilHistogram = "nil_histogram";

std::string MetadataText(std::string_view name, std::string_view words) {
  return text::GoQuote(name) + " " + text::GoQuote(words);
}

std::string LabelText(std::string_view name, std::string_view value) {
  return text::GoQuote(name) + "=" + text::GoQuote(value) + ",";
}

std::string LabelsText(const std::vector<Label>& labels) {
  std::string out;
  for (const Label& label : labels) out += LabelText(label.name, label.value);
  return out;
}

/// The labels of a sample or exemplar of a case.
std::string LabelsText(const Json& owner) {
  const bool encoded = owner.contains("labels_b64");
  const auto text_of = [encoded](const Json& text) {
    return encoded ? DecodeBase64(text.get_ref<const std::string&>()) : text.get<std::string>();
  };
  std::string out;
  for (const Json& label : owner.at(encoded ? "labels_b64" : "labels")) {
    out += LabelText(text_of(label.at(0)), text_of(label.at(1)));
  }
  return out;
}

std::string NumberText(const std::optional<std::int64_t>& number) {
  return number ? std::to_string(*number) : "-";
}

std::optional<std::int64_t> NumberOf(const Json& object, const char* key) {
  const auto number = object.find(key);
  return number == object.end() ? std::nullopt : std::optional<std::int64_t>(number->get<std::int64_t>());
}

std::string SampleText(std::string_view series, const std::string& labels, const std::optional<std::int64_t>& t_ms,
                       const std::string& value) {
  return fmt::format("{} {} t={} v={}", text::GoQuote(series), labels, NumberText(t_ms), value);
}

std::string ExemplarText(const std::string& labels, const std::string& value, const std::optional<std::int64_t>& t_ms) {
  return fmt::format(" # {} {} {}", labels, value, NumberText(t_ms));
}

std::string StartText(const std::optional<std::int64_t>& start_ms) {
  return start_ms ? fmt::format(" st={}", *start_ms) : "";
}

std::string ValueText(const Json& sample) {
  if (sample.value(kNilHistogram, false)) return kNilHistogram;
  for (const char* key : {"h", "fh"}) {
    if (sample.contains(key)) return key + sample.at(key).dump();
  }
  return sample.value("v", "");
}

EntryLine ExpectedSample(const Json& sample) {
  std::string text = SampleText(TextOf(sample, "series"), LabelsText(sample), NumberOf(sample, "t"), ValueText(sample));
  text += StartText(NumberOf(sample, "st"));
  if (const auto exemplars = sample.find("exemplars"); exemplars != sample.end()) {
    for (const Json& exemplar : *exemplars) {
      text += ExemplarText(LabelsText(exemplar), exemplar.at("v").get<std::string>(), NumberOf(exemplar, "t"));
    }
  }
  return {sample.at("kind").get<std::string>(), std::move(text)};
}

/// Building blocks of the digest's records, as FORMAT.md names them.
class Record {
 public:
  void Raw(std::string_view words) { text_.append(words) += ','; }
  void Text(std::string_view words) { fmt::format_to(std::back_inserter(text_), "{}:{},", words.size(), words); }
  void Optional(const std::optional<std::int64_t>& number) { Raw(NumberText(number)); }
  void Number(double number) { Raw(Hex16(BitsOf(number))); }
  template <class Integer>
  void Number(Integer number) {
    Raw(std::to_string(number));
  }
  template <class Item>
  void Numbers(const std::vector<Item>& numbers) {
    Number(numbers.size());
    for (const Item number : numbers) Number(number);
  }
  void Spans(const std::vector<HistogramSpan>& spans) {
    Number(spans.size());
    for (const HistogramSpan& span : spans) {
      Number(span.offset);
      Number(span.length);
    }
  }
  void Labels(const std::vector<Label>& labels) {
    Number(labels.size());
    for (const Label& label : labels) {
      Text(label.name);
      Text(label.value);
    }
  }
  template <class AnyHistogram>
  void Histogram(std::string_view letter, const AnyHistogram& histogram) {
    Raw(letter);
    Number(histogram.schema);
    Number(histogram.zero_threshold);
    Number(histogram.zero_count);
    Number(histogram.count);
    Number(histogram.sum);
    Spans(histogram.positive_spans);
    Numbers(AbsoluteCounts(histogram.positive_buckets));
    Spans(histogram.negative_spans);
    Numbers(AbsoluteCounts(histogram.negative_buckets));
    Numbers(histogram.custom_values);
    Text(HintWord(histogram.counter_reset_hint));
  }
  void Append(const Record& record) { text_ += record.text_; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// A part of a sample, for the line and for the record.
struct Part {
  std::string line;
  Record record;
};

Part ValueOf(EntryKind kind, const Parser& parser) {
  Part value;
  if (kind == EntryKind::kSeries) {
    value.line = Hex16(parser.sample().value_bits);
    value.record.Raw(value.line);
    return value;
  }
  const HistogramEntry histogram = parser.histogram();
  if (histogram.integers != nullptr) {
    value.line = "h" + HistogramJson(*histogram.integers, HistogramShape::kExposition).dump();
    value.record.Histogram("h", *histogram.integers);
  } else if (histogram.floats != nullptr) {
    value.line = "fh" + HistogramJson(*histogram.floats, HistogramShape::kExposition).dump();
    value.record.Histogram("f", *histogram.floats);
  } else {
    value.line = kNilHistogram;
  }
  return value;
}

}  // namespace

std::vector<EntryLine> ExpectedEntries(const Json& expected) {
  std::vector<EntryLine> lines;
  if (!expected.contains("entries")) return lines;
  for (const Json& entry : expected.at("entries")) {
    const std::string kind = entry.at("kind");
    if (kind == "comment") {
      lines.push_back({kind, ""});  // its text has no effect anywhere
    } else if (kind == "type" || kind == "help" || kind == "unit") {
      lines.push_back({kind, MetadataText(TextOf(entry, "name"), TextOf(entry, "text"))});
    } else {
      lines.push_back(ExpectedSample(entry));
    }
  }
  return lines;
}

void Reading::Run(Parser& parser, const ParserOptions& options) {
  EntryKind kind = EntryKind::kComment;
  while (!stopped_ && kind != EntryKind::kEnd && kind != EntryKind::kError) {
    kind = parser.Next();
    switch (kind) {
      case EntryKind::kSeries:
      case EntryKind::kHistogram:
        TakeSample(kind, parser, options);
        break;
      case EntryKind::kType:
        TakeMetadata("type", "T", parser.metadata());
        break;
      case EntryKind::kHelp:
        TakeMetadata("help", "H", parser.metadata());
        break;
      case EntryKind::kUnit:
        TakeMetadata("unit", "U", parser.metadata());
        break;
      case EntryKind::kComment:
        records_ += "C,\n";
        Add("comment", "");
        break;
      case EntryKind::kError:
        error_ = parser.error().message;
        break;
      case EntryKind::kEnd:
        break;
    }
  }
  Record end;
  end.Raw("E");
  end.Text(error_);
  records_ += end.text();
}

std::size_t Reading::Count(const std::string& kind) const {
  const auto count = counts_.find(kind);
  return count == counts_.end() ? 0 : count->second;
}

std::string Reading::Digest() const {
  return Hex16(XXH64(records_.data(), records_.size(), 0));
}

void Reading::Add(const char* kind, std::string text) {
  entries_.push_back({kind, std::move(text)});
  ++counts_[kind];
}

void Reading::TakeMetadata(const char* kind, const char* letter, const MetadataEntry& metadata) {
  Record record;
  record.Raw(letter);
  record.Text(metadata.name);
  record.Text(metadata.text);
  records_ += record.text() + "\n";
  Add(kind, MetadataText(metadata.name, metadata.text));
}

void Reading::TakeSample(EntryKind kind, Parser& parser, const ParserOptions& options) {
  // Copies: a question may move the views.
  const SampleEntry sample = parser.sample();
  const std::string series(sample.series);
  const std::optional<std::int64_t> t_ms = sample.has_timestamp ? std::optional(sample.t_ms) : std::nullopt;
  const Part value = ValueOf(kind, parser);
  stopped_ = value.line == kNilHistogram;
  std::vector<Label> labels;
  parser.SampleLabels(&labels);
  std::string line = SampleText(series, LabelsText(labels), t_ms, value.line);
  Record record;
  record.Raw("S");
  record.Text(series);
  record.Labels(labels);
  record.Optional(t_ms);
  record.Append(value.record);
  const std::int64_t start_ms = options.parse_start_timestamps && !stopped_ ? parser.StartTimestamp() : 0;
  const std::optional<std::int64_t> start = start_ms != 0 ? std::optional(start_ms) : std::nullopt;
  record.Optional(start);
  line += StartText(start);
  std::size_t count = 0;
  Record exemplars;
  for (ExemplarEntry exemplar; !stopped_ && parser.NextExemplar(&exemplar); ++count) {
    const std::optional<std::int64_t> exemplar_t_ms =
        exemplar.has_timestamp ? std::optional(exemplar.t_ms) : std::nullopt;
    exemplars.Labels(exemplar.labels);
    exemplars.Raw(Hex16(exemplar.value_bits));
    exemplars.Optional(exemplar_t_ms);
    line += ExemplarText(LabelsText(exemplar.labels), Hex16(exemplar.value_bits), exemplar_t_ms);
  }
  counts_["exemplar"] += count;
  record.Number(count);
  record.Append(exemplars);
  records_ += record.text() + "\n";
  Add(kind == EntryKind::kHistogram ? "histogram" : "series", std::move(line));
}

}  // namespace stalemark::conformance
