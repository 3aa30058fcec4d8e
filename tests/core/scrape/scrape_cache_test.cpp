// SPDX-License-Identifier: Apache-2.0
// What the scrape cache remembers, for how long, and which reference it goes by.
#include "core/scrape/scrape_cache.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/core/scrape/append_fixture.h"

namespace stalemark::testing {
namespace {

std::shared_ptr<const ScrapeConfig> Dropping(const std::string& names) {
  auto config = std::make_shared<ScrapeConfig>();
  RelabelRule rule;
  rule.source_labels = {"__name__"};
  rule.regex = Regex::Compile(names).value();
  rule.action = RelabelAction::kDrop;
  config->metric_relabel_configs.push_back(rule);
  return config;
}

Labels Named(const std::string& name) {
  return Labels::FromSorted({{kMetricName, name}});
}

void AddSeries(ScrapeCache* cache, int from, int to) {
  for (int i = from; i < to; ++i) cache->Add("s" + std::to_string(i), Named("s"), kNoSeries, {});
}

BOOST_AUTO_TEST_CASE(CACHE_01_raw_bytes_lead_to_reference_labels_and_drops) {
  ScrapeCache cache;
  cache.Add("m{}", Named("m"), SeriesRef{7}, {});
  cache.AddDropped("d", {});
  BOOST_REQUIRE(cache.Find("m{}") != nullptr);
  BOOST_TEST(static_cast<std::uint64_t>(cache.Find("m{}")->ref) == 7u);
  BOOST_TEST(cache.Find("m{}")->labels.ToString() == "{__name__=\"m\"}");
  BOOST_TEST(!cache.Find("m{}")->dropped);
  BOOST_TEST(cache.Find("m") == nullptr);
  BOOST_REQUIRE(cache.Find("d") != nullptr);
  BOOST_TEST(bool{cache.Find("d")->dropped});
}

BOOST_AUTO_TEST_CASE(CACHE_08_what_is_left_stays_as_it_was_when_gaps_are_closed) {
  ScrapeCache cache;
  constexpr int kSeries = 100;
  const auto name = [](int i) { return "s{i=\"" + std::to_string(i * i) + "\"}"; };
  for (int i = 0; i < kSeries; ++i) {
    CacheEntry* entry =
        cache.Add(name(i), Named(name(i)), SeriesRef{1000u + static_cast<unsigned>(i)}, trace::EntryId{});
    cache.AcceptFound(*entry);
    cache.Track(*entry);
  }
  cache.EndPositions(true);
  cache.EndIteration(ScrapeCache::Flush::kYes);
  for (int left = kSeries; left > 0; left -= 10) {  // ten vanish in each scrape, from the front
    cache.BeginPositions(0);
    for (int i = kSeries - left; i < kSeries; ++i) {
      CacheEntry* entry = cache.Find(name(i));
      BOOST_REQUIRE(entry != nullptr);
      BOOST_TEST(static_cast<std::uint64_t>(entry->ref) == 1000u + static_cast<unsigned>(i));
      BOOST_TEST((entry->labels == Named(name(i))));
      cache.MarkSeen(*entry);
      cache.Track(*entry);
      cache.AcceptFound(*entry);
    }
    BOOST_TEST(cache.StaleEntries().size() == (left == kSeries ? 0u : 10u));
    cache.EndPositions(true);
    cache.EndIteration(ScrapeCache::Flush::kYes);
    BOOST_TEST(cache.size() == static_cast<std::size_t>(left));
    int next = kSeries - left;
    cache.ForEachEntry([&](const CacheEntry&, std::string_view raw) { BOOST_TEST(raw == name(next++)); });
    BOOST_TEST(next == kSeries);
  }
}

/// One scrape of series that have these names; how many of them were found by their places.
std::size_t Expose(ScrapeCache& cache, const std::vector<std::string>& names) {
  std::size_t guessed = 0;
  cache.BeginPositions(0);
  for (const std::string& name : names) {
    std::string_view raw;
    CacheEntry* entry = cache.Guess(0, &raw);
    if (entry != nullptr && raw == name) {
      cache.AcceptGuess(0);
      ++guessed;
    } else {
      entry = cache.Find(name);
      if (entry == nullptr) entry = cache.Add(name, Named(name), SeriesRef{std::stoull(name.substr(1))}, {});
      cache.AcceptFound(*entry);
    }
    BOOST_TEST((entry->labels == Named(name)));
    cache.MarkSeen(*entry);
    cache.Track(*entry);
  }
  cache.EndPositions(true);
  cache.EndIteration(ScrapeCache::Flush::kYes);
  return guessed;
}

std::vector<std::string> Known(const ScrapeCache& cache) {
  std::vector<std::string> names;
  cache.ForEachEntry([&](const CacheEntry&, std::string_view raw) { names.emplace_back(raw); });
  return names;
}

BOOST_AUTO_TEST_CASE(CACHE_08_entries_take_over_the_order_of_an_exposition_that_stays) {
  ScrapeCache cache;
  std::vector<std::string> even;
  std::vector<std::string> all;
  for (int i = 0; i < 100; ++i) {
    all.push_back("s" + std::to_string(1000 + i));
    if (i % 2 == 0) even.push_back(all.back());
  }
  BOOST_TEST(Expose(cache, even) == 0u);
  BOOST_TEST(Expose(cache, even) == even.size());
  Expose(cache, all);  // the others come between them
  BOOST_TEST(Known(cache) != all);
  BOOST_TEST(Expose(cache, all) == all.size());
  BOOST_TEST(Known(cache) == all);
  BOOST_TEST(Expose(cache, all) == all.size());
  // Most vanish from the front and the rest is reversed: gaps are closed, in the new order.
  std::vector<std::string> rest(all.rbegin(), all.rbegin() + 30);
  Expose(cache, rest);
  BOOST_TEST(Known(cache) == rest);
  BOOST_TEST(Expose(cache, rest) == rest.size());
  for (const std::string& name : rest) BOOST_TEST(cache.Find(name) != nullptr);
  for (const std::string& name : even) {
    const bool left = std::find(rest.begin(), rest.end(), name) != rest.end();
    BOOST_TEST((cache.Find(name) != nullptr) == left);
  }
}

BOOST_AUTO_TEST_CASE(CACHE_01_a_known_series_is_appended_by_its_reference) {
  Appending a;
  a.Scrape(1000, {Float("m", 1)});
  BOOST_TEST(a.log() == "m=1@1000");
  a.Scrape(2000, {Float("m", 2)});
  BOOST_TEST(a.log() == "m=2@2000 ref 1");
  BOOST_TEST(a.last == "1/1/0");
}

BOOST_AUTO_TEST_CASE(CACHE_03_a_refused_sample_of_a_known_series_counts_as_seen) {
  Appending a;
  a.Scrape(1000, {Float("m", 1)});
  a.storage.answers["m"].code = AppendCode::kOutOfOrder;
  a.Scrape(2000, {Float("m", 2), Float("m", 3)});
  BOOST_TEST(a.log() == "m=2@2000 ref 1; m=stale@2000 ref 1 reject");
  BOOST_TEST(a.ScrapesTotal("sample_out_of_order") == 1);
  BOOST_TEST(a.ScrapesTotal("sample_duplicate_timestamp") == 1);
  a.storage.answers.clear();
  a.Scrape(3000, {Float("m", 4)});  // the stamp was that of the scrape before
  BOOST_TEST(a.log() == "m=4@3000 ref 1");
}

BOOST_AUTO_TEST_CASE(CACHE_05_dropped_bytes_skip_the_work_on_labels) {
  Appending a;
  a.config = Dropping("d.*");
  a.Scrape(1000, {Float("d1", 1), Float("m", 1)});
  BOOST_TEST(a.last == "2/1/1");
  a.config = Dropping("none");  // what cannot happen while a cache lives shows that nobody asks the rules again
  a.Scrape(2000, {Float("d1", 1), Float("d2", 1), Float("m", 1)});
  BOOST_TEST(a.last == "3/2/1");
  a.Scrape(3000, {Float("m", 1)});  // forgotten
  a.Scrape(4000, {Float("d1", 1), Float("m", 1)});
  BOOST_TEST(a.last == "2/2/1");
}

BOOST_AUTO_TEST_CASE(CACHE_06_the_size_of_a_success_is_series_drops_and_families) {
  struct Row {
    const char* name;
    int success;
  };
  for (const Row& row :
       {Row{"nothing", 0}, Row{"series", 1}, Row{"a dropped series", 1}, Row{"a family", 1}, Row{"one of each", 3}}) {
    for (const int beyond : {0, 1}) {
      BOOST_TEST_CONTEXT(row.name << ", beyond " << beyond) {
        const std::string name = row.name;
        ScrapeCache cache;
        if (name == "series" || name == "one of each") cache.Add("m", Named("m"), kNoSeries, {});
        if (name == "a dropped series" || name == "one of each") cache.AddDropped("d", {});
        if (name == "a family" || name == "one of each") cache.SetType("f", MetricType::kGauge);
        BOOST_TEST(!cache.EndIteration(ScrapeCache::Flush::kYes));
        AddSeries(&cache, row.success, 2 * row.success + 1000 + beyond);
        BOOST_TEST(cache.EndIteration(ScrapeCache::Flush::kNo) == (beyond == 1));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(CACHE_06_an_empty_scrape_flushes_nothing) {
  Appending a;
  a.Scrape(1000, {Float("m", 1), Float("n", 1)}).Empty(2000);
  a.Scrape(3000, {Float("m", 1)});
  BOOST_TEST(a.last == "1/1/0");
  a.Scrape(4000, {Float("n", 1)});  // the scrape before did flush
  BOOST_TEST(a.last == "1/1/1");
}

BOOST_AUTO_TEST_CASE(CACHE_09_a_scrape_is_one_iteration_whatever_its_fate) {
  Appending a;
  const std::uint64_t first = a.cache().iteration();
  a.Scrape(1000, {Float("m", 1)});
  BOOST_TEST(a.cache().iteration() == first + 1);
  a.Scrape(2000, {Float("n", 1), Broken()});
  BOOST_TEST(a.last == "1/1/1 broken");
  BOOST_TEST(a.cache().iteration() == first + 1);
  a.Empty(2000);
  BOOST_TEST(a.log() == "m=stale@2000 ref 1 reject");
  BOOST_TEST(a.cache().iteration() == first + 2);
  a.Scrape(3000, {Float("m", 1), Float("n", 1)});  // both are known still
  BOOST_TEST(a.last == "2/2/0");
  BOOST_TEST(a.log() == "m=1@3000 ref 1; n=1@3000 ref 2");
}

BOOST_AUTO_TEST_CASE(CACHE_11_a_series_under_another_reference_is_marked_under_the_new_one) {
  for (const bool alone : {true, false}) {  // a float that comes alone takes a path of its own
    const auto sample = [alone](double value) {
      return alone ? Float("m", value) : Float("m", value).With({ExposedExemplar("a", 1)});
    };
    const std::string exemplar = alone ? "" : " [a 1@2000]";
    Appending a;
    a.Scrape(1000, {sample(1)});
    a.storage.answers["m"].ref = SeriesRef{9};
    a.Scrape(2000, {sample(2)});
    BOOST_TEST(a.log() == "m=2@2000 ref 1" + exemplar + "; m=stale@2000 ref 9 reject");
    a.Scrape(3000, {Float("m", 3)});
    BOOST_TEST(a.log() == "m=3@3000 ref 9");
    a.Scrape(4000, {Float("n", 1)});
    BOOST_TEST(a.log() == "n=1@4000; m=stale@4000 ref 9 reject");
  }
}

BOOST_AUTO_TEST_CASE(CACHE_11_no_reference_and_refused_exemplars_change_no_reference) {
  Appending a;
  a.Scrape(1000, {Float("m", 1)});
  a.storage.knows_refs = false;
  a.Scrape(2000, {Float("m", 2)});
  a.storage.answers["m"] = {SeriesRef{9}, AppendCode::kOk, 1, 0};
  a.Scrape(3000, {Float("m", 3).With({ExposedExemplar("a", 1)})});
  BOOST_TEST(a.log() == "m=3@3000 ref 1 [a 1@3000]");
  a.storage.answers.clear();
  a.Scrape(4000, {Float("n", 1)});
  BOOST_TEST(a.log() == "n=1@4000; m=stale@4000 ref 1 reject");
}

BOOST_AUTO_TEST_CASE(CACHE_12_report_series_survive_flushes_beside_exposed_ones) {
  Appending a;
  a.Scrape(1000, {Float("m", 1)}).Report(1000);
  BOOST_TEST(a.log().find("up=0@1000 up") == 0u);  // no reference
  a.Scrape(2000, {Float("m", 1)});
  a.Scrape(3000, {Float("m", 1), Float("up", 5)});
  BOOST_TEST(a.last == "2/2/1");  // an exposed `up` is another entry
  a.Report(3000);
  BOOST_TEST(a.log().find("up=0@3000 ref 2 up") == 0u);
}

BOOST_AUTO_TEST_CASE(CACHE_12_report_series_count_for_the_size) {
  for (const int beyond : {0, 1}) {
    ScrapeCache cache;
    for (std::size_t i = 0; i < 5; ++i) cache.report_entry(i).cached = true;
    AddSeries(&cache, 0, 995 + beyond);
    BOOST_TEST(cache.EndIteration(ScrapeCache::Flush::kNo) == (beyond == 1));
  }
}

}  // namespace
}  // namespace stalemark::testing
