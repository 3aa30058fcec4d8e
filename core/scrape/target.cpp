// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/target.h"

#include <utility>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/scrape/populate.h"
#include "core/scrape/target_identity.h"
#include "core/scrape/target_labels.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

bool IsPublic(std::string_view name) {
  return name.substr(0, kReservedLabelPrefix.size()) != kReservedLabelPrefix;
}

Result<Nanoseconds> ReadLabel(const Labels& labels, std::string_view name, std::string_view what) {
  const std::string_view value = labels.Get(name);
  const Result<Nanoseconds> duration = ParseDuration(value);
  if (duration) return duration;
  return Error{fmt::format("error parsing {} label {}: {}", what, text::GoQuote(value), duration.error().message)};
}

}  // namespace

std::string_view TargetHealthText(TargetHealth health) {
  switch (health) {
    case TargetHealth::kUnknown:
      return "unknown";
    case TargetHealth::kUp:
      return "up";
    case TargetHealth::kDown:
      return "down";
  }
  return {};
}

Target::Target(Labels labels, TargetOrigin origin) : labels_(std::move(labels)), origin_(std::move(origin)) {}

Labels Target::PublicLabels() const {
  std::vector<Label> kept;
  for (const Label label : labels_) {
    if (IsPublic(label.name)) kept.push_back(label);
  }
  return Labels::FromSorted(kept);
}

bool Target::HasPublicLabels() const {
  for (const Label label : labels_) {
    if (IsPublic(label.name)) return true;
  }
  return false;
}

Labels Target::DiscoveredLabels() const {
  return stalemark::DiscoveredLabels(*origin_.config, origin_.target_labels, *origin_.group_labels);
}

Url Target::ScrapeUrl() const {
  return TargetUrl(labels_, origin_.config->params);
}

Result<Url> Target::RequestUrl() const {
  return ParseRequestUrl(ScrapeUrl().String());
}

std::uint64_t Target::Hash() const {
  return TargetHash(labels_, ScrapeUrl().String());
}

Nanoseconds Target::Offset(Nanoseconds interval, std::uint64_t seed, WallTime now) const {
  return ScrapeOffset(Hash(), seed, interval, now);
}

Target::Timing Target::TimingOr(Nanoseconds default_interval, Nanoseconds default_timeout) const {
  const Result<Nanoseconds> interval = ReadLabel(labels_, kScrapeIntervalLabel, "interval");
  if (!interval) return {default_interval, default_timeout, interval.error()};
  const Result<Nanoseconds> timeout = ReadLabel(labels_, kScrapeTimeoutLabel, "timeout");
  if (!timeout) return {default_interval, default_timeout, timeout.error()};
  return {*interval, *timeout, std::nullopt};
}

Target::HistogramSwitches Target::SwitchesOr(const ScrapeConfig& defaults) const {
  const auto read = [this](std::string_view name, bool fallback) {
    return ParseBool(labels_.Get(name)).value_or(fallback);
  };
  return {read(kConvertClassicHistogramsLabel, defaults.convert_classic_histograms_to_nhcb),
          read(kAlwaysScrapeClassicHistogramsLabel, defaults.always_scrape_classic_histograms),
          read(kScrapeNativeHistogramsLabel, defaults.scrape_native_histograms)};
}

void Target::Report(WallTime scraped_at, Nanoseconds duration, std::optional<ScrapeError> error) {
  outcome_.health = error ? TargetHealth::kDown : TargetHealth::kUp;
  outcome_.error = std::move(error);
  outcome_.scraped_at = scraped_at;
  outcome_.duration = duration;
}

GroupTargets TargetsFromGroup(const TargetGroup& group, const std::shared_ptr<const ScrapeConfig>& config) {
  GroupTargets result;
  const auto group_labels = std::make_shared<const LabelMap>(group.labels);
  for (std::size_t i = 0; i < group.targets.size(); ++i) {
    const LabelMap& target_labels = group.targets[i];
    Result<Labels> labels = PopulateLabels(*config, target_labels, group.labels);
    if (labels) {
      result.targets.emplace_back(std::move(*labels), TargetOrigin{config, target_labels, group_labels});
    } else {
      result.failures.push_back(
          Error{fmt::format("instance {} in group {}: {}", i, group.source, labels.error().message)});
    }
  }
  return result;
}

}  // namespace stalemark
