// SPDX-License-Identifier: Apache-2.0
// `values`: one value per slot of the target's grid.
#include <fmt/format.h>

#include "core/model/duration.h"
#include "sim/expect/difference.h"
#include "sim/expect/sample_value.h"
#include "sim/expect/series_check.h"
#include "sim/expect/series_edits.h"
#include "sim/expect/slots.h"
#include "sim/expect/table.h"

namespace stalemark::scenario {
namespace {

constexpr std::size_t kShownItemsMax = 100;

class SlotCheck {
 public:
  SlotCheck(const SeriesCheck& check, const Grid& grid, const SeriesScrapes& target)
      : check_(check), grid_(grid), target_(target) {}

  std::optional<Failure> Compare(const SeriesValues& values) {
    if (values.size() != grid_.slots) return WrongCount(values.size());
    SeriesValues::Cursor cursor(values);
    SeriesValues::Value value;
    for (std::uint64_t slot = 0; cursor.Next(&value); ++slot) CompareSlot(slot, value);
    const std::size_t outside = CountOutside();
    if (table_.count() == 0 && outside == 0) return std::nullopt;
    std::string message = fmt::format("{} of {} slots differ", table_.count(), grid_.slots);
    if (outside > 0) message += fmt::format(", {} outside the slots", Counted(outside, "sample"));
    const std::string detail = table_.count() > 0 ? table_.Text() + "\n" : "";
    const std::int64_t first_ms = table_.count() > 0 ? TimeOfSlot(grid_, first_different_) : FirstOutside();
    return WithEdits(check_.Fail(std::move(message),
                                 detail + "stored: " + StoredValues(grid_, check_.stored, kShownItemsMax).text,
                                 ExplainAdvice(check_.scenario, check_.expected.labels, first_ms)));
  }

 private:
  Failure WrongCount(std::uint64_t found) const {
    const StoredValuesText stored = StoredValues(grid_, check_.stored, kShownItemsMax);
    std::string message = fmt::format("found {}, expected {}: one per scrape scheduled from g0 = {} on, every {}",
                                      Counted(found, "value"), grid_.slots, SinceStart(check_.scenario, grid_.g0_ms),
                                      FormatGoDuration(std::chrono::milliseconds(grid_.interval_ms)));
    if (stored.cut || stored.text.empty()) {
      return WithEdits(check_.Fail(std::move(message), "stored: " + stored.text, {}));
    }
    return WithEdits(check_.Fail(std::move(message), {},
                                 fmt::format("if what is stored is right, write values: '{}'", stored.text)));
  }

  Failure WithEdits(Failure failure) const {
    failure.edits = ValuesEdits(check_, grid_);
    failure.not_written =
        check_.kind == "samples" ? "values cannot say what is stored" : "one text stands for all series";
    return failure;
  }

  void CompareSlot(std::uint64_t slot, const SeriesValues::Value& value) {
    while (at_ < check_.stored.size() && SlotAt(at_) < static_cast<std::int64_t>(slot)) ++at_;
    const std::size_t first = at_;
    while (at_ < check_.stored.size() && SlotAt(at_) == static_cast<std::int64_t>(slot)) ++at_;
    if (at_ == first && !value) return;
    const bool equal = at_ == first + 1 && value && Matches(*value, check_.stored[first], check_.expected.tolerance);
    if (equal) return;
    if (table_.count() == 0) first_different_ = slot;
    table_.Add([&] { return Row(slot, value, first); });
  }

  /// The stored samples from `first` up to at_ are the slot's.
  std::vector<std::string> Row(std::uint64_t slot, const SeriesValues::Value& value, std::size_t first) const {
    Difference difference{value ? ExpectedText(*value) : "_", ""};
    for (std::size_t i = first; i < at_; ++i) {
      if (i > first) difference.stored += " and ";
      difference.stored += value ? StoredTextBeside(*value, check_.stored[i]) : StoredText(check_.stored[i]);
    }
    if (at_ == first) difference.stored = "_";
    if (at_ == first + 1) ShortenHistograms(&difference);
    return {std::to_string(slot), SinceStart(check_.scenario, TimeOfSlot(grid_, slot)), difference.expected,
            difference.stored, target_.DecidedSlot(grid_, slot)};
  }

  std::int64_t SlotAt(std::size_t sample) const { return grid_.SlotOf(check_.stored[sample].t_ms); }
  bool IsOutside(std::size_t sample) const {
    return SlotAt(sample) < 0 || static_cast<std::uint64_t>(SlotAt(sample)) >= grid_.slots;
  }
  std::size_t CountOutside() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < check_.stored.size(); ++i) count += IsOutside(i) ? 1 : 0;
    return count;
  }
  std::int64_t FirstOutside() const {
    std::size_t i = 0;
    while (i + 1 < check_.stored.size() && !IsOutside(i)) ++i;
    return check_.stored[i].t_ms;
  }

  const SeriesCheck& check_;
  const Grid& grid_;
  const SeriesScrapes& target_;
  ShortTable table_{{"slot", "time", "expected", "stored", "scrape"}};
  std::size_t at_ = 0;
  std::uint64_t first_different_ = 0;
};

}  // namespace

std::optional<Failure> CheckSlots(const SeriesCheck& check, const SeriesValues& values) {
  if (check.stored.empty() && values.HasValue()) return check.NeverStored();
  const SeriesScrapes target(check.scenario, check.result, check.expected.labels);
  const bool can_have_points = check.kind == "samples";
  const Result<Grid> grid =
      target.FindGrid(can_have_points ? "give points, not values" : "expect its points in `samples`");
  if (grid.ok()) return SlotCheck(check, *grid, target).Compare(values);
  if (check.stored.empty()) return check.NeverStored();
  Failure failure = check.Fail(grid.error().message, {}, PointsCommand(check.scenario));
  failure.not_written = "there is no common grid for values";
  return failure;
}

}  // namespace stalemark::scenario
