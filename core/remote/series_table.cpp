// SPDX-License-Identifier: Apache-2.0
#include "core/remote/series_table.h"

#include <utility>

namespace stalemark {

void SeriesTable::StoreSeries(SeriesRef ref, const Labels& labels) {
  Entry& entry = entries_[static_cast<std::uint64_t>(ref)];
  builder_.Reset(labels);
  for (const auto& [name, value] : external_labels_) {
    if (builder_.Get(name).empty()) builder_.Set(name, value);
  }
  const RelabelVerdict verdict = ApplyRelabelRules(rules_, builder_);
  if (verdict == RelabelVerdict::kDrop) {
    // Labels that were stored before are still sent with, as upstream's.
    if (entry.state == State::kUnknown) entry.state = State::kDropped;
    return;
  }
  entry.labels = builder_.Build();
  entry.state = State::kKnown;
}

void SeriesTable::StoreMetadata(SeriesRef ref, Metadata metadata) {
  entries_[static_cast<std::uint64_t>(ref)].metadata = std::make_shared<const Metadata>(std::move(metadata));
}

const SeriesTable::Entry& SeriesTable::Find(SeriesRef ref) const {
  static const Entry kNone;
  const auto found = entries_.find(static_cast<std::uint64_t>(ref));
  return found == entries_.end() ? kNone : found->second;
}

}  // namespace stalemark
