// SPDX-License-Identifier: Apache-2.0
// `query`: instant queries.
#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "sim/expect/difference.h"
#include "sim/expect/expect.h"
#include "sim/expect/sample_value.h"
#include "sim/expect/series_check.h"
#include "sim/expect/series_edits.h"
#include "sim/expect/slots.h"
#include "sim/expect/table.h"

namespace stalemark::scenario {
namespace {

class QueryCheck {
 public:
  QueryCheck(const Scenario& scenario, const ScenarioResult& result, const StoredSeries& storage,
             const ExpectedQuery& query)
      : scenario_(scenario), result_(result), storage_(storage), query_(query) {}

  std::optional<Failure> Check() {
    std::vector<Labels> found;
    for (const SeriesRef ref : storage_.Select(query_.expr.matchers)) {
      const std::vector<Sample> samples = storage_.head().Samples(ref);
      const Sample* sample = LiveAt(samples, query_.eval_time_ms);
      if (sample == nullptr) continue;
      found.push_back(storage_.LabelsOf(ref));
      Compare(found.back(), *sample);
    }
    const std::size_t more = CountMissing(found);
    if (table_.count() == 0) return std::nullopt;
    Failure failure = {scenario_.file,
                       query_.place,
                       "query",
                       fmt::format("{}{} at {}", query_.expr.text, StorageSuffix(query_.storage),
                                   SinceStart(scenario_, query_.eval_time_ms)),
                       fmt::format("{} of {} samples differ", table_.count(), found.size() + more),
                       table_.Text(),
                       {},
                       std::move(edits_)};
    ExplainAdvice(scenario_, first_different_, query_.eval_time_ms).PutInto(&failure);
    return failure;
  }

 private:
  void Compare(const Labels& labels, const Sample& sample) {
    const auto expected = std::find_if(query_.samples.begin(), query_.samples.end(),
                                       [&](const ExpectedQuerySample& one) { return one.labels == labels; });
    const bool is_expected = expected != query_.samples.end();
    if (is_expected && Matches(expected->value, sample, query_.tolerance)) return;
    const auto index = static_cast<std::size_t>(expected - query_.samples.begin());
    if (auto item = QuerySampleItem(labels, sample)) {
      Write(is_expected ? Edit::Kind::kReplaceItem : Edit::Kind::kAppendItem, std::move(*item), index);
    }
    Difference difference{"-", StoredText(sample)};
    if (is_expected) difference = {ExpectedText(expected->value), StoredTextBeside(expected->value, sample)};
    ShortenHistograms(&difference);
    const SeriesScrapes target(scenario_, result_, labels);
    Add(labels, difference.expected, difference.stored, target.DecidedTime(sample.t_ms));
  }

  /// Expected samples that the query does not give.
  std::size_t CountMissing(const std::vector<Labels>& found) {
    std::size_t count = 0;
    for (const ExpectedQuerySample& expected : query_.samples) {
      if (std::find(found.begin(), found.end(), expected.labels) != found.end()) continue;
      ++count;
      Write(Edit::Kind::kRemoveItem, {}, static_cast<std::size_t>(&expected - query_.samples.data()));
      Add(expected.labels, ExpectedText(expected.value), "-", WhyMissing(expected.labels));
    }
    return count;
  }

  void Write(Edit::Kind kind, std::string text, std::size_t index) {
    edits_.push_back({kind, query_.place, {"exp_samples"}, std::move(text), index});
  }

  std::string WhyMissing(const Labels& labels) const {
    if (!MatchesAll(labels, query_.expr.matchers)) return "does not fit the selector";
    const std::optional<SeriesRef> ref = storage_.Find(labels);
    if (!ref) return "never stored";
    const std::vector<Sample> samples = storage_.head().Samples(*ref);
    const Sample* newest = nullptr;
    for (const Sample& sample : samples) {
      if (sample.t_ms <= query_.eval_time_ms) newest = &sample;
    }
    if (newest == nullptr) return "begins at " + SinceStart(scenario_, samples.front().t_ms);
    const std::string at = SinceStart(scenario_, newest->t_ms);
    return IsStaleNaN(newest->bits) ? "ended by a stale marker at " + at
                                    : "last sample at " + at + ", more than 5m before";
  }

  void Add(const Labels& labels, std::string expected, std::string found, std::string reason) {
    if (table_.count() == 0) first_different_ = labels;
    table_.Add([&] {
      return std::vector<std::string>{SeriesText(labels), std::move(expected), std::move(found), std::move(reason)};
    });
  }

  const Scenario& scenario_;
  const ScenarioResult& result_;
  const StoredSeries& storage_;
  const ExpectedQuery& query_;
  ShortTable table_{{"series", "expected", "found", "why"}};
  std::vector<Edit> edits_;
  Labels first_different_;
};

}  // namespace

void CheckQueries(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures) {
  std::map<std::size_t, StoredSeries> storages;
  for (const ExpectedQuery& query : scenario.expect.queries) {
    const StoredSeries& storage = storages.try_emplace(query.storage, *result.storages[query.storage]).first->second;
    std::optional<Failure> failure = QueryCheck(scenario, result, storage, query).Check();
    if (failure) failures->push_back(std::move(*failure));
  }
}

}  // namespace stalemark::scenario
