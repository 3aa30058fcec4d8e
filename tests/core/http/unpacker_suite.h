// SPDX-License-Identifier: Apache-2.0
// What every Unpacker must do (HTTP-11, HTTP-12). An implementation's test gives a factory and calls RunUnpackerSuite.
// The outcomes are those of Go's compress/gzip, read through a limit; gunzip_test.cpp has more of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/http/gzip.h"
#include "core/http/unpacker.h"

namespace stalemark::testing {

/// One implementation, freshly made.
class UnpackerUnderTest {
 public:
  virtual ~UnpackerUnderTest() = default;
  virtual Unpacker& unpacker() = 0;
  /// Whether it takes jobs, and tells their outcome later.
  virtual bool is_elsewhere() const = 0;
  /// Lets one thing happen that it waits for, or some time go by.
  virtual void Step() = 0;
};

using UnpackerFactory = std::function<std::unique_ptr<UnpackerUnderTest>()>;

namespace unpacker_suite {

/// Steps until it is sure that nothing is told any more.
constexpr int kStepsMax = 100'000, kQuietSteps = 50;

/// Writes down what it is told.
class Recorder final : public UnpackObserver {
 public:
  void OnUnpacked(UnpackJob& done) override {
    ++calls;
    job = std::move(done);
    if (then) then();
  }

  UnpackJob job;
  int calls = 0;
  /// In the call.
  std::function<void()> then;
  std::unique_ptr<Unpacking> unpacking;
};

inline UnpackJob JobOf(std::string_view packed, GunzipOptions options = {}) {
  UnpackJob job;
  job.packed.Append(packed);
  job.options = std::move(options);
  if (job.options.bytes_max == 0) job.options.bytes_max = std::uint64_t{1} << 24;
  return job;
}

/// Starts it; nothing is told by then.
inline void Start(UnpackerUnderTest& under_test, UnpackJob job, Recorder* recorder) {
  recorder->unpacking = under_test.unpacker().Start(job, *recorder);
  BOOST_TEST(recorder->calls == 0);
  BOOST_REQUIRE((recorder->unpacking != nullptr) == under_test.is_elsewhere());
  if (recorder->unpacking == nullptr) recorder->job = std::move(job);
}

inline void RunUntilTold(UnpackerUnderTest& under_test, const Recorder& recorder) {
  if (!under_test.is_elsewhere()) return;
  for (int i = 0; i < kStepsMax && recorder.calls == 0; ++i) under_test.Step();
  BOOST_REQUIRE(recorder.calls == 1);
}

inline void Settle(UnpackerUnderTest& under_test) {
  for (int i = 0; i < kQuietSteps; ++i) under_test.Step();
}

/// Many lines that do not pack to nothing.
inline std::string Lines(std::size_t count, std::uint32_t seed) {
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) {
    seed = seed * 1'664'525U + 1'013'904'223U;
    lines += "metric{i=\"" + std::to_string(i) + "\"} " + std::to_string(seed) + "\n";
  }
  return lines;
}

inline void WholeBodies(UnpackerUnderTest& under_test) {
  const std::string large = Lines(100'000, 1);  // some megabytes, far more than one piece of inflate's or of a socket's
  const struct {
    const char* name;
    std::string packed;
    std::string want;
  } rows[] = {
      {"one member", Gzip("m_a 1\n"), "m_a 1\n"},
      {"an empty one", Gzip(""), ""},
      {"three members, one of them empty", Gzip("m_a 1\n") + Gzip("") + Gzip("m_b 2\n"), "m_a 1\nm_b 2\n"},
      {"large", Gzip(large), large},
      {"large, in two members", Gzip(large.substr(0, 100)) + Gzip(large.substr(100)), large},
      {"zeros", Gzip(std::string(1'000'000, '\0')), std::string(1'000'000, '\0')},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Recorder recorder;
      Start(under_test, JobOf(row.packed), &recorder);
      RunUntilTold(under_test, recorder);
      BOOST_TEST((recorder.job.outcome.end == GunzipEnd::kComplete));
      BOOST_TEST(recorder.job.outcome.error == "");
      BOOST_TEST((recorder.job.unpacked.bytes() == row.want));
      // The engine's pool wants it back.
      BOOST_TEST((recorder.job.packed.bytes() == row.packed));
    }
  }
}

inline void BrokenBodies(UnpackerUnderTest& under_test) {
  const std::string packed = Gzip("m_a 1\nm_b 2\n");
  std::string checksum = packed;
  checksum[packed.size() - 8] ^= 1;
  const struct {
    const char* name;
    std::string packed;
    const char* input_error;
    const char* want;
  } rows[] = {
      {"nothing", "", "", "EOF"},
      {"nothing, and then the deadline", "", "context deadline exceeded", "context deadline exceeded"},
      {"plain text", "m_a 1\nm_b 2\n", "", "gzip: invalid header"},
      {"deflate, which is not asked for", Zlib("m_a 1\nm_b 2\n"), "", "gzip: invalid header"},
      {"cut in the header", packed.substr(0, 5), "", "unexpected EOF"},
      {"cut in the data", packed.substr(0, 15), "", "unexpected EOF"},
      {"cut in the data by the deadline", packed.substr(0, 15), "context deadline exceeded",
       "context deadline exceeded"},
      {"cut in the checksum", packed.substr(0, packed.size() - 1), "", "unexpected EOF"},
      {"another checksum", checksum, "", "gzip: invalid checksum"},
      {"rubbish behind it", packed + "this is more than a header", "", "gzip: invalid header"},
      {"zeros behind it", packed + std::string(20, '\0'), "", "gzip: invalid header"},
      {"one byte behind it", packed + "\x1f", "", "unexpected EOF"},
      {"second member is cut", packed + packed.substr(0, 15), "", "unexpected EOF"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      GunzipOptions options;
      if (*row.input_error != '\0') options.input_error = row.input_error;
      Recorder recorder;
      Start(under_test, JobOf(row.packed, options), &recorder);
      RunUntilTold(under_test, recorder);
      BOOST_TEST((recorder.job.outcome.end == GunzipEnd::kFailed));
      BOOST_TEST(recorder.job.outcome.error == row.want);
    }
  }
}

inline void Limits(UnpackerUnderTest& under_test) {
  const std::string packed = Gzip(std::string(1000, '#')), bomb = Gzip(std::string(50'000'000, '#'));
  const struct {
    const char* name;
    std::string packed;
    std::uint64_t limit;
    std::uint64_t bytes_max;
    GunzipEnd end;
  } rows[] = {
      {"below the limit", packed, 1001, 0, GunzipEnd::kComplete},
      {"the limit", packed, 1000, 0, GunzipEnd::kLimit},
      {"the limit comes before the cut", packed.substr(0, packed.size() - 1), 100, 0, GunzipEnd::kLimit},
      {"the limit comes before the rubbish", packed + packed + "rubbish of some length", 1500, 0, GunzipEnd::kLimit},
      {"a bomb, and a limit", bomb, 100'000, 0, GunzipEnd::kLimit},
      {"a bomb, and none", bomb, 0, 1'000'000, GunzipEnd::kTooBig},
      {"as much as may be", packed, 0, 1000, GunzipEnd::kComplete},
      {"one more", packed, 0, 999, GunzipEnd::kTooBig},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      GunzipOptions options;
      options.limit = row.limit;
      options.bytes_max = row.bytes_max;
      Recorder recorder;
      Start(under_test, JobOf(row.packed, options), &recorder);
      RunUntilTold(under_test, recorder);
      BOOST_TEST((recorder.job.outcome.end == row.end));
      BOOST_TEST(recorder.job.outcome.error == "");
      // A bomb is not unpacked to its end first.
      BOOST_TEST(recorder.job.unpacked.size() <= 1'000'001U);
    }
  }
}

inline void JobsAtOnceHaveTheirOwnOutcomes(UnpackerUnderTest& under_test) {
  constexpr std::size_t kJobs = 20;
  Recorder recorders[kJobs];
  std::string bodies[kJobs];
  for (std::size_t i = 0; i < kJobs; ++i) {
    bodies[i] = Lines(500 + 500 * (i % 3), static_cast<std::uint32_t>(i));
    const std::string packed = Gzip(bodies[i]);
    Start(under_test, JobOf(i % 5 == 4 ? packed.substr(0, packed.size() / 2) : packed), &recorders[i]);
  }
  for (std::size_t i = 0; i < kJobs; ++i) {
    RunUntilTold(under_test, recorders[i]);
    BOOST_TEST((recorders[i].job.outcome.end == (i % 5 == 4 ? GunzipEnd::kFailed : GunzipEnd::kComplete)));
    if (i % 5 != 4) BOOST_TEST((recorders[i].job.unpacked.bytes() == bodies[i]));
  }
  Settle(under_test);
  for (const Recorder& recorder : recorders) BOOST_TEST(recorder.calls == (under_test.is_elsewhere() ? 1 : 0));
}

inline void TellsNothingAfterDestruction(UnpackerUnderTest& under_test) {
  const std::string body = Lines(20'000, 1), packed = Gzip(body);
  // Not begun, running, done but not told: by chance, and more often than once each.
  for (int steps = 0; steps < 8; ++steps) {
    Recorder recorder;
    Start(under_test, JobOf(packed), &recorder);
    for (int i = 0; i < steps && recorder.calls == 0; ++i) under_test.Step();
    const int calls = recorder.calls;
    recorder.unpacking.reset();
    Settle(under_test);
    BOOST_TEST(recorder.calls == calls);
  }
  // What was given up is in nobody's way.
  Recorder next;
  Start(under_test, JobOf(packed), &next);
  RunUntilTold(under_test, next);
  BOOST_TEST((next.job.unpacked.bytes() == body));
}

inline void ObserversMayEndItAndStartAnother(UnpackerUnderTest& under_test) {
  if (!under_test.is_elsewhere()) return;  // its observers are not called
  Recorder first, other, second;
  first.then = [&] {
    first.unpacking.reset();
    other.unpacking.reset();
    Start(under_test, JobOf(Gzip("m_b 2\n")), &second);
  };
  Start(under_test, JobOf(Gzip("m_a 1\n")), &first);
  Start(under_test, JobOf(Gzip(Lines(100'000, 1))), &other);
  RunUntilTold(under_test, first);
  RunUntilTold(under_test, second);
  Settle(under_test);
  BOOST_TEST((first.job.unpacked.bytes() == "m_a 1\n"));
  BOOST_TEST((second.job.unpacked.bytes() == "m_b 2\n"));
  BOOST_TEST(first.calls == 1);
  BOOST_TEST(second.calls == 1);
  BOOST_TEST(other.calls == 0);
}

}  // namespace unpacker_suite

inline void RunUnpackerSuite(const UnpackerFactory& make) {
  using Check = void (*)(UnpackerUnderTest&);
  const struct {
    const char* name;
    Check check;
  } checks[] = {
      {"whole bodies", unpacker_suite::WholeBodies},
      {"broken bodies", unpacker_suite::BrokenBodies},
      {"limits", unpacker_suite::Limits},
      {"jobs at once have their own outcomes", unpacker_suite::JobsAtOnceHaveTheirOwnOutcomes},
      {"tells nothing after destruction", unpacker_suite::TellsNothingAfterDestruction},
      {"observers may end it and start another", unpacker_suite::ObserversMayEndItAndStartAnother},
  };
  for (const auto& row : checks) {
    BOOST_TEST_CONTEXT(row.name) {
      const std::unique_ptr<UnpackerUnderTest> under_test = make();
      row.check(*under_test);
    }
  }
}

}  // namespace stalemark::testing
