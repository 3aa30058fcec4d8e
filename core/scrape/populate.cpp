// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/populate.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/relabel/relabel.h"
#include "core/scrape/target_labels.h"
#include "core/text/go_quote.h"
#include "core/text/utf8.h"

namespace stalemark {
namespace {

bool IsEncodable(std::string_view name, std::string_view value) {
  return name.size() < kLabelBytesMax && value.size() < kLabelBytesMax;
}

/// Sets the discovered labels; those that cannot be encoded are left out, and the first of them is the error.
Status SetDiscoveredLabels(const ScrapeConfig& config, const LabelMap& target_labels, const LabelMap& group_labels,
                           LabelsBuilder& labels) {
  Status status;
  const auto set = [&](std::string_view name, std::string_view value) {
    if (IsEncodable(name, value)) {
      labels.Set(name, value);
    } else if (status) {
      status = Error{"label name or value is too long"};
    }
  };
  const auto set_default = [&](std::string_view name, std::string_view value) {
    if (labels.Get(name).empty()) set(name, value);
  };

  for (const auto& entry : target_labels) set(entry.first, entry.second);
  for (const auto& entry : group_labels) {
    // An empty label of the target hides the group's all the same.
    if (target_labels.find(entry.first) == target_labels.end()) set(entry.first, entry.second);
  }
  const auto bool_text = [](bool value) { return value ? "true" : "false"; };
  set_default(kJobLabel, config.job_name);
  set_default(kScrapeIntervalLabel, FormatDuration(config.scrape_interval));
  set_default(kScrapeTimeoutLabel, FormatDuration(config.scrape_timeout));
  set_default(kMetricsPathLabel, config.metrics_path);
  set_default(kSchemeLabel, config.scheme);
  set_default(kConvertClassicHistogramsLabel, bool_text(config.convert_classic_histograms_to_nhcb));
  set_default(kAlwaysScrapeClassicHistogramsLabel, bool_text(config.always_scrape_classic_histograms));
  set_default(kScrapeNativeHistogramsLabel, bool_text(config.scrape_native_histograms));
  for (const auto& entry : config.params) {
    if (!entry.second.empty()) set_default(std::string(kParamLabelPrefix) + entry.first, entry.second.front());
  }
  return status;
}

Status CheckAddress(std::string_view address) {
  if (address.empty()) return Error{"no address"};
  if (address.find('/') != std::string_view::npos) {
    return Error{fmt::format("{} is not a valid hostname", text::GoQuote(address))};
  }
  return {};
}

/// Reads a duration label; `what` names it in errors.
Result<std::chrono::nanoseconds> ReadDuration(std::string_view what, std::string_view text) {
  const Result<std::chrono::nanoseconds> duration = ParseDuration(text);
  if (!duration) return Error{fmt::format("error parsing {}: {}", what, duration.error().message)};
  if (duration->count() == 0) return Error{fmt::format("{} cannot be 0", what)};
  return duration;
}

Status CheckTimes(const LabelsBuilder& labels) {
  const std::string_view interval_text = labels.Get(kScrapeIntervalLabel);
  const Result<std::chrono::nanoseconds> interval = ReadDuration("scrape interval", interval_text);
  if (!interval) return interval.error();
  const std::string_view timeout_text = labels.Get(kScrapeTimeoutLabel);
  const Result<std::chrono::nanoseconds> timeout = ReadDuration("scrape timeout", timeout_text);
  if (!timeout) return timeout.error();
  if (*timeout > *interval) {
    return Error{fmt::format("scrape timeout cannot be greater than scrape interval ({} > {})",
                             text::GoQuote(timeout_text), text::GoQuote(interval_text))};
  }
  return {};
}

Status CheckSwitches(const LabelsBuilder& labels) {
  struct Switch {
    std::string_view label;
    std::string_view what;
  };
  static constexpr std::array<Switch, 3> kSwitches = {
      Switch{kConvertClassicHistogramsLabel, "convert classic histograms to nhcb"},
      Switch{kAlwaysScrapeClassicHistogramsLabel, "always scrape classic histograms"},
      Switch{kScrapeNativeHistogramsLabel, "scrape native histograms"},
  };
  for (const Switch& item : kSwitches) {
    const std::string_view value = labels.Get(item.label);
    if (value.empty() || ParseBool(value)) continue;
    return Error{fmt::format("error parsing {}: strconv.ParseBool: parsing {}: invalid syntax", item.what,
                             text::GoQuote(value))};
  }
  return {};
}

Status CheckValues(const Labels& labels) {
  for (const Label label : labels) {
    if (!text::IsValidUtf8(label.value)) {
      return Error{
          fmt::format("invalid label value for {}: {}", text::GoQuote(label.name), text::GoQuote(label.value))};
    }
  }
  return {};
}

}  // namespace

Labels DiscoveredLabels(const ScrapeConfig& config, const LabelMap& target_labels, const LabelMap& group_labels) {
  LabelsBuilder labels;
  // PopulateLabels reports what was left out.
  (void)SetDiscoveredLabels(config, target_labels, group_labels, labels);
  return labels.Build();
}

Result<Labels> PopulateLabels(const ScrapeConfig& config, const LabelMap& target_labels, const LabelMap& group_labels) {
  LabelsBuilder labels;
  if (Status status = SetDiscoveredLabels(config, target_labels, group_labels, labels); !status) return status.error();
  if (ApplyRelabelRules(config.relabel_configs, labels) == RelabelVerdict::kDrop) return Labels();

  const std::string address(labels.Get(kAddressLabel));
  if (Status status = CheckAddress(address); !status) return status.error();
  if (Status status = CheckTimes(labels); !status) return status.error();
  if (Status status = CheckSwitches(labels); !status) return status.error();

  for (const auto& entry : labels.RangeSnapshot()) {
    if (entry.first.compare(0, kMetaLabelPrefix.size(), kMetaLabelPrefix) == 0)
      labels.Del(entry.first);
    else if (!IsEncodable(entry.first, entry.second))
      return Error{"label name or value is too long"};
  }
  if (labels.Get(kInstanceLabel).empty()) labels.Set(kInstanceLabel, address);
  Labels built = labels.Build();
  if (Status status = CheckValues(built); !status) return status.error();
  return built;
}

std::optional<bool> ParseBool(std::string_view text) {
  static constexpr std::array<std::string_view, 6> kTrue = {"1", "t", "T", "TRUE", "true", "True"};
  static constexpr std::array<std::string_view, 6> kFalse = {"0", "f", "F", "FALSE", "false", "False"};
  if (std::find(kTrue.begin(), kTrue.end(), text) != kTrue.end()) return true;
  if (std::find(kFalse.begin(), kFalse.end(), text) != kFalse.end()) return false;
  return std::nullopt;
}

}  // namespace stalemark
