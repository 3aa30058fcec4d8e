// SPDX-License-Identifier: Apache-2.0
// What a scenario expects of the server: targets, scrapes, limits, metrics.
#include <algorithm>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/text/go_quote.h"
#include "sim/scenario/scenario_loader.h"

namespace stalemark::scenario {
namespace {

constexpr std::uint64_t kScrapeNumberMax = 9'999'999'999;
constexpr std::uint64_t kHopsMax = 10;

/// Each item of a list; what is no list is the only item.
void OneOrEach(FieldReader* reader, const yaml::Node& node, FieldReader::Read read) {
  const yaml::Node* value = reader->Follow(node);
  if (value == nullptr) return;
  if (value->kind == yaml::NodeKind::kSequence) {
    reader->Items(node, "", read);
  } else {
    read(node);
  }
}

}  // namespace

const std::vector<std::string_view>& LimitNames() {
  static const std::vector<std::string_view> names = {
      "sample_limit", "label_limit",     "label_name_length_limit",      "label_value_length_limit",
      "target_limit", "body_size_limit", "native_histogram_bucket_limit"};
  return names;
}

// ---- used by all kinds ----

std::optional<MonotonicTime> ScenarioLoader::ReadObservedAt(const yaml::Node& node) {
  const std::optional<Nanoseconds> at = ReadTime(node);
  if (!at) return {};
  if (*at > scenario_.duration) {
    reader_.Fail(node, FormatGoDuration(*at), "a time of the run, which lasts " + FormatGoDuration(scenario_.duration));
    return {};
  }
  scenario_.expect.observed_at.push_back(MonotonicTime(*at));
  return MonotonicTime(*at);
}

std::optional<Comparison> ScenarioLoader::ReadComparison(const yaml::Node& node,
                                                         Result<Comparison> (*parse)(std::string_view)) {
  const std::optional<std::string> text = reader_.Text(node, "a number, or a bound such as '>= 1'");
  if (!text) return {};
  Result<Comparison> comparison = parse(*text);
  if (comparison.ok()) return std::move(comparison).value();
  reader_.Fail(node, text::GoQuote(*text), comparison.error().message);
  return {};
}

TargetSelector ScenarioLoader::ReadTargetSelector(const yaml::Node& node) {
  TargetSelector target;
  target.place = PlaceOf(node);
  const yaml::Node* value = reader_.Follow(node);
  if (value == nullptr) return target;
  if (value->kind == yaml::NodeKind::kMapping) {
    target.labels = ReadLabels(node);
    if (target.labels.empty()) reader_.Fail(node, "no labels", "labels of a target, such as {instance: 'a:80'}");
  } else {
    target.name = reader_.Text(node, "a target: job/instance, or labels").value_or("");
    if (target.name.find('/') == std::string::npos) {
      reader_.Fail(node, text::GoQuote(target.name), "a target: job/instance, or labels");
    }
  }
  return target;
}

// ---- targets ----

void ScenarioLoader::ReadExpectedTargetSets(const yaml::Node& node) {
  OneOrEach(&reader_, node, [this](const yaml::Node& item) {
    ExpectedTargets targets;
    reader_.Mapping(item, "a mapping with the keys at, active and dropped",
                    {{"at", [&](const yaml::Node& v) { targets.at = ReadObservedAt(v); }},
                     {"active", [&](const yaml::Node& v) { targets.active = ReadExpectedTargets(v); }},
                     {"dropped", [&](const yaml::Node& v) { targets.dropped = ReadExpectedTargets(v); }}});
    scenario_.expect.server.targets.push_back(std::move(targets));
  });
}

ExpectedTargetList ScenarioLoader::ReadExpectedTargets(const yaml::Node& node) {
  ExpectedTargetList list;
  list.place = PlaceOf(node);
  reader_.Items(node, "a list of targets",
                [&](const yaml::Node& item) { list.targets.push_back(ReadExpectedTarget(item)); });
  return list;
}

ExpectedTarget ScenarioLoader::ReadExpectedTarget(const yaml::Node& node) {
  ExpectedTarget target;
  target.place = PlaceOf(node);
  const auto duration = [this, &target](const char* key) {
    return [this, &target, key](const yaml::Node& v) {
      if (const auto length = reader_.Duration(v)) target.fields[key] = FormatDuration(*length);
    };
  };
  const std::vector<std::string_view> healths = {"up", "down", "unknown"};
  reader_.Mapping(
      node, "a target: a mapping with the keys pool, labels, health, ...",
      {{"pool", [&](const yaml::Node& v) { target.pool = reader_.Text(v, "the name of a job").value_or(""); }},
       {"labels", [&](const yaml::Node& v) { target.labels = ReadLabels(v); }},
       {"discovered_labels", [&](const yaml::Node& v) { target.discovered_labels = ReadLabels(v); }},
       {"health",
        [&](const yaml::Node& v) {
          if (const auto index = reader_.Word(v, healths)) target.fields["health"] = healths[*index];
        }},
       {"last_error", [&](const yaml::Node& v) { target.last_error = reader_.Text(v, "a part of an error"); }},
       {"scrape_interval", duration("scrape_interval")},
       {"scrape_timeout", duration("scrape_timeout")},
       {"scrape_url", [&](const yaml::Node& v) {
          if (auto url = reader_.Text(v, "a URL")) target.fields["scrape_url"] = std::move(*url);
        }}});
  if (target.pool.empty() && !reader_.failed()) reader_.Fail(node, "no pool", "the name of a job");
  return target;
}

LabelMap ScenarioLoader::ReadLabels(const yaml::Node& node) {
  LabelMap labels;
  reader_.Entries(node, "a mapping of labels",
                  [&](const std::string& name, const yaml::Node&, const yaml::Node& value) {
                    labels[name] = reader_.Text(value, "a label value").value_or("");
                  });
  return labels;
}

// ---- scrapes ----

void ScenarioLoader::ReadExpectedScrapes(const yaml::Node& node) {
  reader_.Items(node, "a list of {target: job/instance, outcomes: ...}", [this](const yaml::Node& item) {
    ExpectedScrapes expected;
    expected.place = PlaceOf(item);
    ExpectedScrape scrape;
    const yaml::Node *target = nullptr, *outcomes = nullptr;
    bool in_detail = false;
    const auto detail = [&](auto read) {
      return [&in_detail, read](const yaml::Node& v) {
        in_detail = true;
        read(v);
      };
    };
    const auto count = [&](std::string_view name) {
      return detail([this, &scrape, name](const yaml::Node& v) {
        if (auto bound = ReadComparison(v, ParseComparison)) scrape.counts.emplace_back(std::string(name), *bound);
      });
    };
    reader_.Mapping(
        item, "a mapping with the keys target and outcomes, or target and scrape",
        {{"target", &target},
         {"outcomes", &outcomes},
         {"scrape", detail([&](const yaml::Node& v) {
            scrape.number = reader_.Number(v, kScrapeNumberMax).value_or(1);
            if (scrape.number == 0) reader_.Fail(v, "0", "the number of a scrape, from 1");
          })},
         {"at", detail([&](const yaml::Node& v) {
            if (const auto at = ReadTime(v)) scrape.at = MonotonicTime(*at);
          })},
         {"outcome", detail([&](const yaml::Node& v) {
            if (const auto index = reader_.Word(v, OutcomeWords())) scrape.outcome = OutcomeWords()[*index];
          })},
         {"error", detail([&](const yaml::Node& v) { scrape.error = reader_.Text(v, "a part of an error"); })},
         {"duration", detail([&](const yaml::Node& v) {
            if (auto bound = ReadComparison(v, ParseDurationComparison)) scrape.counts.emplace_back("duration", *bound);
          })},
         {"hop", detail([&](const yaml::Node& v) {
            scrape.hop = std::max<std::uint64_t>(1, reader_.Number(v, kHopsMax).value_or(1));
          })},
         {"request_headers", detail([&](const yaml::Node& v) { scrape.headers = ReadExpectedHeaders(v); })},
         {"status", detail([&](const yaml::Node& v) { scrape.status = ReadComparison(v, ParseComparison); })},
         {"samples_scraped", count("samples_scraped")},
         {"samples_post_metric_relabeling", count("samples_post_metric_relabeling")},
         {"series_added", count("series_added")},
         {"stale_markers", count("stale_markers")}});
    if (reader_.failed()) return;
    if (target == nullptr || (outcomes != nullptr) == in_detail) {
      reader_.Fail(item, target == nullptr ? "no target" : "neither or both",
                   "the key target, and either outcomes or a scrape: its number or time, and what it is like");
      return;
    }
    expected.target = ReadTargetSelector(*target);
    if (outcomes != nullptr) expected.outcomes = ReadOutcomes(*outcomes);
    if (in_detail && (scrape.number == 0) == !scrape.at.has_value()) {
      reader_.Fail(item, "neither or both", "one of scrape (a number, from 1) and at (a time)");
    }
    if (in_detail) expected.scrape = std::move(scrape);
    scenario_.expect.server.scrapes.push_back(std::move(expected));
  });
}

std::vector<OutcomeRun> ScenarioLoader::ReadOutcomes(const yaml::Node& node) {
  const auto text = reader_.Text(node, "outcomes such as 'up x5 timeout up x3'");
  if (!text) return {};
  Result<std::vector<OutcomeRun>> runs = ParseOutcomes(*text);
  if (runs.ok()) return std::move(runs).value();
  ComplainInText(node, runs.error());
  return {};
}

std::vector<ExpectedHeader> ScenarioLoader::ReadExpectedHeaders(const yaml::Node& node) {
  std::vector<ExpectedHeader> headers;
  constexpr std::string_view kWhat = "a value, a list of its parts, or null for a header that is not sent";
  reader_.Entries(node, "a mapping from header to value",
                  [&](const std::string& name, const yaml::Node&, const yaml::Node& value) {
                    ExpectedHeader header;
                    header.name = name;
                    const yaml::Node* content = reader_.Follow(value);
                    if (content == nullptr) return;
                    if (content->kind == yaml::NodeKind::kSequence) {
                      reader_.Items(value, kWhat, [&](const yaml::Node& part) {
                        header.parts.push_back(reader_.Text(part, "a part of the value").value_or(""));
                      });
                      if (header.parts.empty()) reader_.Fail(value, "an empty list", kWhat);
                    } else if (!content->IsNull()) {
                      header.value = reader_.Text(value, kWhat);
                    }
                    headers.push_back(std::move(header));
                  });
  return headers;
}

// ---- limits ----

void ScenarioLoader::ReadExpectedLimits(const yaml::Node& node) {
  reader_.Items(node, "a list of {job: ..., limit: sample_limit, headroom: '>= 20%'}", [this](const yaml::Node& item) {
    ExpectedLimit expected;
    expected.place = PlaceOf(item);
    const yaml::Node* limit = nullptr;
    reader_.Mapping(
        item, "a mapping with the keys job (or target), limit, and headroom (or used)",
        {{"job", [&](const yaml::Node& v) { expected.job = reader_.Text(v, "the name of a job").value_or(""); }},
         {"target", [&](const yaml::Node& v) { expected.target = ReadTargetSelector(v); }},
         {"limit", &limit},
         {"headroom", [&](const yaml::Node& v) { expected.headroom = ReadComparison(v, ParsePercentComparison); }},
         {"used", [&](const yaml::Node& v) { expected.used = ReadComparison(v, ParseComparison); }}});
    if (reader_.failed()) return;
    const bool complete =
        limit != nullptr && expected.job.empty() == expected.target.has_value() && (expected.headroom || expected.used);
    if (!complete) {
      reader_.Fail(item, "something else", "one of job and target, the key limit, and headroom or used");
      return;
    }
    const auto index = reader_.Word(*limit, LimitNames());
    if (!index) return;
    expected.limit = static_cast<LimitKind>(*index);
    if (expected.limit == LimitKind::kTarget && expected.target) {
      reader_.Fail(*limit, "target_limit of a target", "target_limit with the key job: it counts the targets of one");
    }
    scenario_.expect.server.limits.push_back(std::move(expected));
  });
}

// ---- metrics ----

void ScenarioLoader::ReadExpectedMetricSets(const yaml::Node& node) {
  OneOrEach(&reader_, node, [this](const yaml::Node& item) { ReadExpectedMetrics(item); });
}

void ScenarioLoader::ReadExpectedMetrics(const yaml::Node& node) {
  ExpectedMetrics expected;
  expected.place = PlaceOf(node);
  reader_.Entries(node, "a mapping from metric to value, and at",
                  [&](const std::string& key, const yaml::Node& key_node, const yaml::Node& value) {
                    if (key == "at") {
                      expected.at = ReadObservedAt(value);
                      return;
                    }
                    const Result<Labels> labels = ParseSeriesName(key);
                    if (!labels.ok()) {
                      reader_.Complain(key_node, labels.error().message);
                      return;
                    }
                    auto bound = ReadComparison(value, ParseComparison);
                    if (!bound) return;
                    expected.metrics.push_back({SeriesText(*labels), key, PlaceOf(value), std::move(*bound)});
                  });
  scenario_.expect.server.metrics.push_back(std::move(expected));
}

// ---- pools ----

void ScenarioLoader::ReadExpectedPoolErrors(const yaml::Node& node) {
  reader_.Entries(node, "a mapping from job to a part of the error",
                  [&](const std::string& job, const yaml::Node&, const yaml::Node& value) {
                    constexpr std::string_view kWhat = "a part of the error";
                    std::string error = reader_.Text(value, kWhat).value_or("");
                    if (error.empty() && !reader_.failed()) reader_.Fail(value, "nothing", kWhat);
                    scenario_.expect.server.pool_errors.push_back({PlaceOf(value), job, std::move(error)});
                  });
}

}  // namespace stalemark::scenario
