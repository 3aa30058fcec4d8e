// SPDX-License-Identifier: Apache-2.0
#include "sim/expect/series_edits.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sim/expect/sample_value.h"
#include "sim/expect/slots.h"

namespace stalemark::scenario {
namespace {

constexpr std::size_t kEditedItemsMax = 100'000;

/// A value as the notation has it; nothing when it has not.
std::optional<std::string> NotedValue(const Sample& sample) {
  std::string text = ValueText(StoredValue(sample, HintShown::kIfNotable));
  const Result<SampleValue> read = ParseSampleValue(text);
  if (!read.ok() || !Matches(*read, sample, {})) return std::nullopt;
  return text;
}

/// Whether a text for `values` says what is stored, all of it and nothing else.
bool Says(const std::string& text, const Grid& grid, const std::vector<Sample>& stored) {
  const Result<SeriesValues> values = ParseSeriesValues(text);
  if (!values.ok() || values->size() != grid.slots) return false;
  SeriesValues::Cursor cursor(*values);
  SeriesValues::Value value;
  std::size_t at = 0;
  for (std::int64_t slot = 0; cursor.Next(&value); ++slot) {
    if (!value) continue;
    const bool same = at < stored.size() && grid.SlotOf(stored[at].t_ms) == slot && Matches(*value, stored[at], {});
    if (!same) return false;
    ++at;
  }
  return at == stored.size();
}

/// Walks points and samples by time.
class PointsUpdate {
 public:
  PointsUpdate(const SeriesCheck& check, const std::vector<ExpectedPoint>& points) : check_(check), points_(points) {}

  std::vector<Edit> Edits() {
    const std::vector<Sample>& stored = check_.stored;
    std::size_t point = 0;
    std::size_t sample = 0;
    while (point < points_.size() || sample < stored.size()) {
      const bool both = point < points_.size() && sample < stored.size();
      if (both && IsSame(points_[point], stored[sample])) {
        EndGap(point++);
        ++sample;
      } else if (sample == stored.size() || (both && points_[point].t_ms <= stored[sample].t_ms)) {
        // A point at the time of a sample with another value gives way to it.
        gone_.push_back(point++);
      } else {
        come_.push_back(&stored[sample++]);
      }
    }
    EndGap(points_.size());
    return can_be_written_ ? std::move(edits_) : std::vector<Edit>();
  }

 private:
  bool IsSame(const ExpectedPoint& point, const Sample& sample) const {
    return point.t_ms == sample.t_ms && Matches(point.value, sample, check_.expected.tolerance) &&
           (!point.start_ms || *point.start_ms == sample.st_ms);
  }

  /// Between two items that stay: what comes takes the place of what goes, as far as both reach.
  void EndGap(std::size_t next) {
    for (std::size_t i = 0; i < std::max(gone_.size(), come_.size()); ++i) {
      if (i >= come_.size()) {
        Add(Edit::Kind::kRemoveItem, gone_[i], {});
      } else if (i < gone_.size()) {
        Add(Edit::Kind::kReplaceItem, gone_[i], Item(*come_[i], points_[gone_[i]].start_ms.has_value()));
      } else {
        const bool at_end = next == points_.size();
        Add(at_end ? Edit::Kind::kAppendItem : Edit::Kind::kInsertItem, next, Item(*come_[i], false));
      }
    }
    gone_.clear();
    come_.clear();
  }

  void Add(Edit::Kind kind, std::size_t index, std::string text) {
    edits_.push_back({kind, check_.expected.place, {"points"}, std::move(text), index});
  }

  std::string Item(const Sample& sample, bool with_start) {
    const std::string at = TimeArgument(check_.scenario, sample.t_ms);
    const std::optional<std::string> value = NotedValue(sample);
    if (!value && IsHistogram(sample)) can_be_written_ = false;
    if (value && !with_start) return fmt::format("[{}, {}]", at, FlowScalar(*value));
    std::string item = value ? fmt::format("{{at: {}, value: {}", at, FlowScalar(*value))
                             : fmt::format("{{at: {}, bits: '{:016x}'", at, sample.bits);
    if (with_start) {
      item += ", start: " + (sample.st_ms == 0 ? std::string("none") : TimeArgument(check_.scenario, sample.st_ms));
    }
    return item + "}";
  }

  const SeriesCheck& check_;
  const std::vector<ExpectedPoint>& points_;
  /// Since the last item that stays: what is only expected, what is only stored.
  std::vector<std::size_t> gone_;
  std::vector<const Sample*> come_;
  std::vector<Edit> edits_;
  bool can_be_written_ = true;
};

}  // namespace

std::vector<Edit> ValuesEdits(const SeriesCheck& check, const Grid& grid) {
  // One entry for many series has one text for all.
  if (check.kind != "samples") return {};
  const StoredValuesText stored = StoredValues(grid, check.stored, kEditedItemsMax);
  if (stored.cut || !Says(stored.text, grid, check.stored)) return {};
  return {{Edit::Kind::kSet, check.expected.place, {"values"}, stored.text}};
}

std::vector<Edit> PointsEdits(const SeriesCheck& check, const std::vector<ExpectedPoint>& points) {
  return PointsUpdate(check, points).Edits();
}

std::optional<std::string> QuerySampleItem(const Labels& labels, const Sample& sample) {
  const std::optional<std::string> value = NotedValue(sample);
  if (!value) return std::nullopt;
  return fmt::format("{{labels: {}, {}: {}}}", FlowScalar(SeriesText(labels)),
                     IsHistogram(sample) ? "histogram" : "value", FlowScalar(*value));
}

}  // namespace stalemark::scenario
