// SPDX-License-Identifier: Apache-2.0
#include "live/log/log.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace stalemark::testing {
namespace {

class FixedClock final : public Clock {
 public:
  WallTime WallNow() const override { return WallTime(std::chrono::milliseconds(1'767'323'045'678)); }
  MonotonicTime MonotonicNow() const override { return {}; }
};

BOOST_AUTO_TEST_CASE(lines_are_those_of_slog) {
  const FixedClock clock;
  std::string out;
  const auto write = [&](std::string_view line) { out += line; };
  const Log log(clock, {}, write);
  log.Info("Server is ready to receive web requests.", {{"port", "9090"}, {"err", "a=\"b\""}, {"empty", ""}});
  log.Debug("not shown");
  BOOST_TEST(out ==
             "time=2026-01-02T03:04:05.678Z level=INFO msg=\"Server is ready to receive web requests.\" port=9090 "
             "err=\"a=\\\"b\\\"\" empty=\"\"\n");
  out.clear();
  const Log json(clock, {LogLevel::kWarn, LogOptions::Format::kJson}, write);
  json.Info("not shown");
  json.Error("bad", {{"err", "x\ny"}});
  BOOST_TEST(out == R"({"time":"2026-01-02T03:04:05.678Z","level":"ERROR","msg":"bad","err":"x\u000ay"})"
                    "\n");
}

}  // namespace
}  // namespace stalemark::testing
