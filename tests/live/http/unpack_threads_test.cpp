// SPDX-License-Identifier: Apache-2.0
// IoThreads as the Unpacker: the seam's suite, giving up at any time, both bounds, and whole fetches of packed bodies.
// With the preset `tsan` this is what the thread sanitizer watches.
#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/http/gzip.h"
#include "core/http/target_scraper.h"
#include "live/http/io_threads.h"
#include "tests/core/http/unpacker_suite.h"
#include "tests/live/http/http_fixture.h"

namespace stalemark {
namespace {

using std::chrono::milliseconds;
using testing::HttpFixture;
using testing::Send;
using testing::unpacker_suite::JobOf;
using testing::unpacker_suite::Lines;

class ThreadsUnderTest final : public testing::UnpackerUnderTest {
 public:
  explicit ThreadsUnderTest(unsigned threads) : threads_(loop_, OptionsWith(threads)) {}
  Unpacker& unpacker() override { return threads_; }
  bool is_elsewhere() const override { return true; }
  void Step() override { loop_.RunOnce(milliseconds(1)); }

 private:
  static IoThreadsOptions OptionsWith(unsigned threads) {
    IoThreadsOptions options{threads};
    options.handed_over_min = 0;
    return options;
  }

  EventLoop loop_;
  IoThreads threads_;
};

class Waiting final : public UnpackObserver {
 public:
  explicit Waiting(std::string want) : want_(std::move(want)) {}
  void OnUnpacked(UnpackJob& job) override {
    ++calls;
    is_right = job.outcome.end == GunzipEnd::kComplete && job.unpacked.bytes() == want_;
    unpacking.reset();
  }

  std::unique_ptr<Unpacking> unpacking;
  int calls = 0;
  bool is_right = false;

 private:
  const std::string want_;
};

class NoFiles final : public Files {
 public:
  Result<std::string> Read(std::string_view) const override { return Error{"no files"}; }
  std::vector<std::string> Glob(std::string_view) const override { return {}; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(unpack_threads)

BOOST_AUTO_TEST_CASE(unpacker_seam) {
  for (const unsigned threads : {1U, 2U}) {
    testing::RunUnpackerSuite([&] { return std::make_unique<ThreadsUnderTest>(threads); });
  }
}

BOOST_AUTO_TEST_CASE(jobs_end_or_are_given_up_at_any_time) {
  std::mt19937 numbers(7);
  const auto below = [&](std::size_t bound) { return numbers() % bound; };
  std::vector<std::string> bodies, packed;
  for (unsigned seed = 0; seed < 3; ++seed) {
    bodies.push_back(Lines(3'000, seed));
    packed.push_back(Gzip(bodies.back()));
  }
  HttpFixture fixture;
  // So little that a thread waits for the engine now and then, and the engine unpacks now and then.
  IoThreadsOptions options{3};
  options.queued_bytes_max = 100'000;
  IoThreads threads(fixture.loop, options);
  std::vector<std::unique_ptr<Waiting>> running;
  int right = 0, here = 0;
  for (int i = 0; i < 300; ++i) {
    const std::size_t body = below(bodies.size());
    auto waiting = std::make_unique<Waiting>(bodies[body]);
    UnpackJob job = JobOf(packed[body]);
    waiting->unpacking = threads.Start(job, *waiting);
    if (waiting->unpacking == nullptr) {
      ++here;
      BOOST_TEST((job.unpacked.bytes() == bodies[body]));
    } else {
      running.push_back(std::move(waiting));
    }
    fixture.loop.RunOnce(milliseconds(below(2)));
    if (below(4) == 0 && !running.empty()) {
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(below(running.size())));
    }
    const auto is_over = [&](const auto& job_of_any) {
      right += job_of_any->is_right ? 1 : 0;
      BOOST_TEST(job_of_any->calls == (job_of_any->is_right ? 1 : 0));
      return job_of_any->calls > 0;
    };
    running.erase(std::remove_if(running.begin(), running.end(), is_over), running.end());
  }
  BOOST_TEST(right > 0);
  BOOST_TEST(here < 300);
  // Those under way are given up, and the threads end.
  running.clear();
}

BOOST_AUTO_TEST_CASE(small_bodies_and_those_beyond_the_bound_are_unpacked_by_the_engine) {
  const std::string body = Lines(1'000, 1), packed = Gzip(body);
  HttpFixture fixture;
  IoThreadsOptions options{2};
  options.queued_bytes_max = packed.size();
  IoThreads threads(fixture.loop, options);
  Waiting small("m 1\n");
  UnpackJob small_job = JobOf(Gzip("m 1\n"));
  BOOST_TEST((threads.Start(small_job, small) == nullptr));
  BOOST_TEST((small_job.unpacked.bytes() == "m 1\n"));
  // One for each thread, and the third finds both with as much as they may have: the engine has been told of none.
  Waiting waiting[] = {Waiting(body), Waiting(body), Waiting(body)};
  for (Waiting& one : waiting) {
    UnpackJob job = JobOf(packed);
    one.unpacking = threads.Start(job, one);
    BOOST_TEST((one.unpacking == nullptr) == (&one == &waiting[2]));
    if (one.unpacking == nullptr) BOOST_TEST((job.unpacked.bytes() == body));
  }
  // One that is given up counts no more.
  waiting[0].unpacking.reset();
  UnpackJob job = JobOf(packed);
  waiting[2].unpacking = threads.Start(job, waiting[2]);
  BOOST_TEST((waiting[2].unpacking != nullptr));
  fixture.RunUntil([&] { return waiting[1].is_right && waiting[2].is_right; });
  BOOST_TEST(waiting[0].calls == 0);
}

BOOST_AUTO_TEST_CASE(HTTP_11_fetches_of_packed_bodies) {
  const std::string body = Lines(20'000, 1), packed = Gzip(body);
  HttpFixture fixture;
  fixture.server.Play({Send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
                            std::to_string(packed.size()) + "\r\n\r\n" + packed)});
  IoThreads threads(fixture.loop, {2});
  const NoFiles files;
  HttpEngine engine{threads, fixture.loop, files, &threads};
  const HttpClientConfig config;
  class Fetching final : public FetchObserver {
   public:
    Fetching(HttpEngine& engine, const HttpClientConfig& config, const std::string& url)
        : scraper(engine, config, NewScrapeRequest(url, {}), {}) {}
    void OnFetchDone(const FetchResult& result) override {
      error = result.error;
      fetched = result.body;
      scraper.Release();
    }
    std::string error = "-";
    std::string fetched;
    TargetScraper scraper;
  };
  std::vector<std::unique_ptr<Fetching>> fetching;
  for (int i = 0; i < 5; ++i) {
    fetching.push_back(
        std::make_unique<Fetching>(engine, config, "http://" + fixture.server.address() + "/" + std::to_string(i)));
  }
  for (int round = 0; round < 3; ++round) {
    const MonotonicTime deadline = fixture.loop.MonotonicNow() + std::chrono::seconds(20);
    for (const auto& one : fetching) one->scraper.Start(deadline, *one);
    fixture.RunUntil([&] {
      return std::none_of(fetching.begin(), fetching.end(), [](const auto& one) { return one->scraper.running(); });
    });
    for (const auto& one : fetching) {
      BOOST_TEST(one->error == "");
      BOOST_TEST((one->fetched == body));
    }
  }
  // Destroyed at any stage.
  for (const auto& one : fetching) {
    one->scraper.Start(fixture.loop.MonotonicNow() + std::chrono::seconds(20), *one);
  }
  while (!fetching.empty()) {
    fixture.loop.RunOnce(milliseconds(1));
    fetching.pop_back();
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
