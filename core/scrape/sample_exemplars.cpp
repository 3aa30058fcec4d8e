// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/sample_exemplars.h"

#include "core/model/value.h"
#include "core/text/go_sort.h"

namespace stalemark {
namespace {

/// Upstream's exemplar.Compare: a NaN is neither less nor greater.
bool ComparesLess(const Exemplar& a, const Exemplar& b) {
  if (a.t_ms != b.t_ms) return a.t_ms < b.t_ms;
  const double x = DoubleOf(a.value_bits);
  const double y = DoubleOf(b.value_bits);
  if (x < y) return true;
  if (x > y) return false;
  return Compare(a.labels, b.labels) < 0;
}

}  // namespace

std::span<const Exemplar> SampleExemplars::Collect(Parser& parser, Entry entry, std::int64_t t_ms) {
  std::size_t count = 0;
  while (parser.NextExemplar(&exposed_)) {
    // Without a time repeated exemplars of a histogram cannot be told from new ones (APP-31).
    if (!exposed_.has_timestamp && entry == Entry::kHistogram) continue;
    if (count == exemplars_.size()) exemplars_.emplace_back();
    Exemplar& exemplar = exemplars_[count++];
    exemplar.labels.AssignSorted(exposed_.labels);
    exemplar.value_bits = exposed_.value_bits;
    exemplar.has_timestamp = exposed_.has_timestamp;
    exemplar.t_ms = exposed_.has_timestamp ? exposed_.t_ms : t_ms;
  }
  const std::span<Exemplar> collected(exemplars_.data(), count);
  text::GoSort(collected, ComparesLess);
  return collected;
}

}  // namespace stalemark
