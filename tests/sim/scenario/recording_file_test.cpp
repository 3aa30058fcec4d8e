// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/recording_file.h"

#include <boost/test/unit_test.hpp>

namespace stalemark::scenario {
namespace {

MonotonicTime At(std::int64_t ns) {
  return MonotonicTime(Nanoseconds(ns));
}

Result<Recording> ReadBack(std::string_view text) {
  return ReadRecordingFile("r.yml", text, [](const std::string& name) -> Result<std::string> {
    if (name == "bodies/a") return std::string("body\0of a", 9);
    return Error{"open " + name + ": no such file or directory"};
  });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recording_file)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  Recording recording;
  recording.timers = {{At(1), At(2), 0, At(3)}, {At(1), At(2), 1, std::nullopt}};
  RecordedExchange full;
  full.start = At(5);
  full.url = "http://h:1/m?a='b'";
  full.request_headers = {{"User-Agent", "x: 'y'"}, {"Empty", ""}};
  full.head = RecordedHead{At(6), {404, "404 Not \"Found\"", {{"A", "b\tc"}}, 12}};
  full.chunks = {{At(7), 4}, {At(8), 5}};
  full.held = true;
  full.body_file = "bodies/a";
  full.end = At(9);
  RecordedExchange failed;
  failed.start = At(10);
  failed.url = "http://h:2/";
  failed.error = TransportError{TransportErrorKind::kRefused, "dial tcp: x"};
  failed.end = At(11);
  recording.exchanges = {full, failed};
  const std::string text = RecordingText(recording);
  const Recording read = ReadBack(text).value();
  BOOST_TEST(RecordingText(read) == text);
  BOOST_TEST((read.timers[1].Key() == recording.timers[1].Key() && !read.timers[1].fired));
  const RecordedExchange& one = read.exchanges[0];
  BOOST_TEST((one.head->head.headers == full.head->head.headers && one.head->head.content_length == 12U));
  BOOST_TEST((one.request_headers == full.request_headers));
  BOOST_TEST((*one.body == std::string("body\0of a", 9)));
  BOOST_TEST((read.exchanges[1].error->kind == TransportErrorKind::kRefused && !read.exchanges[1].head));
}

BOOST_AUTO_TEST_CASE(an_empty_one) {
  BOOST_TEST(ReadBack(RecordingText({})).ok());
}

BOOST_AUTO_TEST_CASE(errors_name_their_place) {
  const auto error = [](std::string_view text) { return ReadBack(text).error().message; };
  BOOST_TEST(error("") == "r.yml:1:1: found nothing, expected a recording");
  BOOST_TEST(error("timers: []\n").find("found no version, expected version: 1") != std::string::npos);
  BOOST_TEST(error("version: 2\n").find("r.yml:1:10: found \"2\", expected 1") != std::string::npos);
  BOOST_TEST(error("version: 1\ntimers:\n- [1, 2]\n").find("r.yml:3:3: found 2 items, expected a timer") !=
             std::string::npos);
  BOOST_TEST(error("version: 1\nexchanges:\n- {start: 1, urk: x}\n").find("did you mean \"url\"") != std::string::npos);
  BOOST_TEST(error("version: 1\nexchanges:\n- {start: 1, url: x, body: nowhere}\n")
                 .find("r.yml:3:28: open nowhere: no such file") != std::string::npos);
  BOOST_TEST(
      error("version: 1\nexchanges:\n- {start: 1, url: x, request: 3}\n").find("found 3, expected one of 0 requests") !=
      std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::scenario
