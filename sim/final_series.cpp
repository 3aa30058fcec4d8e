// SPDX-License-Identifier: Apache-2.0
#include "sim/final_series.h"

#include <utility>
#include <variant>
#include <vector>

#include "core/model/histogram_text.h"

namespace stalemark {

void AddFinalSeries(const SeriesView& series, trace::TraceWriter* writer) {
  std::vector<trace::FinalSample> samples;
  samples.reserve(series.samples.size());
  for (const Sample& sample : series.samples) {
    trace::FinalSample final_sample{sample.t_ms, sample.bits, {}};
    if (sample.histogram != nullptr) {
      final_sample.histogram =
          std::visit([](const auto& histogram) { return HistogramText(histogram); }, *sample.histogram);
    }
    samples.push_back(std::move(final_sample));
  }
  writer->AddFinalSeries(series.labels, samples);
}

}  // namespace stalemark
