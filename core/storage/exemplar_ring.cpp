// SPDX-License-Identifier: Apache-2.0
#include "core/storage/exemplar_ring.h"

#include <cassert>
#include <utility>

#include "core/model/value.h"
#include "core/text/utf8.h"

namespace stalemark {
namespace {

std::size_t CountRunes(std::string_view rest) {
  std::size_t runes = 0;
  for (; !rest.empty(); ++runes) rest.remove_prefix(text::DecodeRune(rest).width);
  return runes;
}

}  // namespace

std::string_view ExemplarErrorText(ExemplarVerdict verdict) {
  if (verdict == ExemplarVerdict::kTooLong) {
    static_assert(kExemplarLabelRunesMax == 128);
    return "label length for exemplar exceeds maximum of 128 UTF-8 characters";
  }
  return verdict == ExemplarVerdict::kOutOfOrder ? "out of order exemplar" : "";
}

bool SameExemplar(const Exemplar& a, const Exemplar& b) {
  if (a.labels != b.labels) return false;
  if ((a.has_timestamp || b.has_timestamp) && a.t_ms != b.t_ms) return false;
  return DoubleOf(a.value_bits) == DoubleOf(b.value_bits);
}

bool IsTooLong(const Labels& exemplar_labels) {
  std::size_t runes = 0;
  for (const Label label : exemplar_labels) {
    runes += CountRunes(label.name) + CountRunes(label.value);
    if (runes > kExemplarLabelRunesMax) return true;
  }
  return false;
}

const ExemplarRing::Ends* ExemplarRing::Find(SeriesRef series) const {
  const auto found = series_.find(static_cast<std::uint64_t>(series));
  return found == series_.end() ? nullptr : &found->second;
}

ExemplarVerdict ExemplarRing::Judge(const Ends* ends, const Exemplar& exemplar) const {
  if (IsTooLong(exemplar.labels)) return ExemplarVerdict::kTooLong;
  if (ends == nullptr) return ExemplarVerdict::kOk;
  const Exemplar& newest = entries_[ends->newest].exemplar;
  if (SameExemplar(newest, exemplar)) return ExemplarVerdict::kDuplicate;
  // Several exemplars of one time come sorted by value and then by hash, so that one comparison finds duplicates.
  if (exemplar.t_ms < newest.t_ms) {
    const auto oldest_ms =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(newest.t_ms) - static_cast<std::uint64_t>(window_ms_));
    return exemplar.t_ms <= oldest_ms ? ExemplarVerdict::kOutOfOrder : ExemplarVerdict::kOk;
  }
  if (exemplar.t_ms > newest.t_ms) return ExemplarVerdict::kOk;
  const double value = DoubleOf(exemplar.value_bits);
  const double newest_value = DoubleOf(newest.value_bits);
  const bool before = value < newest_value || (value == newest_value && exemplar.labels.Hash() < newest.labels.Hash());
  return before ? ExemplarVerdict::kOutOfOrder : ExemplarVerdict::kOk;
}

ExemplarVerdict ExemplarRing::Validate(SeriesRef series, const Exemplar& exemplar) const {
  return Judge(Find(series), exemplar);
}

std::uint32_t ExemplarRing::EntryBefore(const Ends& ends, std::int64_t t_ms) const {
  for (std::uint32_t at = ends.newest; at != kNone; at = entries_[at].previous) {
    if (entries_[at].exemplar.t_ms <= t_ms) return at;
  }
  return ends.oldest;
}

void ExemplarRing::Unlink(std::uint32_t index) {
  const Entry& entry = entries_[index];
  const auto found = series_.find(static_cast<std::uint64_t>(entry.series));
  assert(found != series_.end());
  (entry.previous == kNone ? found->second.oldest : entries_[entry.previous].next) = entry.next;
  (entry.next == kNone ? found->second.newest : entries_[entry.next].previous) = entry.previous;
  if (found->second.oldest == kNone) series_.erase(found);
}

void ExemplarRing::LinkAfter(std::uint32_t index, std::uint32_t before) {
  const std::uint32_t after = entries_[before].next;
  entries_[index].previous = before;
  entries_[index].next = after;
  entries_[before].next = index;
  if (after != kNone) entries_[after].previous = index;
}

void ExemplarRing::Link(std::uint32_t index, Ends& ends) {
  Entry& entry = entries_[index];
  entry.previous = entry.next = kNone;
  if (ends.oldest == kNone) {
    ends = {index, index};
  } else if (entry.exemplar.t_ms >= entries_[ends.newest].exemplar.t_ms) {
    LinkAfter(index, ends.newest);
    ends.newest = index;
  } else if (entry.exemplar.t_ms < entries_[ends.oldest].exemplar.t_ms) {
    entry.next = ends.oldest;
    entries_[ends.oldest].previous = index;
    ends.oldest = index;
  } else {
    LinkAfter(index, EntryBefore(ends, entry.exemplar.t_ms));
  }
}

ExemplarVerdict ExemplarRing::Add(SeriesRef series, Exemplar exemplar) {
  assert(enabled());
  const Ends* const ends = Find(series);
  const ExemplarVerdict verdict = Judge(ends, exemplar);
  if (verdict == ExemplarVerdict::kOutOfOrder) ++out_of_order_;
  if (verdict != ExemplarVerdict::kOk) return verdict;
  if (ends != nullptr && exemplar.t_ms < entries_[ends->newest].exemplar.t_ms &&
      exemplar.t_ms >= entries_[ends->oldest].exemplar.t_ms &&
      entries_[EntryBefore(*ends, exemplar.t_ms)].exemplar.t_ms == exemplar.t_ms) {
    // Upstream takes any exemplar of a time that it has, but for the newest, for a duplicate.
    return ExemplarVerdict::kOk;
  }
  const auto index = static_cast<std::uint32_t>(next_);
  if (next_ == entries_.size()) {
    entries_.emplace_back();
  } else {
    Unlink(index);
  }
  entries_[index].exemplar = std::move(exemplar);
  entries_[index].series = series;
  Link(index, series_[static_cast<std::uint64_t>(series)]);
  next_ = (next_ + 1) % exemplars_max_;
  ++appended_;
  return ExemplarVerdict::kOk;
}

std::vector<const Exemplar*> ExemplarRing::Of(SeriesRef series) const {
  std::vector<const Exemplar*> exemplars;
  const Ends* const ends = Find(series);
  if (ends == nullptr) return exemplars;
  for (std::uint32_t at = ends->oldest; at != kNone; at = entries_[at].next) {
    exemplars.push_back(&entries_[at].exemplar);
  }
  return exemplars;
}

}  // namespace stalemark
