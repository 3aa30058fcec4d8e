// SPDX-License-Identifier: Apache-2.0
// The chain as such: the rules in it, and how it is brought down to kChainMax links.
#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "sim/explain/inquiry.h"

namespace stalemark::scenario {
namespace {

/// Labels that a link for several rules names; of more it says how many.
constexpr std::size_t kLabelsNamedMax = 3;

using Chain = std::vector<Link>;

/// Rules in a row, of the same list.
struct Row {
  std::size_t begin = 0;
  std::size_t count = 0;
};

bool IsDecisive(const Inquiry& inquiry, const Link& link) {
  return link.is_decisive || std::any_of(link.labels.begin(), link.labels.end(), [&](const std::string& label) {
           return inquiry.decisive_labels.count(label) > 0;
         });
}

/// The longest row of rules that may become one link.
template <class MayFold>
Row LongestRow(const Chain& chain, const MayFold& may_fold) {
  Row longest;
  Row row;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const bool is_rule = chain[i].rule > 0 && chain[i].last_rule == 0 && !chain[i].labels.empty();
    if (!is_rule || !may_fold(chain[i])) {
      row = {};
      continue;
    }
    if (row.count == 0 || chain[i].kind != chain[row.begin].kind) row = {i, 0};
    ++row.count;
    if (row.count > longest.count) longest = row;
  }
  return longest;
}

/// `metric_relabel_configs rules 5 to 14 change 10 labels`.
Link Folded(const Link* first, const Link* last) {
  std::set<std::string> labels;
  for (const Link* link = first; link <= last; ++link) labels.insert(link->labels.begin(), link->labels.end());
  Link folded = *first;
  folded.last_rule = last->rule;
  folded.labels.assign(labels.begin(), labels.end());
  const std::string what = labels.size() > kLabelsNamedMax ? fmt::format("{} labels", labels.size())
                                                           : fmt::format("{}", fmt::join(labels, ", "));
  folded.text = fmt::format("{} rules {} to {} change {}", first->text.substr(0, first->text.find(' ')), first->rule,
                            last->rule, what);
  return folded;
}

/// Folds row after row, each from its end on, as long as the chain is too long.
template <class MayFold>
void FoldRules(Chain& chain, const MayFold& may_fold) {
  while (chain.size() > kChainMax) {
    const Row row = LongestRow(chain, may_fold);
    if (row.count < 2) return;
    const std::size_t count = std::min(row.count, chain.size() - kChainMax + 1);
    const auto end = chain.begin() + static_cast<std::ptrdiff_t>(row.begin + row.count);
    const auto begin = end - static_cast<std::ptrdiff_t>(count);
    *begin = Folded(&*begin, &*std::prev(end));
    chain.erase(std::next(begin), end);
  }
}

/// The link that counts least: of these kinds the last one, else one from the middle.
Chain::iterator Least(const Inquiry& inquiry, Chain& chain) {
  for (const LinkKind kind : {LinkKind::kNote, LinkKind::kChunk, LinkKind::kTime, LinkKind::kCommit}) {
    const auto last =
        std::find_if(chain.rbegin(), chain.rend(), [kind](const Link& link) { return link.kind == kind; });
    if (last != chain.rend()) return std::next(last).base();
  }
  const auto middle = chain.begin() + static_cast<std::ptrdiff_t>(chain.size() / 2);
  const auto plain = std::find_if(middle, chain.end(), [&](const Link& link) { return !IsDecisive(inquiry, link); });
  return plain == chain.end() ? middle : plain;
}

}  // namespace

void TellRules(Inquiry& inquiry, std::string_view key, const std::vector<RelabelRule>& rules,
               const RelabelExplanation& explanation, const History::Scrape* scrape) {
  bool any = false;
  for (const RelabelStep& step : explanation.steps) {
    const bool dropped = step.verdict == RelabelVerdict::kDrop;
    if ((step.changes.empty() && !dropped) || step.rule >= rules.size()) continue;
    std::string text = fmt::format("{} {}", key, RelabelStepText(rules[step.rule], step));
    if (dropped) text += ": dropped";
    Link& link = scrape == nullptr ? inquiry.Add(LinkKind::kTarget, std::move(text))
                                   : inquiry.Add(LinkKind::kRelabel, *scrape, std::move(text));
    link.rule = step.rule + 1;
    for (const RelabelChange& change : step.changes) link.labels.push_back(change.name);
    if (dropped && rules[step.rule].source_labels) {
      for (const std::string& label : *rules[step.rule].source_labels) inquiry.decisive_labels.insert(label);
    }
    any = true;
  }
  // What the last one left is what counts.
  if (any) inquiry.out.chain.back().is_decisive = true;
}

void CutChain(Inquiry& inquiry) {
  Chain& chain = inquiry.out.chain;
  FoldRules(chain, [&](const Link& link) { return !IsDecisive(inquiry, link); });
  FoldRules(chain, [](const Link& link) { return !link.is_decisive; });
  if (chain.size() <= kChainMax) return;
  std::size_t left_out = 0;
  for (; chain.size() >= kChainMax; ++left_out) chain.erase(Least(inquiry, chain));
  inquiry.Add(LinkKind::kNote, fmt::format("left out here: {} more links that count less", left_out));
}

}  // namespace stalemark::scenario
