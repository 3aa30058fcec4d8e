// SPDX-License-Identifier: Apache-2.0
#include "sim/inspect/state.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "core/config/json_text.h"
#include "core/text/hex.h"
#include "sim/inspect/json_times.h"
#include "sim/inspect/targets.h"
#include "sim/run/observe.h"

namespace stalemark::inspect {
namespace {

using scenario::ObservedTarget;

void AppendTimeOrNull(std::string& out, const std::optional<std::int64_t>& time) {
  out += time ? std::to_string(*time) : "null";
}

/// Index: loop id.
std::vector<std::uint64_t> ScrapesOfLoops(const scenario::RunRecord& record) {
  std::vector<std::uint64_t> counts(record.loops().size() + 1);
  for (const scenario::RunRecord::Scrape& scrape : record.scrapes()) {
    if (!scrape.end_of_run) ++counts[static_cast<std::size_t>(scrape.loop)];
  }
  return counts;
}

void AppendLoop(JsonObject& object, const ScrapeLoop& loop, const std::vector<std::uint64_t>& scrapes) {
  object.AlwaysUint("loop", static_cast<std::uint64_t>(loop.id()));
  object.AlwaysText("state", LoopStateText(loop.state()));
  WriteTime(object, "next_ns", loop.NextScrape());
  const auto index = static_cast<std::size_t>(loop.id());
  object.AlwaysUint("scrapes", index < scrapes.size() ? scrapes[index] : 0);
}

void AppendTarget(std::string& out, const SeenTarget& seen, const std::vector<std::uint64_t>& scrapes) {
  const ObservedTarget target = scenario::ObserveTarget(*seen.pool, *seen.target, *seen.in->config());
  JsonObject object(out);
  object.AlwaysText("pool", target.pool);
  object.AlwaysBool("dropped", target.dropped);
  AppendJsonLabels(object.Key("discovered_labels"), target.discovered_labels);
  AppendJsonLabels(object.Key("labels"), target.labels);
  if (target.dropped) {
    object.AlwaysText("dropped_by", target.dropped_by);
  } else {
    object.AlwaysText("scrape_url", target.scrape_url);
    object.AlwaysText("health", target.health);
    object.AlwaysText("last_error", target.last_error);
    WriteTime(object, "interval_ns", target.interval);
    WriteTime(object, "timeout_ns", target.timeout);
  }
  if (seen.loop != nullptr) AppendLoop(object, *seen.loop, scrapes);
}

// ---- the cache ----

enum class RowSet : std::uint8_t { kCurrent, kPrevious, kDropped, kUnseen };
/// By RowSet.
constexpr std::string_view kRowSets[] = {"current", "previous", "dropped", "unseen"};

/// In which of the sets that decide on stale markers an entry is, as the last scrape left them.
RowSet SetOf(const ScrapeCache& cache, const CacheEntry& entry) {
  if (entry.dropped) return RowSet::kDropped;
  const TrackedSeries* tracked = cache.TrackedOf(entry);
  // The open iteration is that of the scrape to come.
  const std::uint32_t age =
      static_cast<std::uint32_t>(cache.iteration()) - (tracked == nullptr ? entry.stamp : tracked->stamp);
  if (age <= 1) return RowSet::kCurrent;
  return age == 2 ? RowSet::kPrevious : RowSet::kUnseen;
}

struct CacheRow {
  const CacheEntry* entry;
  std::string raw;
};

void AppendRow(std::string& out, const ScrapeCache& cache, const CacheRow& row) {
  const CacheEntry& entry = *row.entry;
  JsonObject object(out);
  object.AlwaysText("raw", row.raw);
  AppendJsonLabels(object.Key("labels"), entry.labels);
  object.AlwaysUint("ref", static_cast<std::uint64_t>(entry.ref));
  object.AlwaysUint("entry", static_cast<std::uint64_t>(entry.id));
  object.AlwaysText("set", kRowSets[static_cast<std::size_t>(SetOf(cache, entry))]);
  object.AlwaysBool("tracked", cache.TrackedOf(entry) != nullptr);
}

void AppendCache(std::string& out, const ScrapeCache& cache, const CacheQuery& query) {
  std::uint64_t counts[std::size(kRowSets)] = {};
  std::vector<CacheRow> page;
  std::uint64_t total = 0;
  cache.ForEachEntry([&](const CacheEntry& entry, std::string_view raw) {
    ++counts[static_cast<std::size_t>(SetOf(cache, entry))];
    if (raw.find(query.match) == std::string::npos) return;
    if (total >= query.from && page.size() < query.limit) page.push_back({&entry, std::string(raw)});
    ++total;
  });
  JsonObject object(out);
  object.AlwaysUint("loop", static_cast<std::uint64_t>(query.loop));
  object.AlwaysUint("iteration", cache.iteration());
  object.AlwaysUint("entries", cache.size());
  for (std::size_t i = 0; i < std::size(kRowSets); ++i) object.AlwaysUint(kRowSets[i], counts[i]);
  object.AlwaysUint("total", total);
  object.AlwaysList("rows", page, [&](std::string& to, const CacheRow& row) { AppendRow(to, cache, row); });
}

// ---- the head ----

void AppendHead(std::string& out, const Head& head) {
  const auto appended = [](const SampleStats& stats) { return stats.appended + stats.out_of_order_appended; };
  JsonObject object(out);
  object.AlwaysUint("series", head.series_count());
  object.AlwaysUint("samples", appended(head.stats().floats) + appended(head.stats().histograms));
  AppendTimeOrNull(object.Key("min_ms"), head.min_t_ms());
  AppendTimeOrNull(object.Key("max_ms"), head.max_t_ms());
}

void AppendChunk(std::string& out, const ChunkView& chunk) {
  JsonObject object(out);
  object.AlwaysText("encoding", ChunkEncodingText(chunk.encoding));
  object.AlwaysUint("samples", chunk.count);
  object.AlwaysInt("min_ms", chunk.min_t_ms);
  object.AlwaysInt("max_ms", chunk.max_t_ms);
  object.AlwaysText("bytes", text::Hex(chunk.bytes));
}

void AppendChunks(std::string& out, const Head& head, SeriesRef ref) {
  out += '[';
  bool first = true;
  head.VisitChunks(ref, [&](const ChunkView& chunk) {
    if (!first) out += ',';
    first = false;
    AppendChunk(out, chunk);
  });
  out += ']';
}

// ---- the log ----

/// By RecordType.
constexpr std::string_view kRecordTypes[] = {"unknown",
                                             "series",
                                             "samples",
                                             "tombstones",
                                             "exemplars",
                                             "mmap markers",
                                             "metadata",
                                             "histogram samples",
                                             "float histogram samples",
                                             "custom buckets histogram samples",
                                             "custom buckets float histogram samples",
                                             "samples v2",
                                             "histogram samples v2",
                                             "float histogram samples v2"};
constexpr std::size_t kShownBytesMax = std::size_t{64} << 10;

void AppendRecord(std::string& out, const std::string& record) {
  const std::size_t type = record.empty() ? 0 : static_cast<unsigned char>(record[0]);
  JsonObject object(out);
  object.AlwaysText("type", kRecordTypes[type < std::size(kRecordTypes) ? type : 0]);
  object.AlwaysUint("size", record.size());
  object.AlwaysText("bytes", text::Hex(std::string_view(record).substr(0, kShownBytesMax)));
}

void AppendCommits(JsonObject& object, const scenario::CommitLog& log, trace::ScrapeSeq scrape) {
  std::vector<const scenario::CommitLog::Commit*> commits;
  for (const scenario::CommitLog::Commit& commit : log.commits()) {
    if (commit.scrape == scrape) commits.push_back(&commit);
  }
  object.AlwaysList("commits", commits, [](std::string& to, const scenario::CommitLog::Commit* commit) {
    JsonObject one(to);
    one.AlwaysList("records", commit->records, AppendRecord);
  });
}

}  // namespace

Result<std::string> StateJson(const scenario::ScenarioRun& run, const Head& storage, const StateQuery& query) {
  const ScrapeManager& manager = run.manager();
  const ScrapeLoop* loop = query.cache ? FindLoop(manager, query.cache->loop) : nullptr;
  if (query.cache && loop == nullptr) {
    return Error{fmt::format("loop {} is not there", static_cast<std::uint64_t>(query.cache->loop))};
  }
  if (query.chunks && !storage.Has(*query.chunks)) {
    return Error{fmt::format("no series has the number {}", static_cast<std::uint64_t>(*query.chunks))};
  }
  const std::vector<std::uint64_t> scrapes = ScrapesOfLoops(run.record());
  std::string out;
  {
    JsonObject object(out);
    WriteTime(object, "at_ns", run.now().time_since_epoch());
    const Nanoseconds wall = run.simulation().clock().WallNow().time_since_epoch();
    object.AlwaysInt("wall_ms", std::chrono::floor<std::chrono::milliseconds>(wall).count());
    {
      JsonObject config(object.Key("config"));
      config.AlwaysUint("applied", run.configs_applied());
      config.AlwaysText("error", run.config_error());
    }
    object.AlwaysList("targets", TargetsOf(manager),
                      [&](std::string& to, const SeenTarget& seen) { AppendTarget(to, seen, scrapes); });
    {
      JsonObject metrics(object.Key("metrics"));
      for (const auto& [name, value] : manager.CollectMetrics()) AppendJsonFloat(metrics.Key(name), value);
    }
    AppendHead(object.Key("head"), storage);
    if (loop != nullptr) AppendCache(object.Key("cache"), *loop->cache(), *query.cache);
    if (query.commits && run.commits() != nullptr) AppendCommits(object, *run.commits(), *query.commits);
    if (query.chunks) AppendChunks(object.Key("chunks"), storage, *query.chunks);
  }
  return out;
}

}  // namespace stalemark::inspect
