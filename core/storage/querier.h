// SPDX-License-Identifier: Apache-2.0
// Reading series back: matchers, and what can be asked by them (READ-01 to READ-08). Mirrors storage.Querier
// (storage/interface.go) and labels.Matcher (model/labels/matcher.go).
//
// A label that a series does not have is an empty value to all matchers. Without matchers all series are meant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/labels.h"
#include "core/model/result.h"
#include "core/relabel/regex.h"
#include "core/storage/sample.h"

namespace stalemark {

enum class MatchType : std::uint8_t { kEqual, kNotEqual, kRegex, kNotRegex };

class Matcher {
 public:
  /// Fails with upstream's text for a regular expression that Go refuses.
  static Result<Matcher> Make(MatchType type, std::string_view name, std::string_view value);
  bool Matches(std::string_view value) const;
  const std::string& name() const { return name_; }

 private:
  Matcher(MatchType type, std::string_view name, std::string_view value) : type_(type), name_(name), value_(value) {}

  MatchType type_;
  std::string name_;
  std::string value_;
  /// Of kRegex and kNotRegex.
  std::optional<Regex> regex_;
};

/// All of them match.
bool MatchesAll(const Labels& labels, const std::vector<Matcher>& matchers);

struct SelectedSeries {
  Labels labels;
  /// By time; may be empty.
  std::vector<Sample> samples;
};

struct SelectResult {
  /// In the order of their labels, none twice. Meaningless with an error.
  std::vector<SelectedSeries> series;
  /// What failed without failing the whole (READ-07).
  std::vector<std::string> warnings;
  std::optional<Error> error;
};

class Queryable {
 public:
  virtual ~Queryable() = default;
  virtual SelectResult Select(const TimeRange& range, const std::vector<Matcher>& matchers) const = 0;
};

}  // namespace stalemark
