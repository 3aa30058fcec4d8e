// SPDX-License-Identifier: Apache-2.0
#include "core/text/go_float.h"
#include "sim/exporters/exposition_lines.h"

namespace stalemark::scenario {
namespace {

constexpr std::string_view kTotal = "_total";

/// A count as OpenMetrics has it: a whole number in full.
void AppendCount(double count, std::string* out) {
  constexpr double kWholeMax = 9007199254740992;  // 2^53
  if (count >= 0 && count <= kWholeMax && static_cast<double>(static_cast<std::uint64_t>(count)) == count) {
    out->append(std::to_string(static_cast<std::uint64_t>(count)));
  } else {
    text::AppendOpenMetricsFloat(*out, count);
  }
}

class OpenMetricsWriter {
 public:
  explicit OpenMetricsWriter(EscapingScheme escaping) : escaping_(escaping) {}

  void Family(const ShownFamily& shown) {
    const ExposedFamily& family = *shown.family;
    const bool is_counter = family.type == MetricType::kCounter;
    std::string_view name = family.name;
    const bool has_total = name.size() > kTotal.size() && name.substr(name.size() - kTotal.size()) == kTotal;
    if (is_counter && has_total) name.remove_suffix(kTotal.size());
    base_ = EscapedName(name, escaping_);
    const auto comment = [this](std::string_view keyword, std::string_view text) {
      std::string escaped;
      AppendEscaped(text, EscapedQuote::kYes, &escaped);
      AppendComment(keyword, base_, escaped, &out_);
    };
    if (family.help) comment("HELP", *family.help);
    // As client_golang: a counter must have the suffix.
    if (family.has_type) comment("TYPE", MetricTypeText(is_counter && !has_total ? MetricType::kUnknown : family.type));
    if (family.unit) comment("UNIT", *family.unit);
    for (const ShownMetric& metric : shown.metrics) Metric(metric);
  }

  std::string Take() {
    out_.append("# EOF\n");
    return std::move(out_);
  }

 private:
  void Metric(const ShownMetric& metric) {
    for (const ShownSample& sample : metric.samples) Sample(metric, sample);
    if (!metric.created_ms || metric.samples.empty()) return;
    LabelsBuilder labels(metric.samples.front().series->labels);
    const SeriesPart part = metric.samples.front().series->part;
    if (part == SeriesPart::kBucket) labels.Del("le");
    if (part == SeriesPart::kQuantile) labels.Del("quantile");
    const std::string name = base_ + "_created";
    AppendLabels({name, labels.Build()}, escaping_, &out_);
    out_.push_back(' ');
    AppendUnixSeconds(*metric.created_ms, &out_);
    out_.push_back('\n');
  }

  void Sample(const ShownMetric& metric, const ShownSample& sample) {
    if (sample.histogram != nullptr) {
      Native(metric, sample);
      return;
    }
    AppendSeries(*sample.series, escaping_, &out_);
    out_.push_back(' ');
    const double value = DoubleOf(sample.value_bits);
    const SeriesPart part = sample.series->part;
    if (part == SeriesPart::kBucket || part == SeriesPart::kCount) {
      AppendCount(value, &out_);
    } else {
      text::AppendOpenMetricsFloat(out_, value);
    }
    EndLine(metric, sample.exemplar);
  }

  void EndLine(const ShownMetric& metric, const ExposedExemplar* exemplar) {
    if (metric.t_ms) {
      out_.push_back(' ');
      AppendUnixSeconds(*metric.t_ms, &out_);
    }
    if (exemplar != nullptr) {
      out_.append(" # ");
      if (exemplar->labels.empty()) out_.append("{}");
      AppendLabels({{}, exemplar->labels}, EscapingScheme::kAllowUtf8, &out_);
      out_.push_back(' ');
      text::AppendOpenMetricsFloat(out_, DoubleOf(exemplar->value_bits));
      if (exemplar->t_ms) {
        out_.push_back(' ');
        AppendUnixSeconds(*exemplar->t_ms, &out_);
      }
    }
    out_.push_back('\n');
  }

  /// As a classic histogram, whose buckets it has only if it is one, too.
  void Native(const ShownMetric& metric, const ShownSample& sample) {
    const Labels& labels = sample.series->labels;
    const std::string bucket = base_ + "_bucket", sum = base_ + "_sum", count = base_ + "_count";
    if (!HasInfiniteBucket(metric)) {
      AppendLabels({bucket, labels, {"le", "+Inf"}}, escaping_, &out_);
      out_.push_back(' ');
      AppendCount(sample.histogram->count, &out_);
      EndLine(metric, nullptr);
    }
    AppendLabels({sum, labels}, escaping_, &out_);
    out_.push_back(' ');
    text::AppendOpenMetricsFloat(out_, sample.histogram->sum);
    EndLine(metric, nullptr);
    AppendLabels({count, labels}, escaping_, &out_);
    out_.push_back(' ');
    AppendCount(sample.histogram->count, &out_);
    EndLine(metric, nullptr);
  }

  const EscapingScheme escaping_;
  /// The family's name without the `_total` of a counter.
  std::string base_;
  std::string out_;
};

}  // namespace

std::string WriteOpenMetrics(const std::vector<ShownFamily>& families, EscapingScheme escaping) {
  OpenMetricsWriter writer(escaping);
  for (const ShownFamily& family : families) writer.Family(family);
  return writer.Take();
}

}  // namespace stalemark::scenario
