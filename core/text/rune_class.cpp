// SPDX-License-Identifier: Apache-2.0
#include "core/text/rune_class.h"

#include <algorithm>
#include <string>

#include "core/text/case_map.h"
#include "core/text/case_table.h"
#include "core/text/unicode_class_table.h"

namespace stalemark::text {
namespace {

/// First upper case, the rest lower case, without blanks, `_` and `-`.
std::string CanonicalName(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '_' || c == '-' || c == ' ') continue;
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) {
      out.push_back(c);
    } else {
      out.push_back(static_cast<char>(out.empty() ? ToUpper(std::uint32_t{byte}) : ToLower(std::uint32_t{byte})));
    }
  }
  return out;
}

void AddEntry(RuneClass& out, const UnicodeClassEntry& entry) {
  std::uint32_t next = 0;
  for (std::uint32_t i = 0; i < entry.count; i += 2) {
    const std::uint32_t first = next + kUnicodeClassDeltas[entry.offset + i];
    next = first + kUnicodeClassDeltas[entry.offset + i + 1];
    out.Add(first, next - 1);
  }
}

RuneClass AllAssigned() {
  RuneClass out;
  for (std::size_t i = 0; i < kUnicodeCategoryCount; ++i) AddEntry(out, kUnicodeCategories[i]);
  out.Clean();
  return out;
}

/// A category of one letter (`L`), of two (`Lu`), or `LC`. Absent: there is
/// none of that name.
std::optional<RuneClass> FindCategory(std::string_view name) {
  if (name == "Cn") return AllAssigned().Negated();
  RuneClass out;
  bool found = false;
  for (std::size_t i = 0; i < kUnicodeCategoryCount; ++i) {
    const UnicodeClassEntry& entry = kUnicodeCategories[i];
    const bool cased_letter = entry.name == "Lu" || entry.name == "Ll" || entry.name == "Lt";
    if (entry.name != name && entry.name.substr(0, 1) != name && !(name == "LC" && cased_letter)) continue;
    AddEntry(out, entry);
    found = true;
  }
  if (!found) return std::nullopt;
  if (name == "C") out.Add(AllAssigned().Negated());
  out.Clean();
  return out;
}

template <class Entry>
const Entry* FindByName(const Entry* table, std::size_t count, std::string_view name) {
  const Entry* end = table + count;
  const Entry* at = std::lower_bound(table, end, name, [](const Entry& e, std::string_view n) { return e.name < n; });
  return at != end && at->name == name ? at : nullptr;
}

bool IsIn(const UnicodeClassEntry& entry, std::uint32_t rune) {
  std::uint32_t next = 0;
  for (std::uint32_t i = 0; i < entry.count; i += 2) {
    const std::uint32_t first = next + kUnicodeClassDeltas[entry.offset + i];
    next = first + kUnicodeClassDeltas[entry.offset + i + 1];
    if (rune < next) return rune >= first;
  }
  return false;
}

/// Whether a two-letter category that begins with `prefix` has the code point.
bool IsInCategories(std::string_view prefix, std::uint32_t rune) {
  for (std::size_t i = 0; i < kUnicodeCategoryCount; ++i) {
    const UnicodeClassEntry& entry = kUnicodeCategories[i];
    if (entry.name.substr(0, prefix.size()) == prefix && IsIn(entry, rune)) return true;
  }
  return false;
}

}  // namespace

void RuneClass::Add(std::uint32_t first, std::uint32_t last) {
  if (!ranges_.empty() && first <= ranges_.back().last + 1 && first >= ranges_.back().first) {
    ranges_.back().last = std::max(ranges_.back().last, last);
    return;
  }
  ranges_.push_back({first, last});
}

void RuneClass::Add(const RuneClass& other) {
  ranges_.insert(ranges_.end(), other.ranges_.begin(), other.ranges_.end());
}

void RuneClass::Clean() {
  std::sort(ranges_.begin(), ranges_.end(), [](const RuneRange& a, const RuneRange& b) {
    return a.first != b.first ? a.first < b.first : a.last < b.last;
  });
  std::vector<RuneRange> merged;
  for (const RuneRange& range : ranges_) {
    if (!merged.empty() && range.first <= merged.back().last + 1) {
      merged.back().last = std::max(merged.back().last, range.last);
    } else {
      merged.push_back(range);
    }
  }
  ranges_ = std::move(merged);
}

RuneClass RuneClass::Negated() const {
  RuneClass out;
  std::uint32_t next = 0;
  for (const RuneRange& range : ranges_) {
    if (range.first > next) out.ranges_.push_back({next, range.first - 1});
    next = range.last + 1;
  }
  if (next <= kMaxRune) out.ranges_.push_back({next, kMaxRune});
  return out;
}

RuneClass RuneClass::Folded() const {
  RuneClass out = *this;
  // Only what the case tables name takes part in folding.
  const auto add_folds = [&](std::uint32_t first, std::uint32_t last) {
    for (const RuneRange& range : ranges_) {
      const std::uint32_t end = std::min(range.last, last);
      for (std::uint32_t rune = std::max(range.first, first); rune <= end; ++rune) {
        for (std::uint32_t other = SimpleFold(rune); other != rune; other = SimpleFold(other)) out.Add(other, other);
      }
    }
  };
  add_folds('A', 'Z');
  add_folds('a', 'z');
  for (std::size_t i = 0; i < kCaseRangeCount; ++i) add_folds(kCaseRanges[i].first, kCaseRanges[i].last);
  for (std::size_t i = 0; i < kFoldExceptionCount; ++i) add_folds(kFoldExceptions[i].from, kFoldExceptions[i].from);
  out.Clean();
  return out;
}

bool RuneClass::Contains(std::uint32_t rune) const {
  const auto at = std::lower_bound(ranges_.begin(), ranges_.end(), rune,
                                   [](const RuneRange& range, std::uint32_t r) { return range.last < r; });
  return at != ranges_.end() && at->first <= rune;
}

std::optional<RuneClass> FindUnicodeClass(std::string_view name, bool folded) {
  const std::string canonical = CanonicalName(name);
  RuneClass out;
  if (canonical == "Any") {
    out.Add(0, kMaxRune);
    return out;
  }
  if (canonical == "Assigned") return AllAssigned();
  if (canonical == "Ascii") {
    out.Add(0, 0x7F);
    return folded ? out.Folded() : out;
  }
  std::string_view category = canonical == "Lc" ? "LC" : std::string_view(canonical);
  if (canonical.size() > 2) {
    if (const auto* alias = FindByName(kUnicodeAliases, kUnicodeAliasCount, canonical)) category = alias->category;
  }
  if (std::optional<RuneClass> found = FindCategory(category)) {
    // Go has no folding table for LC, so that U+0345, which folds to letters,
    // is not added.
    return folded && category != "LC" ? found->Folded() : found;
  }
  const auto* script = FindByName(kUnicodeScripts, kUnicodeScriptCount, canonical);
  if (script == nullptr) return std::nullopt;
  AddEntry(out, *script);
  out.Clean();
  return folded ? out.Folded() : out;
}

bool IsLetter(std::uint32_t rune) {
  if (rune < 0x80) return (rune | 0x20) - 'a' < 26;
  return IsInCategories("L", rune);
}

bool IsDigit(std::uint32_t rune) {
  if (rune < 0x80) return rune - '0' < 10;
  return IsInCategories("Nd", rune);
}

}  // namespace stalemark::text
