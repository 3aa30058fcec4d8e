// SPDX-License-Identifier: Apache-2.0
// HTTP-11, HTTP-12: the Unpackers of core/http/ at their seam's suite, and bodies that are unpacked elsewhere, by an
// Unpacker that does it when the test says so.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/http/unpacker.h"
#include "tests/core/http/fetch_fixture.h"
#include "tests/core/http/unpacker_suite.h"

namespace stalemark {
namespace {

using std::chrono::milliseconds;
using testing::Fetched;
using testing::FetchFixture;

/// One job at a time.
class HeldUnpacker final : public Unpacker {
 public:
  std::unique_ptr<Unpacking> Start(UnpackJob& job, UnpackObserver& observer) override {
    ++jobs;
    held_ = std::move(job);
    observer_ = &observer;
    return std::make_unique<Handle>(*this);
  }
  bool is_wanted() const { return observer_ != nullptr; }
  void Finish() {
    InlineUnpacker().Run(*held_);
    if (observer_ != nullptr) std::exchange(observer_, nullptr)->OnUnpacked(*held_);
  }

  int jobs = 0;

 private:
  class Handle final : public Unpacking {
   public:
    explicit Handle(HeldUnpacker& owner) : owner_(owner) {}
    ~Handle() override { owner_.observer_ = nullptr; }

   private:
    HeldUnpacker& owner_;
  };

  std::optional<UnpackJob> held_;
  UnpackObserver* observer_ = nullptr;
};

class InlineUnderTest final : public testing::UnpackerUnderTest {
 public:
  Unpacker& unpacker() override { return unpacker_; }
  bool is_elsewhere() const override { return false; }
  void Step() override {}

 private:
  InlineUnpacker unpacker_;
};

ResponseScript Packed(std::string body) {
  ResponseScript script;
  script.headers = {{"Content-Type", "text/plain"}};
  script.body = std::move(body);
  script.gzip = true;
  return script;
}
ResponseScript Fault(SimFault fault, std::uint64_t after, ResponseScript script) {
  script.fault = fault;
  script.after = after;
  return script;
}
ResponseScript NoGzip() {
  ResponseScript script = Packed("m_a 1\nm_b 2\n");
  script.gzip = false;
  script.headers.push_back({"Content-Encoding", "gzip"});
  return script;
}

class UnpackingFixture : public FetchFixture {
 public:
  UnpackingFixture() { engine.unpacker = &unpacker; }
  ~UnpackingFixture() override { scraper.reset(); }

  /// A fetch from now on, until its body is being unpacked, or is not any more.
  void Start(ResponseScript script, milliseconds wait = milliseconds{0}) {
    Exporter("a:1", {std::move(script)});
    begin_ = clock.MonotonicNow();
    if (scraper == nullptr) MakeScraper();
    scraper->Start(begin_ + std::chrono::seconds{4}, *this);
    clock.RunUntil(begin_ + wait);
  }
  /// What the fetch has come to, with what is unpacked so long after its start.
  Fetched EndAt(milliseconds at) {
    clock.RunUntil(begin_ + at);
    BOOST_TEST(last.took.count() == -1);
    ended_at = clock.MonotonicNow() - begin_;
    unpacker.Finish();
    BOOST_TEST(!scraper->running());
    return std::exchange(last, {});
  }
  void OnFetchDone(const FetchResult& result) override {
    FetchFixture::OnFetchDone(result);
    body_at = result.body.data();
    if (destroys) scraper.reset();
  }

  HeldUnpacker unpacker;
  Nanoseconds ended_at{};
  const char* body_at = nullptr;
  bool destroys = false;

 private:
  MonotonicTime begin_{};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(unpacking, UnpackingFixture)

BOOST_AUTO_TEST_CASE(HTTP_11_HTTP_12_unpacker_seam) {
  testing::RunUnpackerSuite([] { return std::make_unique<InlineUnderTest>(); });
}

BOOST_AUTO_TEST_CASE(HTTP_11_HTTP_12_the_outcome_is_that_of_unpacking_at_once) {
  options.body_size_limit = 256;
  const struct {
    const char* name;
    ResponseScript script;
    FetchErrorKind kind;
    std::string want;  ///< error text, or the body of a success
  } rows[] = {
      {"complete", Packed("m_a 1\n"), FetchErrorKind::kNone, "m_a 1\n"},
      {"no gzip", NoGzip(), FetchErrorKind::kOther, "gzip: invalid header"},
      {"cut", Fault(SimFault::kTruncate, 20, Packed("m_a 1\nm_b 2\n")), FetchErrorKind::kTransport, "unexpected EOF"},
      {"limit", Packed(std::string(256, '#')), FetchErrorKind::kBodyLimit, "body size limit exceeded"},
      {"below", Packed(std::string(255, '#')), FetchErrorKind::kNone, std::string(255, '#')},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      limit_after = milliseconds{-1};
      Start(row.script);
      const Fetched fetched = EndAt(milliseconds{300});
      BOOST_TEST((fetched.kind == row.kind));
      BOOST_TEST((row.kind == FetchErrorKind::kNone ? fetched.body : fetched.error) == row.want);
      BOOST_TEST((fetched.content_type == (row.kind == FetchErrorKind::kNone ? "text/plain" : "")));
      // Told when it is known, which is at the end.
      BOOST_TEST((limit_after.count() >= 0) == (row.kind == FetchErrorKind::kBodyLimit));
      BOOST_TEST(clock.armed_count() == 0U);
    }
  }
  BOOST_TEST(unpacker.jobs == 5);
  BOOST_TEST(tail_is_zero);
}

BOOST_AUTO_TEST_CASE(HTTP_12_max_body) {
  options.max_body_bytes = 100;
  Start(Packed(std::string(101, '#')));
  BOOST_TEST(EndAt(milliseconds{1}).error == BodyTooLarge(100));
}

BOOST_AUTO_TEST_CASE(HTTP_13_the_deadline_ends_it) {
  Start(Packed("m 1\n"));
  BOOST_TEST(unpacker.is_wanted());
  clock.RunUntil(clock.MonotonicNow() + milliseconds{3999});
  BOOST_TEST(scraper->running());
  clock.RunUntil(clock.MonotonicNow() + milliseconds{1});
  BOOST_TEST((last.kind == FetchErrorKind::kTimeout));
  BOOST_TEST(last.error == "context deadline exceeded");
  BOOST_TEST(last.took.count() == 4000);
  BOOST_TEST(!unpacker.is_wanted());
  // The outcome comes and nobody wants it; the next fetch has its own.
  last = {};
  unpacker.Finish();
  BOOST_TEST(last.took.count() == -1);
  Start(Packed("m 2\n"));
  BOOST_TEST(EndAt(milliseconds{5}).body == "m 2\n");
}

BOOST_AUTO_TEST_CASE(HTTP_13_what_came_before_the_deadline_is_unpacked_after_it) {
  options.body_size_limit = 256;
  ResponseScript broken_off = Fault(SimFault::kHangBody, 20, Packed("m_a 1\nm_b 2\n"));
  Start(broken_off, milliseconds{4000});
  const Fetched timeout = EndAt(milliseconds{4500});
  BOOST_TEST((timeout.kind == FetchErrorKind::kTimeout));
  BOOST_TEST(timeout.error == "context deadline exceeded");
  ResponseScript whole_member = Fault(SimFault::kHangBody, 1000, Packed(std::string(1000, '#')));
  whole_member.chunked = true;
  Start(whole_member, milliseconds{4000});
  BOOST_TEST((EndAt(milliseconds{4500}).kind == FetchErrorKind::kBodyLimit));
}

BOOST_AUTO_TEST_CASE(destroying_a_scraper_gives_it_up) {
  Start(Packed("m 1\n"));
  BOOST_TEST(unpacker.is_wanted());
  scraper.reset();
  BOOST_TEST(!unpacker.is_wanted());
  unpacker.Finish();
  clock.RunUntil(clock.MonotonicNow() + std::chrono::seconds{5});
  BOOST_TEST(last.took.count() == -1);
  BOOST_TEST(clock.armed_count() == 0U);
}

BOOST_AUTO_TEST_CASE(the_observer_may_destroy_the_scraper) {
  destroys = true;
  Start(Packed("m 1\n"));
  unpacker.Finish();
  BOOST_TEST((scraper == nullptr));
  BOOST_TEST(last.body == "m 1\n");
}

BOOST_AUTO_TEST_CASE(the_memory_of_bodies_is_used_again) {
  std::vector<const char*> bodies;
  for (int i = 0; i < 6; ++i) {
    Start(Packed(std::string(100'000, '#')));
    EndAt(milliseconds{1});
    bodies.push_back(body_at);
    scraper->Release();
  }
  // Two buffers take turns: what was the packed body's is the next unpacked one's.
  for (std::size_t i = 4; i < bodies.size(); ++i) BOOST_TEST((bodies[i] == bodies[i - 2]));
}

BOOST_AUTO_TEST_CASE(plain_bodies_are_not_unpacked) {
  ResponseScript plain = Packed("m 1\n");
  plain.gzip = false;
  Start(plain);
  BOOST_TEST(last.body == "m 1\n");
  BOOST_TEST(unpacker.jobs == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
