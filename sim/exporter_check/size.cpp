// SPDX-License-Identifier: Apache-2.0
#include "sim/exporter_check/size.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <unordered_set>

namespace stalemark::exporter_check {
namespace {

void SortByCount(std::vector<Counted>& counts) {
  std::sort(counts.begin(), counts.end(), [](const Counted& a, const Counted& b) {
    return a.count != b.count ? a.count > b.count : a.name < b.name;
  });
}

void CountLabels(const Reading& reading, SizeReport& size) {
  std::map<std::string_view, std::unordered_set<std::string_view>> values;
  for (const SampleRead& sample : reading.samples) {
    for (const Label& label : sample.labels) {
      if (label.name == kMetricName) continue;
      values[label.name].insert(label.value);
      if (label.value.size() <= size.longest_value_bytes) continue;
      size.longest_value_bytes = label.value.size();
      size.longest_value_label = label.name;
    }
  }
  for (const auto& [name, distinct] : values) size.values_by_label.push_back({std::string(name), distinct.size()});
  SortByCount(size.values_by_label);
}

void CountHistograms(const Reading& reading, SizeReport& size) {
  for (const SampleRead& sample : reading.samples) {
    if (sample.is_histogram) {
      ++size.native_histogram_count;
      size.native_buckets_max = std::max<std::uint64_t>(size.native_buckets_max, sample.bucket_count);
      continue;
    }
    const FamilyRead& family = reading.families[sample.family];
    if (family.type != MetricType::kHistogram) continue;
    const std::string_view name = sample.labels.Get(kMetricName);
    if (name == family.name + "_bucket") ++size.classic_bucket_count;
    if (name == family.name + "_count") ++size.classic_histogram_count;
  }
}

}  // namespace

SizeReport MeasureSize(const Reading& reading, std::uint64_t body_bytes) {
  SizeReport size;
  size.body_bytes = body_bytes;
  size.sample_count = reading.samples.size();
  size.exemplar_count = reading.exemplar_count;
  std::set<std::string_view> names;
  for (const SampleRead& sample : reading.samples) names.insert(sample.labels.Get(kMetricName));
  size.metric_name_count = names.size();
  for (const FamilyRead& family : reading.families) {
    if (family.sample_count > 0) size.samples_by_family.push_back({family.name, family.sample_count});
  }
  size.family_count = size.samples_by_family.size();
  SortByCount(size.samples_by_family);
  CountLabels(reading, size);
  CountHistograms(reading, size);
  return size;
}

void MeasureLimits(const std::vector<const Reading*>& readings, std::uint64_t body_bytes_max, const ScrapeConfig& job,
                   const Labels& target, SizeReport& size) {
  std::uint64_t samples = 0;
  std::uint64_t labels = 0;
  std::uint64_t name_bytes = 0;
  std::uint64_t value_bytes = 0;
  const HonorLabels honor = job.honor_labels ? HonorLabels::kYes : HonorLabels::kNo;
  for (const Reading* reading : readings) {
    std::uint64_t kept = 0;
    for (const SampleRead& sample : reading->samples) {
      const Labels stored = MutateSampleLabels(sample.labels, target, honor, job.metric_relabel_configs);
      if (stored.empty()) continue;
      ++kept;
      std::uint64_t count = 0;
      for (const Label& label : stored) {
        ++count;
        name_bytes = std::max<std::uint64_t>(name_bytes, label.name.size());
        value_bytes = std::max<std::uint64_t>(value_bytes, label.value.size());
      }
      labels = std::max(labels, count);
    }
    samples = std::max(samples, kept);
  }
  // A body of exactly body_size_limit bytes is refused already.
  size.limits_needed = {{"sample_limit", samples},
                        {"label_limit", labels},
                        {"label_name_length_limit", name_bytes},
                        {"label_value_length_limit", value_bytes},
                        {"body_size_limit", body_bytes_max + 1}};
  if (size.native_histogram_count > 0) {
    size.limits_needed.push_back({"native_histogram_bucket_limit", size.native_buckets_max});
  }
}

}  // namespace stalemark::exporter_check
