// SPDX-License-Identifier: Apache-2.0
#include "core/text/go_float.h"
#include "sim/exporters/exposition_lines.h"

namespace stalemark::scenario {
namespace {

class TextWriter {
 public:
  explicit TextWriter(EscapingScheme escaping) : escaping_(escaping) {}

  void Family(const ShownFamily& shown) {
    const ExposedFamily& family = *shown.family;
    const std::string name = EscapedName(family.name, escaping_);
    if (family.help) {
      std::string help;
      AppendEscaped(*family.help, EscapedQuote::kNo, &help);
      AppendComment("HELP", name, help, &out_);
    }
    if (family.has_type) AppendComment("TYPE", name, TypeWord(family.type), &out_);
    for (const ShownMetric& metric : shown.metrics) {
      for (const ShownSample& sample : metric.samples) Sample(family, metric, sample);
    }
  }

  std::string Take() { return std::move(out_); }

 private:
  static std::string_view TypeWord(MetricType type) {
    if (type == MetricType::kUnknown) return "untyped";
    return MetricTypeText(type == MetricType::kGaugeHistogram ? MetricType::kHistogram : type);
  }

  void Sample(const ExposedFamily& family, const ShownMetric& metric, const ShownSample& sample) {
    if (sample.histogram != nullptr) {
      Native(family, metric, sample);
      return;
    }
    AppendSeries(*sample.series, escaping_, &out_);
    Value(DoubleOf(sample.value_bits), metric);
  }

  void Value(double value, const ShownMetric& metric) {
    out_.push_back(' ');
    text::AppendShortestG(out_, value);
    if (metric.t_ms) out_.append(" ").append(std::to_string(*metric.t_ms));
    out_.push_back('\n');
  }

  /// As a classic histogram, whose buckets it has only if it is one, too.
  void Native(const ExposedFamily& family, const ShownMetric& metric, const ShownSample& sample) {
    const std::string name = EscapedName(family.name, escaping_);
    const std::string bucket = name + "_bucket", sum = name + "_sum", count = name + "_count";
    const Labels& labels = sample.series->labels;
    if (!HasInfiniteBucket(metric)) {
      AppendLabels({bucket, labels, {"le", "+Inf"}}, escaping_, &out_);
      Value(sample.histogram->count, metric);
    }
    AppendLabels({sum, labels}, escaping_, &out_);
    Value(sample.histogram->sum, metric);
    AppendLabels({count, labels}, escaping_, &out_);
    Value(sample.histogram->count, metric);
  }

  const EscapingScheme escaping_;
  std::string out_;
};

}  // namespace

std::string WriteText(const std::vector<ShownFamily>& families, EscapingScheme escaping) {
  TextWriter writer(escaping);
  for (const ShownFamily& family : families) writer.Family(family);
  return writer.Take();
}

}  // namespace stalemark::scenario
