// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/text/go_quote.h"
#include "sim/scenario/scenario_loader.h"

namespace stalemark::scenario {
namespace {

bool IsDigest(std::string_view text) {
  return text.size() == 16 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

void ScenarioLoader::ReadExpect(const yaml::Node& node) {
  reader_.Mapping(
      node,
      "a mapping with the keys samples, series, query, targets, scrapes, limits, metrics, pool_errors, store_digest, "
      "under_seeds",
      {{"samples",
        [this](const yaml::Node& v) {
          reader_.Items(v, "a list of {series: ..., values: ...}",
                        [this](const yaml::Node& item) { ReadExpectedSeries(item); });
        }},
       {"series",
        [this](const yaml::Node& v) {
          reader_.Items(v, "a list of {match: ..., count: ...}",
                        [this](const yaml::Node& item) { ReadExpectedSelection(item); });
        }},
       {"query",
        [this](const yaml::Node& v) {
          reader_.Items(v, "a list of {expr: ..., eval_time: ..., exp_samples: ...}",
                        [this](const yaml::Node& item) { ReadExpectedQuery(item); });
        }},
       {"targets", [this](const yaml::Node& v) { ReadExpectedTargetSets(v); }},
       {"scrapes", [this](const yaml::Node& v) { ReadExpectedScrapes(v); }},
       {"limits", [this](const yaml::Node& v) { ReadExpectedLimits(v); }},
       {"metrics", [this](const yaml::Node& v) { ReadExpectedMetricSets(v); }},
       {"pool_errors", [this](const yaml::Node& v) { ReadExpectedPoolErrors(v); }},
       {"under_seeds", [this](const yaml::Node& v) { scenario_.expect.under_seeds = reader_.Flag(v).value_or(false); }},
       {"store_digest", [this](const yaml::Node& v) {
          const auto text = reader_.Text(v, "16 hex digits");
          if (!text) return;
          if (!IsDigest(*text)) reader_.Fail(v, text::GoQuote(*text), "16 hex digits");
          scenario_.expect.store_digest = *text;
          scenario_.expect.store_digest_place = PlaceOf(v);
        }}});
}

}  // namespace stalemark::scenario
