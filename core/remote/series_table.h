// SPDX-License-Identifier: Apache-2.0
// SeriesTable: what a remote-write queue knows of the series that the WAL names: labels as they are sent, metadata,
// which ones relabelling dropped (RW-02, RW-12). Mirrors StoreSeries and StoreMetadata of
// storage/remote/queue_manager.go.
//
// Single-threaded; the rules outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/model/labels.h"
#include "core/model/metadata.h"
#include "core/relabel/relabel.h"
#include "core/seams/appendable.h"

namespace stalemark {

/// Labels that are added to series which do not have them.
using ExternalLabels = std::vector<std::pair<std::string, std::string>>;

class SeriesTable {
 public:
  enum class State : std::uint8_t { kUnknown, kDropped, kKnown };
  struct Entry {
    State state = State::kUnknown;
    /// Of a series that is known.
    Labels labels;
    std::shared_ptr<const Metadata> metadata;
  };

  SeriesTable(ExternalLabels external_labels, const std::vector<RelabelRule>& rules)
      : external_labels_(std::move(external_labels)), rules_(rules) {}

  void StoreSeries(SeriesRef ref, const Labels& labels);
  void StoreMetadata(SeriesRef ref, Metadata metadata);
  /// The series was removed from storage: nothing more is logged of it.
  void Forget(SeriesRef ref) { entries_.erase(static_cast<std::uint64_t>(ref)); }
  const Entry& Find(SeriesRef ref) const;
  std::size_t size() const { return entries_.size(); }

 private:
  const ExternalLabels external_labels_;
  const std::vector<RelabelRule>& rules_;
  /// Never iterated.
  boost::unordered_flat_map<std::uint64_t, Entry> entries_;
  LabelsBuilder builder_;
};

}  // namespace stalemark
