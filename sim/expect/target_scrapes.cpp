// SPDX-License-Identifier: Apache-2.0
#include "sim/expect/target_scrapes.h"

#include <algorithm>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "core/text/go_quote.h"
#include "core/text/nearest.h"
#include "sim/scenario/series_notation.h"

namespace stalemark::scenario {
namespace {

bool IsSelected(const RunRecord::Loop& loop, const TargetSelector& selector) {
  if (!selector.name.empty()) return loop.subject == selector.name;
  return std::all_of(selector.labels.begin(), selector.labels.end(),
                     [&](const auto& label) { return loop.labels.Get(label.first) == label.second; });
}

Error NoTarget(const RunRecord& record, const TargetSelector& selector) {
  constexpr std::size_t kShownMax = 5;
  std::set<std::string_view> subjects;
  for (const RunRecord::Loop& loop : record.loops()) subjects.insert(loop.subject);
  std::string text = "no such target";
  const std::string_view nearest = text::NearestWord(selector.name, {subjects.begin(), subjects.end()});
  if (!nearest.empty()) return Error{text + fmt::format(" (did you mean \"{}\"?)", nearest)};
  if (subjects.empty()) return Error{text + ": none was ever scraped"};
  std::size_t shown = 0;
  for (const std::string_view subject : subjects) {
    if (shown == kShownMax) break;
    text += fmt::format("{}{}", shown++ == 0 ? "; there is " : ", ", subject);
  }
  if (subjects.size() > kShownMax) text += fmt::format(" and {} more", subjects.size() - kShownMax);
  return Error{text};
}

}  // namespace

std::string SelectorText(const TargetSelector& selector) {
  if (!selector.name.empty()) return selector.name;
  std::string text = "{";
  for (const auto& [name, value] : selector.labels) {
    text += fmt::format("{}{}={}", text.size() == 1 ? "" : ", ", name, text::GoQuote(value));
  }
  return text + "}";
}

Result<TargetScrapes> ScrapesOf(const RunRecord& record, const TargetSelector& selector) {
  TargetScrapes out;
  const RunRecord::Loop* first = nullptr;
  for (std::size_t i = 0; i < record.loops().size(); ++i) {
    const RunRecord::Loop& loop = record.loops()[i];
    if (!IsSelected(loop, selector)) continue;
    if (first == nullptr) first = &loop;
    if (loop.pool != first->pool || loop.labels != first->labels) {
      return Error{fmt::format("several targets: {} and {}; name labels that only one has",
                               first->pool + " " + SeriesText(first->labels),
                               loop.pool + " " + SeriesText(loop.labels))};
    }
    out.loops.push_back(trace::LoopId{i + 1});
  }
  if (first == nullptr) return NoTarget(record, selector);
  out.subject = first->subject;
  std::vector<Label> up = {{kMetricName, "up"}};
  for (const Label label : first->labels) up.push_back(label);
  out.up = Labels::FromUnsorted(std::move(up));
  for (const RunRecord::Scrape& scrape : record.scrapes()) {
    const bool ours = std::find(out.loops.begin(), out.loops.end(), scrape.loop) != out.loops.end();
    if (ours && !scrape.end_of_run) out.scrapes.push_back(&scrape);
  }
  return out;
}

}  // namespace stalemark::scenario
