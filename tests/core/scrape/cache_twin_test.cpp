// SPDX-License-Identifier: Apache-2.0
// The position guess and the cache against NaiveScrape on 100,000 seeded sequences of bodies: every append, every
// verdict's consequence, counts, errors and stale markers (as a set) must agree. Rules 1 to 7 of the position guess.
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "core/text/go_quote.h"
#include "sim/virtual_clock.h"
#include "tests/core/scrape/naive_scrape.h"
#include "tests/random.h"

namespace stalemark::testing {
namespace {

using test::Random;

// ---- storage that answers by a hash, and remembers what it was asked ----

struct Appended {
  SeriesRef ref;
  std::string labels;
  std::int64_t t_ms;
  std::uint64_t bits;
  std::string metadata;
  bool reject_out_of_order;
  AppendCode code;
  friend bool operator==(const Appended&, const Appended&) = default;
};

std::string Text(const Appended& append) {
  return fmt::format("ref {} {} t {} bits {:x} meta {} reject {} -> code {}", static_cast<std::uint64_t>(append.ref),
                     text::GoQuote(append.labels), append.t_ms, append.bits, append.metadata,
                     append.reject_out_of_order, static_cast<int>(append.code));
}

class MoodyStorage {
 public:
  /// kForgets: all series are created anew from time to time, under other references.
  enum class Mood : std::uint8_t { kAccepts, kForgets, kRefusesSome, kFailsSome, kFailsMarkers, kKnowsNoRefs };
  MoodyStorage(Mood mood, std::uint64_t salt) : mood_(mood), salt_(salt) {}

  std::unique_ptr<Appender> NewAppender() { return std::make_unique<One>(*this); }

  std::vector<Appended> log;

 private:
  class One final : public Appender {
   public:
    explicit One(MoodyStorage& storage) : storage_(storage) {}
    AppendResult Append(const AppendRequest& request) override { return storage_.Answer(request); }
    std::string ErrorText() const override { return "storage is in a mood"; }
    void Commit(CommitDone) override {}
    void Rollback() override {}

   private:
    MoodyStorage& storage_;
  };

  AppendResult Answer(const AppendRequest& request) {
    const AppendCode code = Verdict(request);
    SeriesRef ref = kNoSeries;
    if (!IsStaleNaN(request.value_bits)) ++samples_;
    if (code == AppendCode::kOk && mood_ != Mood::kKnowsNoRefs) {
      // By the labels, not by a count: markers come in any order.
      const std::uint64_t generation = mood_ == Mood::kForgets ? samples_ / 7 : 0;
      ref = SeriesRef{request.labels->Hash() + generation};
    }
    Appended append{request.ref,  std::string(request.labels->encoded()),
                    request.t_ms, request.value_bits,
                    "",           request.reject_out_of_order,
                    code};
    if (request.metadata != nullptr) {
      const Metadata& metadata = *request.metadata;
      append.metadata = metadata.family + '|' + std::string(MetricTypeText(metadata.type)) + '|' + metadata.help;
    }
    if (code == AppendCode::kOther && IsStaleNaN(request.value_bits)) {
      append.labels.clear();  // which marker fails first is a matter of order
      append.ref = kNoSeries;
    }
    log.push_back(std::move(append));
    return {ref, code};
  }

  AppendCode Verdict(const AppendRequest& request) const {
    const bool marker = IsStaleNaN(request.value_bits);
    if (mood_ == Mood::kFailsMarkers && marker) return AppendCode::kOther;
    if (mood_ != Mood::kRefusesSome && mood_ != Mood::kFailsSome) return AppendCode::kOk;
    std::uint64_t hash = request.labels->Hash() ^ static_cast<std::uint64_t>(request.t_ms) * 0x9e3779b97f4a7c15 ^ salt_;
    hash = (hash ^ hash >> 29) * 0xbf58476d1ce4e5b9;
    switch ((hash >> 40) % 16) {
      case 0:
        return AppendCode::kOutOfOrder;
      case 1:
        return AppendCode::kDuplicate;
      case 2:
        return marker ? AppendCode::kOk : AppendCode::kOutOfBounds;
      case 3:
        return marker || mood_ == Mood::kRefusesSome ? AppendCode::kOk : AppendCode::kTooOld;
      default:
        return AppendCode::kOk;
    }
  }

  const Mood mood_;
  const std::uint64_t salt_;
  std::uint64_t samples_ = 0;
};

// ---- bodies ----

using namespace std::string_view_literals;

/// Series as they may be spelled; neighbours are easily mistaken for each other.
constexpr std::string_view kSpellings[] = {
    "foo",
    "foobar",
    "foo1",
    "foo{a=\"1\"}",
    "foo {a=\"1\"}",
    "foo  {a=\"1\"}",
    "foo{a=\"1\",}",
    "foo{ a=\"1\"}",
    "foo{a=\"12\"}",
    "foo{}",
    "{\"foo\"}",
    "{\"foo\",a=\"1\"}",
    "foo{a=\"x\ny 1\n\"}",
    "foo{a=\"}\"}",
    "foo{a=\"\\\"} 1\"}",
    "drop_me",
    "drop_me{a=\"1\"}",
    "foo_total",
    "foo_total{instance=\"i\"}",
    "bar{le=\"1\"}",
    "bar{le=\"1.0\"}",
    "  foo",
    "\tfoo{a=\"1\"}",
    "long_name_of_a_series{with=\"labels\",that=\"go on\",and=\"on\"}",
};
/// Lines that are no samples, and what breaks bodies.
constexpr std::string_view kOtherLines[] = {
    "# TYPE foo counter\n",
    "# TYPE foo gauge\n",
    "# TYPE bar histogram\n",
    "# HELP foo Some help.\n",
    "# HELP foo Other.\n",
    "# TYPE foo_total counter\n",
    "# comment\n",
    "#\n",
    "\n",
    "  \n",
    "\t\n\n",
    "# TYPE foo\n",
    "# EOF\n",
    "foo{a=\"1\"\n",
    "foo 1x\n",
    "foo{a=\"1\",a=\"2\"} 1\n",
    "\0foo 1\n"sv,
    "{a=\"1\"} 1\n",
    "foo{a=\"\xff\"} 1\n",
    "foo\r 1\n",
};
constexpr std::string_view kValues[] = {"1", "2.5", "NaN", "+Inf", "-0", "1e3", "17000000000000001"};
/// Behind the value, relative to the time of the scrape; the last one is ahead of every clock.
constexpr std::int64_t kTimesMs[] = {0, 1000, -3600000, 600000, 600001};
constexpr std::int64_t kStartMs = 1700000000000;

struct Line {
  std::string_view text;
  bool is_sample = true;
  int time = -1;  ///< index into kTimesMs; -1: none
};

class BodyMaker {
 public:
  explicit BodyMaker(Random& random) : random_(random) {
    for (std::size_t i = random_.Below(7); i > 0; --i) lines_.push_back(NewLine());
  }

  /// The next body: mostly the one before, changed as exporters and networks do.
  std::string Next(std::int64_t t_ms) {
    for (std::size_t i = random_.Below(4); i > 1; --i) Change();
    std::string body;
    for (const Line& line : lines_) Render(line, t_ms, &body);
    if (random_.OneIn(12) && !body.empty()) body.resize(random_.Below(body.size()));
    if (random_.OneIn(40) && !body.empty()) body.insert(random_.Below(body.size()), 1, '\0');
    return body;
  }

 private:
  Line NewLine() {
    if (random_.OneIn(5)) {
      // The worst of them seldom, or few bodies would be read to their end.
      const std::size_t count = random_.OneIn(3) ? std::size(kOtherLines) : 11;
      return {kOtherLines[random_.Below(count)], false};
    }
    Line line{kSpellings[random_.Below(std::size(kSpellings))]};
    if (random_.OneIn(6)) line.time = static_cast<int>(random_.Below(std::size(kTimesMs)));
    return line;
  }

  void Change() {
    const std::size_t at = lines_.empty() ? 0 : random_.Below(lines_.size());
    const auto place = lines_.begin() + static_cast<std::ptrdiff_t>(at);
    switch (lines_.empty() ? 0 : random_.Below(6)) {
      case 0:
        lines_.insert(place, NewLine());
        break;
      case 1:
        lines_.erase(place);
        break;
      case 2:
        std::swap(lines_[at], lines_[random_.Below(lines_.size())]);
        break;
      case 3: {
        const Line again = lines_[at];
        lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(random_.Below(lines_.size())), again);
        break;
      }
      case 4:
        lines_[at].time = lines_[at].time < 0 ? static_cast<int>(random_.Below(std::size(kTimesMs))) : -1;
        break;
      default:
        std::rotate(lines_.begin(), place, lines_.end());
        break;
    }
  }

  void Render(const Line& line, std::int64_t t_ms, std::string* body) {
    *body += line.text;
    if (!line.is_sample) return;
    *body += ' ';
    *body += kValues[random_.Below(std::size(kValues))];
    if (line.time >= 0) *body += ' ' + std::to_string(t_ms + kTimesMs[line.time]);
    *body += '\n';
  }

  Random& random_;
  std::vector<Line> lines_;
};

// ---- one sequence on both ----

std::vector<CurrentConfig> MakeConfigs() {
  std::vector<CurrentConfig> configs;
  for (const bool honor_labels : {false, true}) {
    auto config = std::make_shared<ScrapeConfig>();
    config->honor_labels = honor_labels;
    RelabelRule rule;
    rule.source_labels = {"__name__"};
    rule.regex = Regex::Compile("drop_.*").value();
    rule.action = RelabelAction::kDrop;
    config->metric_relabel_configs.push_back(rule);
    configs.push_back(std::move(config));
  }
  return configs;
}

ScrapeAppendOptions DrawOptions(Random& random) {
  ScrapeAppendOptions options;
  options.honor_timestamps = !random.OneIn(5);
  options.track_timestamps_staleness = random.OneIn(5);
  options.append_metadata = random.OneIn(4);
  if (random.OneIn(4)) options.sample_limit = random.Below(6) + 1;
  if (random.OneIn(16)) options.label_limits.label_limit = 4;
  return options;
}

MoodyStorage::Mood DrawMood(Random& random) {
  using Mood = MoodyStorage::Mood;
  constexpr Mood kMoods[] = {Mood::kAccepts,     Mood::kAccepts,   Mood::kAccepts,      Mood::kForgets,
                             Mood::kRefusesSome, Mood::kFailsSome, Mood::kFailsMarkers, Mood::kKnowsNoRefs};
  return kMoods[random.Below(std::size(kMoods))];
}

/// What a scrape left behind.
struct Trail {
  std::string error;
  std::string second_error;
  ScrapeCounts counts;
  std::vector<Appended> appends;
};

/// Markers come in any order.
void SortMarkers(std::vector<Appended>* appends) {
  const auto is_sample = [](const Appended& append) { return !IsStaleNaN(append.bits); };
  for (auto from = appends->begin(); from != appends->end();) {
    from = std::find_if_not(from, appends->end(), is_sample);
    const auto to = std::find_if(from, appends->end(), is_sample);
    std::sort(from, to, [](const Appended& a, const Appended& b) {
      return a.labels != b.labels ? a.labels < b.labels : a.ref < b.ref;
    });
    from = to;
  }
}

std::string Difference(const Trail& engine, const Trail& naive) {
  std::string out;
  const auto compare = [&out](std::string_view what, const auto& a, const auto& b) {
    if (!(a == b)) out += fmt::format("{}: {} instead of {}\n", what, a, b);
  };
  compare("error", engine.error, naive.error);
  compare("error of the empty append", engine.second_error, naive.second_error);
  compare("total", engine.counts.total, naive.counts.total);
  compare("added", engine.counts.added, naive.counts.added);
  compare("series added", engine.counts.series_added, naive.counts.series_added);
  if (engine.appends == naive.appends) return out;
  for (const Appended& append : engine.appends) out += "engine " + Text(append) + "\n";
  for (const Appended& append : naive.appends) out += "naive  " + Text(append) + "\n";
  return out;
}

class Sequence {
 public:
  Sequence(std::uint64_t seed, const std::vector<CurrentConfig>& configs, const Labels& target_labels)
      : random_(seed),
        options_(DrawOptions(random_)),
        config_(configs[random_.Below(configs.size())]),
        mood_(DrawMood(random_)),
        salt_(random_.Next()),
        engine_(options_, config_, target_labels, std::make_shared<ScrapeCache>(), metrics_, clock_, choices_, tracer_),
        naive_(options_, *config_, target_labels) {}

  /// Empty: both agree.
  std::string Run() {
    std::string bodies;
    for (int scrape = 0; scrape < 6; ++scrape) {
      clock_.RunUntil(clock_.MonotonicNow() + std::chrono::seconds(15));
      const std::string body = maker_.Next(UnixMillis(clock_.WallNow()));
      bodies += fmt::format("body {}: {}\n", scrape, text::GoQuote(body));
      const Trail engine = ScrapeEngine(body);
      const Trail naive = ScrapeNaively(body);
      std::string difference = Difference(engine, naive) + MetadataDifference();
      if (!difference.empty()) return bodies + difference;
      samples += engine.counts.total;
      failures += engine.error.empty() ? 0 : 1;
    }
    return TallyDifference();
  }

  std::uint64_t samples = 0;
  std::uint64_t failures = 0;

 private:
  Trail ScrapeEngine(const std::string& body) {
    const std::string padded = body + std::string(kBodyPadding, '7');
    const std::unique_ptr<Appender> storage = engine_storage_.NewAppender();
    const std::int64_t t_ms = UnixMillis(clock_.WallNow());
    Trail trail;
    const auto text = [](const std::optional<ScrapeError>& error) { return error ? error->message : std::string(); };
    if (!body.empty()) {
      parser_.Reset(std::string_view(padded).substr(0, body.size()));
      const auto kind = static_cast<std::uint8_t>(1 + (salt_ >> (t_ms / 15000 % 64)) % 2);
      trail.error = text(engine_.AppendBody(*storage, parser_, kind, t_ms, &trail.counts));
    }
    if (body.empty() || !trail.error.empty()) trail.second_error = text(engine_.AppendEmpty(*storage, t_ms));
    return Finish(std::move(trail), engine_storage_);
  }

  Trail ScrapeNaively(const std::string& body) {
    const std::string padded = body + std::string(kBodyPadding, '7');
    const std::unique_ptr<Appender> storage = naive_storage_.NewAppender();
    const std::int64_t t_ms = UnixMillis(clock_.WallNow());
    Trail trail;
    if (!body.empty()) {
      trail.error =
          naive_.Body(*storage, std::string_view(padded).substr(0, body.size()), t_ms, t_ms + 600000, &trail.counts);
    }
    if (body.empty() || !trail.error.empty()) trail.second_error = naive_.Empty(*storage, t_ms);
    return Finish(std::move(trail), naive_storage_);
  }

  static Trail Finish(Trail trail, MoodyStorage& storage) {
    trail.appends.swap(storage.log);
    SortMarkers(&trail.appends);
    return trail;
  }

  std::string MetadataDifference() const {
    const ScrapeCache& cache = *engine_.cache();
    if (cache.metadata_entries() == naive_.metadata_entries() && cache.metadata_bytes() == naive_.metadata_bytes()) {
      return "";
    }
    return fmt::format("metadata: {} entries of {} bytes instead of {} of {}\n", cache.metadata_entries(),
                       cache.metadata_bytes(), naive_.metadata_entries(), naive_.metadata_bytes());
  }

  std::string TallyDifference() const {
    const std::map<std::string, double> seen = metrics_.Collect();
    const ScrapeTallies& tallies = naive_.tallies;
    const std::pair<const char*, std::uint64_t> expected[] = {
        {"prometheus_target_scrapes_exceeded_sample_limit_total", tallies.sample_limit},
        {"prometheus_target_scrape_pool_exceeded_label_limits_total", tallies.label_limits},
        {"prometheus_target_scrapes_sample_duplicate_timestamp_total", tallies.duplicates},
        {"prometheus_target_scrapes_sample_out_of_order_total", tallies.out_of_order},
        {"prometheus_target_scrapes_sample_out_of_bounds_total", tallies.out_of_bounds},
    };
    std::string out;
    for (const auto& [name, value] : expected) {
      if (seen.at(name) != static_cast<double>(value)) {
        out += fmt::format("{}: {} instead of {}\n", name, seen.at(name), value);
      }
    }
    return out;
  }

  Random random_;
  const ScrapeAppendOptions options_;
  const CurrentConfig config_;
  const MoodyStorage::Mood mood_;
  const std::uint64_t salt_;
  BodyMaker maker_{random_};
  VirtualClock clock_{WallTime(std::chrono::milliseconds(kStartMs))};
  SelfMetrics metrics_;
  FirstChoice choices_;
  Tracer tracer_{clock_, nullptr};
  TextParser parser_{ParserOptions{}};
  MoodyStorage engine_storage_{mood_, salt_};
  MoodyStorage naive_storage_{mood_, salt_};
  ScrapeAppender engine_;
  NaiveScrape naive_;
};

BOOST_AUTO_TEST_CASE(the_position_guess_agrees_with_plain_maps) {
  const std::vector<CurrentConfig> configs = MakeConfigs();
  const Labels target_labels = Labels::FromSorted({{"instance", "h:1"}, {"job", "j"}});
  std::uint64_t samples = 0;
  std::uint64_t failures = 0;
  int wrong = 0;
  for (std::uint64_t seed = 1; seed <= 100'000 && wrong < 3; ++seed) {
    Sequence sequence(seed, configs, target_labels);
    const std::string difference = sequence.Run();
    if (!difference.empty()) {
      ++wrong;
      BOOST_ERROR("seed " << seed << "\n" << difference);
    }
    samples += sequence.samples;
    failures += sequence.failures;
  }
  BOOST_TEST_MESSAGE(samples << " samples, " << failures << " failed scrapes");
  BOOST_TEST(samples > 1'000'000u);
  BOOST_TEST(failures > 50'000u);
}

}  // namespace
}  // namespace stalemark::testing
