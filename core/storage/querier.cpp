// SPDX-License-Identifier: Apache-2.0
#include "core/storage/querier.h"

#include <algorithm>
#include <utility>

#include "core/relabel/regex_parser.h"

namespace stalemark {

Result<Matcher> Matcher::Make(MatchType type, std::string_view name, std::string_view value) {
  Matcher matcher(type, name, value);
  if (type == MatchType::kRegex || type == MatchType::kNotRegex) {
    // Upstream parses it before it puts the anchors around it: `a)(b` is an error, and texts show no anchors.
    if (const Result<RegexTree> tree = ParseGoRegex(value); !tree) return tree.error();
    Result<Regex> regex = Regex::Compile(value);
    if (!regex) return regex.error();
    matcher.regex_ = std::move(regex).value();
  }
  return matcher;
}

bool Matcher::Matches(std::string_view value) const {
  switch (type_) {
    case MatchType::kEqual:
      return value == value_;
    case MatchType::kNotEqual:
      return value != value_;
    case MatchType::kRegex:
      return regex_->Matches(value);
    case MatchType::kNotRegex:
      break;
  }
  return !regex_->Matches(value);
}

bool MatchesAll(const Labels& labels, const std::vector<Matcher>& matchers) {
  return std::all_of(matchers.begin(), matchers.end(),
                     [&labels](const Matcher& matcher) { return matcher.Matches(labels.Get(matcher.name())); });
}

}  // namespace stalemark
