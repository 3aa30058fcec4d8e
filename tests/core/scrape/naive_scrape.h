// SPDX-License-Identifier: Apache-2.0
// NaiveScrape: what a scrape appends, written down from spec section 18.6 with plain maps, one look-up per line and no
// position guess. The twin that ScrapeAppender and ScrapeCache are compared with; slow and obvious on purpose.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/exposition/text_parser.h"
#include "core/model/value.h"
#include "core/scrape/scrape_appender.h"

namespace stalemark::testing {

/// Counters that a body moves.
struct ScrapeTallies {
  std::uint64_t sample_limit = 0;
  std::uint64_t label_limits = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t out_of_order = 0;
  std::uint64_t out_of_bounds = 0;
};

class NaiveScrape {
 public:
  NaiveScrape(const ScrapeAppendOptions& options, const ScrapeConfig& config, const Labels& target_labels)
      : options_(options), config_(config), target_labels_(target_labels) {}

  /// FULL. The text of the error, or nothing; an error leaves the iteration open.
  std::string Body(Appender& storage, std::string_view body, std::int64_t t_ms, std::int64_t t_max_ms,
                   ScrapeCounts* counts) {
    storage_ = &storage;
    t_ms_ = t_ms;
    t_max_ms_ = t_max_ms;
    over_limit_ = false;
    reached_limit_ = 0;
    family_ = nullptr;
    // The token path: the parser's own slow twin.
    TextParser parser({}, TextPaths::kTokensOnly);
    parser.Reset(body);
    std::string error = Entries(parser, counts);
    if (over_limit_) {
      ++tallies.sample_limit;
      if (error.empty()) error = "sample limit exceeded";
    }
    if (error.empty()) error = Markers();
    if (error.empty()) EndIteration(true);
    return error;
  }

  /// EMPTY.
  std::string Empty(Appender& storage, std::int64_t t_ms) {
    storage_ = &storage;
    t_ms_ = t_ms;
    t_max_ms_ = t_ms;
    over_limit_ = false;
    std::string error = Markers();
    EndIteration(false);
    return error;
  }

  std::size_t metadata_entries() const { return metadata_.size(); }
  std::size_t metadata_bytes() const {
    std::size_t bytes = 0;
    for (const auto& [family, kept] : metadata_) {
      bytes += kept.metadata.help.size() + kept.metadata.unit.size() + MetricTypeText(kept.metadata.type).size();
    }
    return bytes;
  }

  ScrapeTallies tallies;

 private:
  struct Series {
    SeriesRef ref;
    Labels labels;
    std::uint64_t stamp;
  };
  /// Shared, because `previous` may outlive a flush as Go's maps let it.
  using SeriesPtr = std::shared_ptr<Series>;
  struct Family {
    Metadata metadata;
    std::uint64_t stamp = 0;
  };

  std::string Entries(TextParser& parser, ScrapeCounts* counts) {
    for (;;) {
      switch (parser.Next()) {
        case EntryKind::kEnd:
          return "";
        case EntryKind::kError:
          return parser.error().message;
        case EntryKind::kType:
          Touch(parser).type = parser.metadata().type;
          break;
        case EntryKind::kHelp:
          Touch(parser).help = parser.metadata().text;
          break;
        case EntryKind::kUnit:
          Touch(parser).unit = parser.metadata().text;
          break;
        case EntryKind::kComment:
        case EntryKind::kHistogram:  // the text format has none
          break;
        case EntryKind::kSeries: {
          ++counts->total;
          const std::string error = Sample(parser, counts);
          if (!error.empty()) return error;
        }
      }
    }
  }

  std::string Sample(TextParser& parser, ScrapeCounts* counts) {
    const std::string raw(parser.sample().series);
    if (const auto dropped = dropped_.find(raw); dropped != dropped_.end()) {
      dropped->second = iteration_;
      return "";
    }
    const auto found = series_.find(raw);
    SeriesPtr series = found == series_.end() ? nullptr : found->second;
    const bool cached = series != nullptr;
    const bool seen = cached && series->stamp == iteration_;
    if (cached) {
      series->stamp = iteration_;
    } else {
      series = std::make_shared<Series>(Series{kNoSeries, Mutated(parser), iteration_});
      if (series->labels.empty()) {
        dropped_[raw] = iteration_;
        return "";
      }
      if (Status status = CheckSampleLabels(series->labels, options_.validation_scheme); !status.ok()) {
        return status.error().message;
      }
      if (Status status = CheckLabelLimits(series->labels, options_.label_limits); !status.ok()) {
        ++tallies.label_limits;
        return status.error().message;
      }
    }
    const bool is_explicit = parser.sample().has_timestamp && options_.honor_timestamps;
    AppendResult result{kNoSeries, AppendCode::kDuplicate};
    if (!seen || is_explicit) {
      AppendRequest request;
      request.ref = series->ref;
      request.labels = &series->labels;
      request.t_ms = is_explicit ? parser.sample().t_ms : t_ms_;
      request.value_bits = parser.sample().value_bits;
      request.metadata = MetadataOf(series->labels);
      result = Limited(request);
    }
    switch (result.code) {
      case AppendCode::kOk:
        break;
      case AppendCode::kSampleLimit:
        over_limit_ = true;
        break;
      case AppendCode::kOutOfOrder:
        ++tallies.out_of_order;
        break;
      case AppendCode::kDuplicate:
        ++tallies.duplicates;
        break;
      case AppendCode::kOutOfBounds:
        ++tallies.out_of_bounds;
        break;
      default:
        return storage_->ErrorText();
    }
    if (result.code == AppendCode::kOk) {
      if (!cached) {
        series_[raw] = series;
        if (!over_limit_) ++counts->series_added;
      }
      if (!cached || result.ref != kNoSeries) series->ref = result.ref;
      const bool tracked = !is_explicit || options_.track_timestamps_staleness;
      if (tracked && series->ref != kNoSeries) current_[series->ref] = series;
    }
    ++counts->added;
    return "";
  }

  Labels Mutated(TextParser& parser) {
    std::vector<Label> exposed;
    parser.SampleLabels(&exposed);
    return MutateSampleLabels(Labels::FromSorted(exposed), target_labels_,
                              config_.honor_labels ? HonorLabels::kYes : HonorLabels::kNo,
                              config_.metric_relabel_configs);
  }

  /// The sample limit, then the time limit, then storage.
  AppendResult Limited(const AppendRequest& request) {
    const bool known_marker = request.ref != kNoSeries && IsStaleNaN(request.value_bits);
    if (options_.sample_limit > 0 && !known_marker && ++reached_limit_ > options_.sample_limit) {
      return {kNoSeries, AppendCode::kSampleLimit};
    }
    if (request.t_ms > t_max_ms_) return {kNoSeries, AppendCode::kOutOfBounds};
    return storage_->Append(request);
  }

  std::string Markers() {
    for (const auto& [ref, series] : previous_) {
      if (current_.count(ref) != 0) continue;
      AppendRequest request;
      request.ref = series->ref;
      request.labels = &series->labels;
      request.t_ms = t_ms_;
      request.value_bits = kStaleNaN;
      request.reject_out_of_order = true;
      const AppendResult result = storage_->Append(request);
      const bool swallowed = result.code == AppendCode::kOutOfOrder || result.code == AppendCode::kDuplicate;
      if (result.code != AppendCode::kOk && !swallowed) return storage_->ErrorText();
    }
    return "";
  }

  void EndIteration(bool flush) {
    if (flush) {
      EraseIf(series_, [this](const SeriesPtr& series) { return series->stamp != iteration_; });
      EraseIf(dropped_, [this](std::uint64_t stamp) { return stamp != iteration_; });
      EraseIf(metadata_, [this](const Family& family) { return iteration_ - family.stamp > 10; });
    }
    previous_ = std::move(current_);
    current_.clear();
    ++iteration_;
  }

  template <class Map, class Condition>
  static void EraseIf(Map& map, Condition condition) {
    for (auto at = map.begin(); at != map.end();) at = condition(at->second) ? map.erase(at) : std::next(at);
  }

  Metadata& Touch(TextParser& parser) {
    Family& family = metadata_[std::string(parser.metadata().name)];
    family.metadata.family = parser.metadata().name;
    family.stamp = iteration_;
    family_ = &family.metadata;
    return family.metadata;
  }

  const Metadata* MetadataOf(const Labels& labels) {
    if (!options_.append_metadata || family_ == nullptr) return nullptr;
    if (!IsSeriesPartOfFamily(labels.Get(kMetricName), family_->family, family_->type)) family_ = nullptr;
    return family_;
  }

  const ScrapeAppendOptions options_;
  const ScrapeConfig& config_;
  const Labels& target_labels_;

  std::uint64_t iteration_ = 0;
  std::map<std::string, SeriesPtr> series_;
  std::map<std::string, std::uint64_t> dropped_;
  std::map<SeriesRef, SeriesPtr> previous_;
  std::map<SeriesRef, SeriesPtr> current_;
  std::map<std::string, Family> metadata_;

  // Of the scrape under way.
  Appender* storage_ = nullptr;
  std::int64_t t_ms_ = 0;
  std::int64_t t_max_ms_ = 0;
  bool over_limit_ = false;
  std::uint64_t reached_limit_ = 0;
  const Metadata* family_ = nullptr;
};

}  // namespace stalemark::testing
