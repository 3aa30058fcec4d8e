// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "core/text/go_quote.h"
#include "sim/scenario/scenario_loader.h"

namespace stalemark::scenario {
namespace {

/// `p99.9` in millionths; absent: it is none from p0 to p100.
std::optional<std::uint32_t> ShareOf(std::string_view name) {
  constexpr std::uint32_t kPercent = kWholeShare / 100;
  if (name.size() < 2 || name[0] != 'p') return {};
  name.remove_prefix(1);
  std::uint32_t share = 0;
  std::uint32_t unit = 0;  // of the next digit behind the point
  std::size_t digits = 0;
  for (const char c : name) {
    if (c == '.' && unit == 0 && digits > 0) {
      unit = kPercent / 10;
      digits = 0;
      continue;
    }
    if (c < '0' || c > '9' || ++digits > 3) return {};
    const auto digit = static_cast<std::uint32_t>(c - '0');
    if (unit == 0) {
      share = share * 10 + digit * kPercent;
    } else {
      share += digit * unit;
      unit = std::max(unit / 10, std::uint32_t{1});
    }
  }
  if (digits == 0 || share > kWholeShare) return {};
  return share;
}

}  // namespace

Latency ScenarioLoader::ReadLatency(const yaml::Node& node) {
  const yaml::Node* value = reader_.Follow(node);
  if (value == nullptr) return {};
  if (value->kind == yaml::NodeKind::kScalar) return reader_.Duration(node).value_or(Nanoseconds(0));
  std::optional<Latency> latency;
  std::size_t distributions = 0;
  const auto duration = [this](Nanoseconds* out) {
    return [this, out](const yaml::Node& v) { *out = reader_.Duration(v).value_or(Nanoseconds(0)); };
  };
  const auto take = [&](auto read) {
    return [&, read](const yaml::Node& v) {
      ++distributions;
      latency = read(v);
    };
  };
  reader_.Mapping(
      node, "a duration, or a distribution: a mapping with one of the keys uniform, normal, exponential, percentiles",
      {{"uniform", take([this](const yaml::Node& v) { return ReadUniform(v).value_or(PercentileLatency{}); })},
       {"normal", take([&](const yaml::Node& v) {
          NormalLatency normal;
          reader_.Mapping(v, "a mapping with the keys mean and deviation",
                          {{"mean", duration(&normal.mean)}, {"deviation", duration(&normal.deviation)}});
          return normal;
        })},
       {"exponential", take([&](const yaml::Node& v) {
          ExponentialLatency exponential;
          reader_.Mapping(v, "a mapping with the key mean", {{"mean", duration(&exponential.mean)}});
          return exponential;
        })},
       {"percentiles",
        take([this](const yaml::Node& v) { return ReadPercentiles(v).value_or(PercentileLatency{}); })}});
  if (distributions != 1 && !reader_.failed()) {
    reader_.Fail(node, fmt::format("{} distributions", distributions),
                 "exactly one of uniform, normal, exponential, percentiles");
  }
  return latency.value_or(Latency{});
}

std::optional<PercentileLatency> ScenarioLoader::ReadUniform(const yaml::Node& node) {
  std::vector<Nanoseconds> ends;
  reader_.Items(node, "[from, to]", [&](const yaml::Node& item) {
    if (const auto end = reader_.Duration(item)) ends.push_back(*end);
  });
  if (reader_.failed()) return {};
  if (ends.size() == 2 && ends[0] <= ends[1]) return PercentileLatency{{{0, ends[0]}, {kWholeShare, ends[1]}}};
  reader_.Fail(node, ends.size() == 2 ? "the longer one first" : fmt::format("{} items", ends.size()), "[from, to]");
  return {};
}

std::optional<PercentileLatency> ScenarioLoader::ReadPercentiles(const yaml::Node& node) {
  PercentileLatency percentiles;
  std::vector<LatencyPoint>& points = percentiles.points;
  reader_.Entries(node, "a mapping from percentile to duration, such as {p50: 10ms, p99: 2s}",
                  [&](const std::string& name, const yaml::Node& key_node, const yaml::Node& value) {
                    const auto share = ShareOf(name);
                    const auto latency = reader_.Duration(value);
                    if (!share) {
                      reader_.Fail(key_node, text::GoQuote(name), "a percentile such as p50 or p99.9");
                      return;
                    }
                    if (!latency) return;
                    if (!points.empty() && (*share <= points.back().share || *latency < points.back().latency)) {
                      reader_.Fail(key_node, "a percentile behind a higher one, or below a lower one's duration",
                                   "both ascending");
                    }
                    points.push_back({*share, *latency});
                  });
  if (reader_.failed()) return {};
  if (points.empty()) {
    reader_.Fail(node, "no percentile", "at least one");
    return {};
  }
  // Nothing is faster than no time, or slower than the highest one.
  if (points.front().share > 0) points.insert(points.begin(), {0, Nanoseconds(0)});
  if (points.back().share < kWholeShare) points.push_back({kWholeShare, points.back().latency});
  return percentiles;
}

}  // namespace stalemark::scenario
