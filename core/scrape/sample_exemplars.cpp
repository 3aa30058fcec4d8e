// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/sample_exemplars.h"

#include <algorithm>
#include <utility>

#include "core/model/value.h"

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

/// A total order that agrees with ComparesLess where there is no NaN.
bool OrdersBefore(const Exemplar& a, const Exemplar& b) {
  if (a.t_ms != b.t_ms) return a.t_ms < b.t_ms;
  const double x = DoubleOf(a.value_bits);
  const double y = DoubleOf(b.value_bits);
  if ((x != x) != (y != y)) return x != x;
  return ComparesLess(a, b);
}

/// Up to 12 elements Go sorts by insertion, which has a defined result even where NaNs make the order no order.
void Sort(std::span<Exemplar> exemplars) {
  constexpr std::size_t kInsertionMax = 12;
  if (exemplars.size() > kInsertionMax) {
    std::stable_sort(exemplars.begin(), exemplars.end(), OrdersBefore);
    return;
  }
  for (std::size_t i = 1; i < exemplars.size(); ++i) {
    for (std::size_t j = i; j > 0 && ComparesLess(exemplars[j], exemplars[j - 1]); --j) {
      std::swap(exemplars[j], exemplars[j - 1]);
    }
  }
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
  Sort(collected);
  return collected;
}

}  // namespace stalemark
