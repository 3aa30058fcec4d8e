// SPDX-License-Identifier: Apache-2.0
#include "sim/exporter_check/report.h"

#include <utility>

namespace stalemark::exporter_check {

std::string_view SeverityText(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      break;
  }
  return "note";
}

void Findings::Add(Finding finding) {
  for (Finding& other : list_) {
    // The same in the next scrape says nothing new.
    if (other.kind == finding.kind && other.subject == finding.subject && other.message == finding.message) {
      ++other.repeats;
      return;
    }
  }
  if (IsFull(finding.kind)) return CountMore(finding.kind, finding.answer);
  OfKind& kind = kinds_[finding.kind];
  ++kind.listed;
  kind.last = list_.size();
  list_.push_back(std::move(finding));
}

bool Findings::IsFull(std::string_view kind) const {
  const auto found = kinds_.find(kind);
  return found != kinds_.end() && found->second.listed >= kFindingsOfKindMax;
}

void Findings::CountMore(std::string_view kind, const std::string& answer) {
  OfKind& entry = kinds_[kind];
  if (entry.overflowing.empty()) entry.overflowing = answer;
  if (entry.overflowing == answer) ++list_[entry.last].more;
}

std::uint64_t Findings::Count(Severity severity) const {
  std::uint64_t count = 0;
  for (const Finding& finding : list_) {
    if (finding.severity == severity) count += 1 + finding.more;
  }
  return count;
}

}  // namespace stalemark::exporter_check
