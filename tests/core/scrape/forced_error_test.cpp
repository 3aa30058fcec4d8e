// SPDX-License-Identifier: Apache-2.0
// A loop whose target has an interval that cannot be read: discovery never lets one through, so it is made by hand.
#include <memory>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/scrape/scrape_loop.h"
#include "core/storage/head.h"
#include "sim/bundle_files.h"
#include "sim/sim_network.h"
#include "sim/virtual_clock.h"

namespace stalemark {
namespace {

using namespace std::chrono_literals;

struct LoopParts {
  LoopParts() {
    ResponseScript script;
    script.headers = {{"Content-Type", "text/plain"}};
    script.body = "m 1\n";
    std::vector<ScriptedExporter::Step> steps = {{std::make_shared<const SimResponse>(std::move(script))}};
    network.SetExporter("a:1", std::make_unique<ScriptedExporter>(std::move(steps)));
    ScrapeConfig job;
    job.job_name = "j";
    job.scrape_interval = 10s;
    job.scrape_timeout = 5s;
    config = std::make_shared<const ScrapeConfig>(job);
    const Labels labels = Labels::FromUnsorted({{"__address__", "a:1"},
                                                {"__metrics_path__", "/metrics"},
                                                {"__scheme__", "http"},
                                                {"__scrape_interval__", "never"},
                                                {"__scrape_timeout__", "5s"},
                                                {"job", "j"}});
    target = std::make_shared<Target>(labels, TargetOrigin{config, {}, std::make_shared<const LabelMap>()});
    ScrapeLoopSpec spec;
    spec.target = target;
    spec.cache = std::make_shared<ScrapeCache>();
    spec.pool_config = &config;
    spec.pool_stopped = &pool_stopped;
    loop = std::make_unique<ScrapeLoop>(context, std::move(spec), [] {});
  }
  /// One scrape, then the end.
  void Run() {
    loop->Start();
    clock.RunUntil(clock.MonotonicNow() + 10s);
    loop->Cancel();
    pool_stopped.Set();
    clock.RunUntil(clock.MonotonicNow() + 10s);
    BOOST_TEST(loop->ended());
  }

  VirtualClock clock{WallTime(std::chrono::seconds(1'700'000'000))};
  SimNetwork network{clock, clock};
  BundleFiles files;
  HttpEngine http{network, clock, files};
  Head head;
  FirstChoice choices;
  SelfMetrics metrics;
  Tracer tracer{clock, nullptr};
  ScrapeOptions options;
  ScrapeContext context{TimeSource{&clock, &clock}, http, head, files, choices, metrics, tracer, options};
  Flag pool_stopped{context.time};
  CurrentConfig config;
  std::shared_ptr<Target> target;
  std::unique_ptr<ScrapeLoop> loop;
};

BOOST_AUTO_TEST_CASE(POOL_33_an_interval_that_cannot_be_read_fails_every_scrape) {
  LoopParts parts;
  parts.Run();
  BOOST_REQUIRE(parts.target->outcome().error.has_value());
  BOOST_TEST(parts.target->outcome().error->message ==
             "error parsing interval label \"never\": not a valid duration string: \"never\"");
}

BOOST_AUTO_TEST_CASE(POOL_33_until_the_target_limit_is_looked_at) {
  LoopParts parts;
  parts.loop->SetForcedError(std::nullopt);  // as every Sync and reload does
  parts.Run();
  BOOST_TEST(!parts.target->outcome().error.has_value());
  BOOST_TEST(TargetHealthText(parts.target->outcome().health) == "up");
}

}  // namespace
}  // namespace stalemark
