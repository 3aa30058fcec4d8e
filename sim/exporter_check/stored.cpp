// SPDX-License-Identifier: Apache-2.0
#include "sim/exporter_check/stored.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "core/http/url.h"
#include "core/scrape/scrape_appender.h"
#include "core/scrape/scrape_manager.h"
#include "core/scrape/target.h"
#include "core/storage/head.h"
#include "sim/bundle_files.h"
#include "sim/memory_failure_logs.h"
#include "sim/sim_network.h"
#include "sim/virtual_clock.h"

namespace stalemark::exporter_check {
namespace {

/// Listens to the run. Where a fetch failed it tells the real error: the simulated network has its own.
class ScrapeRecorder final : public TraceSink {
 public:
  ScrapeRecorder(const std::vector<const Page*>& pages, StoredReport& report, Findings& findings)
      : pages_(pages), report_(report), findings_(findings) {}

  void OnEvent(MonotonicTime, const trace::Event& event) override {
    if (std::holds_alternative<trace::ScrapeStarted>(event)) {
      ++scrape_;
      refused_ = 0;
      failed_series_.clear();
      failed_spot_ = {};
    } else if (const auto* sample = std::get_if<trace::SampleAppended>(&event)) {
      if (sample->verdict != 0 && sample->origin == trace::Origin::kScraped) {
        ++refused_;
        if (IsNews(static_cast<AppendCode>(sample->verdict))) Refuse(*sample->labels, sample->offset, sample->error);
      }
    } else if (const auto* series = std::get_if<trace::SeriesRefused>(&event)) {
      // It ends the scrape: the place of its failure.
      if (page() == nullptr) return;
      failed_series_ = SeriesName(*series->labels);
      failed_spot_ = SpotIn(page()->answer->body, static_cast<std::size_t>(series->offset), page()->reading.kind);
    } else if (const auto* finished = std::get_if<trace::ScrapeFinished>(&event)) {
      Finish(*finished);
    }
  }

  std::size_t finished() const { return report_.scrapes.size(); }

 private:
  const Page* page() const { return scrape_ >= 1 && scrape_ <= pages_.size() ? pages_[scrape_ - 1] : nullptr; }

  /// A duplicate is told already, of the body or of a time that stands still; a limit fails the scrape, which is told.
  static bool IsNews(AppendCode code) {
    return code != AppendCode::kDuplicate && code != AppendCode::kSampleLimit && code != AppendCode::kBucketLimit;
  }

  void Refuse(const Labels& labels, std::uint64_t offset, std::string_view error) {
    if (page() == nullptr) return;
    if (findings_.IsFull("sample_refused")) return findings_.CountMore("sample_refused", page()->answer->name);
    Finding finding = FindingAbout(*page(), Severity::kWarning, "sample_refused");
    finding.spot = SpotIn(page()->answer->body, static_cast<std::size_t>(offset), page()->reading.kind);
    finding.subject = SeriesName(labels);
    finding.message = fmt::format("Prometheus refuses it: {}", error);
    findings_.Add(std::move(finding));
  }

  void Finish(const trace::ScrapeFinished& finished) {
    if (page() == nullptr) return;
    StoredScrape scrape;
    scrape.answer = page()->answer->name;
    scrape.up = finished.error_kind == 0;
    scrape.error = page()->answer->error.empty() ? std::string(finished.error) : page()->answer->error;
    scrape.samples_scraped = finished.samples_scraped;
    scrape.samples_post_relabel = finished.samples_post_relabel;
    scrape.series_added = finished.series_added;
    scrape.stale_markers = finished.stale_markers;
    scrape.samples_refused = refused_;
    const bool body_was_fine = page()->answer->error.empty() && page()->reading.readable();
    if (!scrape.up && body_was_fine) {
      Finding finding = FindingAbout(*page(), Severity::kError, "scrape_failed");
      finding.message = scrape.error;
      finding.subject = failed_series_;
      finding.spot = failed_spot_;
      findings_.Add(std::move(finding));
    }
    report_.scrapes.push_back(std::move(scrape));
  }

  const std::vector<const Page*>& pages_;
  StoredReport& report_;
  Findings& findings_;
  std::size_t scrape_ = 0;
  std::uint64_t refused_ = 0;
  std::string failed_series_;
  Spot failed_spot_;
};

/// The job as it is replayed: with the check's times, and without what only a real connection needs.
ScrapeConfig ReplayedJob(ScrapeConfig job, Nanoseconds interval) {
  job.scrape_interval = interval;
  job.scrape_timeout = interval;
  job.http_client = {};
  job.scrape_failure_log_file.clear();
  job.static_configs.clear();
  job.file_sd_configs.clear();
  job.http_sd_configs.clear();
  job.other_sd_configs.clear();
  return job;
}

TargetGroup GroupOf(const CheckedTarget& target) {
  TargetGroup group;
  group.source.assign(1, '0');
  group.targets.push_back(target.labels);
  return group;
}

std::unique_ptr<Exporter> ReplayOf(const std::vector<const Page*>& scrapes) {
  std::vector<ScriptedExporter::Step> steps;
  for (const Page* page : scrapes) {
    ResponseScript script;
    if (page->answer->error.empty()) {
      script.headers.push_back({"Content-Type", page->answer->content_type});
      script.body = page->answer->body;
    } else {
      script.fault = SimFault::kRefuse;
    }
    steps.push_back({std::make_shared<const SimResponse>(std::move(script)), 1});
  }
  return std::make_unique<ScriptedExporter>(std::move(steps));
}

void ListSeries(const Head& head, StoredReport& report) {
  head.ForEachSeries([&](const SeriesView& series) {
    if (series.samples.empty()) return;
    if (IsReportSeries(series.labels.Get(kMetricName))) {
      ++report.report_series_count;
    } else {
      report.series.push_back(series.labels);
    }
  });
}

}  // namespace

Result<Labels> TargetLabels(const CheckedTarget& target) {
  const auto job = std::make_shared<const ScrapeConfig>(target.job);
  const GroupTargets targets = TargetsFromGroup(GroupOf(target), job);
  if (!targets.failures.empty()) return targets.failures.front();
  if (targets.targets.empty() || !targets.targets.front().HasPublicLabels()) {
    return Error{"relabel_configs drop this target: Prometheus never scrapes it"};
  }
  return targets.targets.front().PublicLabels();
}

StoredReport StoreScrapes(const std::vector<const Page*>& scrapes, const CheckedTarget& target, Nanoseconds interval,
                          Findings& findings) {
  StoredReport report;
  CheckedTarget replayed{ReplayedJob(target.job, interval), target.labels};
  const auto job = std::make_shared<const ScrapeConfig>(replayed.job);
  const GroupTargets targets = TargetsFromGroup(GroupOf(replayed), job);
  if (targets.targets.empty() || scrapes.empty()) return report;
  const Target& checked = targets.targets.front();
  report.target = checked.PublicLabels();
  const Result<Url> url = checked.RequestUrl();
  if (!url.ok()) {
    report.target_error = url.error().message;
    return report;
  }

  const WallTime start = scrapes.front()->answer->at;
  VirtualClock clock(start);
  SimNetwork network(clock, clock);
  network.SetExporter(HopTo(*url).address, ReplayOf(scrapes));
  Head head;
  BundleFiles files;
  MemoryFailureLogs failure_logs;
  FirstChoice choices;
  ScrapeRecorder recorder(scrapes, report, findings);
  const ScrapeSeams seams{clock, clock, network, head, files, failure_logs, choices, &recorder};
  ScrapeOptions options;
  options.discovery_reload_on_startup = true;
  ScrapeManager manager(seams, options, "check");
  manager.ApplyConfig({replayed.job}, {}, [](const Status&) {});
  manager.Run();
  manager.UpdateTargets({{replayed.job.job_name, {GroupOf(replayed)}}});
  const MonotonicTime limit = clock.MonotonicNow() + options.discovery_reload_interval +
                              interval * static_cast<std::int64_t>(scrapes.size() + 2);
  // The last commit is at the time of the last scrape, as storage takes none.
  while (recorder.finished() < scrapes.size() && clock.RunNext(limit)) {
  }
  ListSeries(head, report);
  return report;
}

void CheckCollisions(const Page& page, const Labels& target_labels, const ScrapeConfig& job, Findings& findings) {
  for (const Label& label : target_labels) {
    const SampleRead* first = nullptr;
    std::size_t count = 0;
    for (const SampleRead& sample : page.reading.samples) {
      if (!sample.labels.Has(label.name)) continue;
      if (count++ == 0) first = &sample;
    }
    if (first == nullptr) continue;
    Finding finding = FindingAbout(page, Severity::kNote, "label_collision");
    finding.spot = SpotIn(page.answer->body, first->offset, page.reading.kind);
    finding.subject = SeriesName(first->labels);
    std::string others;
    if (count > 1) others = fmt::format(" ({} such series)", count);
    finding.message =
        job.honor_labels
            ? fmt::format("its own label \"{}\" hides the target's (honor_labels: true){}", label.name, others)
            : fmt::format(
                  "its label \"{0}\" is stored as \"exported_{0}\", as the target has one (honor_labels: false){1}",
                  label.name, others);
    findings.Add(std::move(finding));
  }
}

}  // namespace stalemark::exporter_check
