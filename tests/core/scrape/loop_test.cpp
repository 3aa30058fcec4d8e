// SPDX-License-Identifier: Apache-2.0
// One loop: its timing, its life, what becomes of failures, and the end of its series.
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/core/scrape/engine_fixture.h"

namespace stalemark::testing {
namespace {

ResponseScript Slow(Nanoseconds delay, std::string body = "m 1\n") {
  ResponseScript script;
  script.body = std::move(body);
  script.delay = delay;
  return script;
}

/// A process that stands still until `late` after the next scrape is due.
void PauseBeyondTick(Engine& engine, Nanoseconds late, Nanoseconds interval = 10s) {
  engine.clock().Pause(interval + late);
}

// ---- timing ----

BOOST_AUTO_TEST_CASE(LOOP_01_first_scrape_after_the_jitter_then_one_a_tick) {
  Engine engine;
  engine.Expose("m 1\n").Scrape(4);
  BOOST_TEST(engine.Requests() == "0 10 20 30");
}

BOOST_AUTO_TEST_CASE(LOOP_01_the_initial_offset_comes_on_top_of_the_jitter) {
  const auto first_request = [](Nanoseconds offset) {
    EngineOptions options;
    options.scrape.initial_scrape_offset = offset;
    Engine engine(options);
    engine.Scrape();
    return engine.clock().MonotonicNow();
  };
  BOOST_TEST((first_request(25s) - first_request(0s) == 25s));
}

BOOST_AUTO_TEST_CASE(LOOP_02_EOR_01_a_loop_that_never_scraped_leaves_nothing) {
  EngineOptions options;
  options.scrape.initial_scrape_offset = 1min;
  Engine engine(options);
  engine.Advance(30s).Discover({}).Advance(3min);
  BOOST_TEST(engine.loops == "start, stop");
  BOOST_TEST(engine.Samples("up") == "");
}

BOOST_AUTO_TEST_CASE(LOOP_03_ticks_during_a_long_commit_are_lost_but_for_one) {
  Engine engine;
  engine.storage().SetFault(0, {25s, ""});
  engine.Expose("m 1\n").Scrape(3);
  BOOST_TEST(engine.Requests() == "0 25 30");
  BOOST_TEST(engine.Samples("m") == "0:1 25:1 30:1");
}

BOOST_AUTO_TEST_CASE(LOOP_05_LOOP_06_a_scrape_up_to_2_ms_late_takes_the_scheduled_time) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  PauseBeyondTick(engine, 2ms);
  engine.Scrape();
  BOOST_TEST(engine.Samples("m") == "0:1 10:1");
  engine.Advance(10s - 2ms);
  PauseBeyondTick(engine, 2ms + 1ns);
  engine.Scrape();
  BOOST_TEST(engine.Requests() == "0 10.002 20 30.002");
  BOOST_TEST(engine.Samples("m") == "0:1 10:1 20:1 30.002:1");
}

BOOST_AUTO_TEST_CASE(LOOP_05_LOOP_08_or_one_percent_of_the_interval) {
  EngineOptions options;
  options.job = "scrape_interval: 100ms\nscrape_timeout: 50ms";
  Engine engine(options);
  engine.Expose("m 1\n").Scrape();
  PauseBeyondTick(engine, 1ms, 100ms);
  engine.Scrape();
  engine.Advance(99ms);
  PauseBeyondTick(engine, 2ms, 100ms);
  engine.Scrape();
  BOOST_TEST(engine.Samples("m") == "0:1 0.1:1 0.2:1 0.302:1");
}

BOOST_AUTO_TEST_CASE(LOOP_07_a_clock_set_back_repeats_the_last_scheduled_time) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.clock().StepWall(-1min);
  engine.Expose("m 2\n").Scrape();
  BOOST_TEST(engine.Samples("m") == "0:1");
  BOOST_TEST(engine.ScrapesTotal("sample_duplicate_timestamp") == 1);
}

BOOST_AUTO_TEST_CASE(LOOP_06_a_clock_set_forward_skips_slots) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.clock().StepWall(35s);
  engine.Scrape(2);
  BOOST_TEST(engine.Samples("m") == "0:1 45:1 55:1");  // 5 s off the schedule
}

BOOST_AUTO_TEST_CASE(LOOP_10_alignment_can_be_turned_off) {
  EngineOptions options;
  options.scrape.adjust_timestamps = false;
  Engine engine(options);
  engine.Expose("m 1\n").Scrape();
  PauseBeyondTick(engine, 1ms);
  engine.Scrape();
  BOOST_TEST(engine.Samples("m") == "0:1 10.001:1");
}

// ---- life cycle ----

BOOST_AUTO_TEST_CASE(LOOP_20_LOOP_21_stopping_waits_for_the_scrape_in_flight) {
  Engine engine;
  engine.Answer(Slow(3s)).Scrape().Advance(8s);
  engine.Discover({}).Scrape();
  BOOST_TEST(engine.loops == "start, stop 13");
  BOOST_TEST(engine.Samples("m") == "0:1 10:1");
}

BOOST_AUTO_TEST_CASE(LOOP_22_one_more_scrape_on_shutdown_off_the_grid) {
  EngineOptions options;
  options.scrape.scrape_on_shutdown = true;
  Engine engine(options);
  engine.Expose("m 1\n").Scrape().Advance(7001ms);
  engine.Stop();
  BOOST_TEST(engine.Samples("m") == "0:1 7.001:1");
}

BOOST_AUTO_TEST_CASE(LOOP_22_even_for_a_loop_that_never_scraped) {
  EngineOptions options;
  options.scrape.scrape_on_shutdown = true;
  options.scrape.initial_scrape_offset = 1min;
  Engine engine(options);
  engine.Expose("m 1\n").Advance(1s);
  engine.Stop();
  BOOST_TEST(engine.Samples("m") == "0:1");
}

// ---- one scrape ----

BOOST_AUTO_TEST_CASE(LOOP_30_a_forced_error_writes_markers_and_asks_nobody) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.Configure(JobYaml("target_limit: 1", "j", "['a:1', 'b:1']"));
  engine.Advance(60s);
  BOOST_TEST(engine.Targets() ==
             "a:1 down target_limit exceeded (number of targets: 2, limit: 1)\n"
             "b:1 down target_limit exceeded (number of targets: 2, limit: 1)\n");
  BOOST_TEST(engine.Requests() == "0");
  BOOST_TEST(engine.Samples("m") == "0:1 10:stale");
  BOOST_TEST(engine.last() == "0/0/0 target_limit exceeded (number of targets: 2, limit: 1)");
}

BOOST_AUTO_TEST_CASE(LOOP_31_LOOP_32_the_timeout_ends_the_fetch) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.Fail(SimFault::kHang).Scrape();
  BOOST_TEST(engine.last() == "0/0/0 Get \"http://a:1/metrics\": context deadline exceeded");
  BOOST_TEST(engine.Samples("m") == "0:1 10:stale");
  BOOST_TEST(engine.Samples("scrape_duration_seconds") == "0:0 10:5");
}

BOOST_AUTO_TEST_CASE(LOOP_33_REP_07_a_parse_error_rolls_back_and_keeps_the_counts) {
  Engine engine;
  engine.Expose("gone 1\n").Scrape();
  engine.Expose("m 1\nn 1\n# TYPE x nonsense\no 1\n").Scrape();
  BOOST_TEST(engine.last() == "2/2/2 invalid metric type \"nonsense\"");
  BOOST_TEST(engine.Samples("m") == "");
  BOOST_TEST(engine.Samples("gone") == "0:1 10:stale");
  BOOST_TEST(engine.Samples("scrape_samples_scraped") == "0:1 10:2");
}

BOOST_AUTO_TEST_CASE(LOOP_33_three_appenders_when_storage_refuses_everything) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.storage().SetAppendError("no space left");
  engine.Scrape();
  BOOST_TEST(engine.last() == "1/0/0 no space left");
  BOOST_TEST(engine.Samples("up") == "0:1");  // the report failed too
  engine.storage().SetAppendError("");
  engine.Scrape();
  BOOST_TEST(engine.last() == "1/1/0");
  BOOST_TEST(engine.Samples("m") == "0:1 20:1");
}

BOOST_AUTO_TEST_CASE(LOOP_36_SELF_45_a_failed_commit_touches_neither_health_nor_cache) {
  Engine engine;
  engine.storage().SetFault(0, {0s, "disk is full"});
  engine.Expose("m 1\n").Scrape();
  BOOST_TEST(engine.Targets() == "a:1 up\n");
  BOOST_TEST(engine.Samples("up") == "");
  engine.Scrape();
  BOOST_TEST(engine.last() == "1/1/0");
}

BOOST_AUTO_TEST_CASE(LOOP_37_an_empty_body_is_a_success_whatever_its_type) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  ResponseScript empty;
  empty.headers = {{"Content-Type", "image/png"}};
  engine.Answer(empty).Scrape();
  BOOST_TEST(engine.last() == "0/0/0");
  BOOST_TEST(engine.Samples("up") == "0:1 10:1");
  BOOST_TEST(engine.Samples("m") == "0:1 10:stale");
  engine.Expose("m 1\n").Scrape();
  BOOST_TEST(engine.last() == "1/1/0");  // no flush
}

BOOST_AUTO_TEST_CASE(SELF_20_interval_lengths_are_counted_from_the_second_scrape) {
  Engine engine;
  engine.Expose("m 1\n").Scrape(3);
  BOOST_TEST(engine.Metric("prometheus_target_interval_length_seconds_count{interval=\"10s\"}") == 2);
  BOOST_TEST(engine.Metric("prometheus_target_interval_length_seconds_sum{interval=\"10s\"}") == 20);
}

BOOST_AUTO_TEST_CASE(SELF_21_scrape_durations_need_extra_metrics_and_include_the_commit) {
  EngineOptions options;
  options.job = "extra_scrape_metrics: true";
  Engine engine(options);
  engine.storage().SetFault(0, {2s, ""});
  engine.Answer(Slow(1s)).Scrape();
  BOOST_TEST(engine.Metric("prometheus_target_scrape_duration_seconds_sum") == 3);
  Engine plain;
  plain.Scrape();
  BOOST_TEST(plain.Metric("prometheus_target_scrape_duration_seconds_count") == 0);
}

// ---- end of run ----

BOOST_AUTO_TEST_CASE(EOR_02_EOR_04_markers_two_ticks_and_a_tenth_later_at_the_time_of_the_first) {
  Engine engine;
  engine.Expose("m 1\n").Scrape(2).Advance(2s);
  engine.Discover({}).Advance(18s + 999ms);
  BOOST_TEST(engine.loops == "start, stop 12");
  engine.Advance(1s);
  BOOST_TEST(engine.loops == "start, stop 12, end of run 31");
  BOOST_TEST(engine.Samples("m") == "0:1 10:1 20:stale");
  BOOST_TEST(engine.Samples("up") == "0:1 10:1 20:stale");
}

BOOST_AUTO_TEST_CASE(EOR_02_a_pending_tick_counts_at_once) {
  Engine engine;
  engine.storage().SetFault(1, {12s, ""});  // the scrape at 10 ends at 22
  engine.Expose("m 1\n").Scrape().Advance(11s);
  engine.Discover({}).Advance(30s);
  BOOST_TEST(engine.loops == "start, stop 22, end of run 31");
  BOOST_TEST(engine.Samples("m") == "0:1 10:1 22:stale");
}

BOOST_AUTO_TEST_CASE(EOR_03_POOL_42_a_job_that_goes_writes_no_markers) {
  Engine engine;
  engine.Expose("m 1\n").Scrape().Advance(2s);
  engine.Configure("");
  engine.Advance(60s);
  BOOST_TEST(engine.Samples("m") == "0:1");
  BOOST_TEST(engine.loops == "start, stop 2, abandoned 2");
}

BOOST_AUTO_TEST_CASE(EOR_05_EOR_07_newer_samples_of_a_new_loop_win) {
  for (const std::int64_t window_ms : {0, 300'000}) {  // an out-of-order window changes nothing
    EngineOptions options;
    options.head.out_of_order_window_ms = window_ms;
    Engine engine(options);
    engine.Expose("m 1\n").Scrape(2).Advance(1s);
    engine.Discover({}).Advance(1s);
    engine.Discover({{{"__address__", "a:1"}}}).Advance(30s);
    BOOST_TEST(engine.loops == "start, stop 11, start 12, end of run 31");
    BOOST_TEST(engine.Samples("m") == "0:1 10:1 20:1 30:1 40:1");
    BOOST_TEST(engine.Samples("up") == "0:1 10:1 20:1 30:1 40:1");
  }
}

BOOST_AUTO_TEST_CASE(EOR_06_disabled_while_the_loop_is_in_its_pool) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.DisableEndOfRun();
  engine.Discover({}).Advance(60s);
  BOOST_TEST(engine.Samples("m") == "0:1");
}

BOOST_AUTO_TEST_CASE(EOR_06_disabled_during_the_waits_is_too_late) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.Discover({}).Advance(5s);
  engine.DisableEndOfRun();
  engine.Advance(60s);
  BOOST_TEST(engine.Samples("m") == "0:1 10:stale");
}

BOOST_AUTO_TEST_CASE(REP_20_extra_series_are_ended_too) {
  EngineOptions options;
  options.job = "extra_scrape_metrics: true";
  Engine engine(options);
  engine.Expose("m 1\n").Scrape();
  engine.Discover({}).Advance(60s);
  BOOST_TEST(engine.Samples("scrape_timeout_seconds") == "0:5 10:stale");
}

// ---- two at once ----

BOOST_AUTO_TEST_CASE(two_engines_interleaved_run_as_they_run_alone) {
  const auto script = [](Engine& engine, int step) {
    engine.Expose("# TYPE m gauge\nm " + std::to_string(step) + "\nn{step=\"" + std::to_string(step % 3) + "\"} 1\n");
    if (step == 5) engine.Fail(SimFault::kHang);
    if (step == 7) engine.Discover({{{"__address__", "b:1"}}});
    if (step == 9) engine.Configure(JobYaml("honor_labels: true"));
    engine.Advance(7s);
  };
  EngineOptions other;
  other.job = "sample_limit: 1";
  Engine alone_a, alone_b(other), together_a, together_b(other);
  for (int step = 0; step < 20; ++step) script(alone_a, step);
  for (int step = 0; step < 20; ++step) script(alone_b, step);
  for (int step = 0; step < 20; ++step) {
    script(together_b, step);
    script(together_a, step);
  }
  BOOST_TEST(together_a.trace_digest() == alone_a.trace_digest());
  BOOST_TEST(together_b.trace_digest() == alone_b.trace_digest());
  BOOST_TEST(alone_a.trace_digest() != alone_b.trace_digest());
}

}  // namespace
}  // namespace stalemark::testing
