// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/recording_file.h"

#include <boost/test/unit_test.hpp>

namespace stalemark::scenario {
namespace {

MonotonicTime At(std::int64_t ns) {
  return MonotonicTime(Nanoseconds(ns));
}

const std::string kBody("body\0of a", 9);
const std::string kBodyName = BodyName(kBody);
const std::string kChanged = "bodies/0123456789abcdef01234567";

Result<Recording> ReadBack(std::string_view text) {
  return ReadRecordingFile("r.yml", text, [](const std::string& name) -> Result<std::string> {
    if (name == kBodyName || name == kChanged) return kBody;
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
  full.body_file = kBodyName;
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
  BOOST_TEST((*one.body == kBody));
  BOOST_REQUIRE_EQUAL(one.chunks.size(), 1);
  BOOST_TEST((one.chunks[0].at == At(8) && one.chunks[0].bytes == 9));
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
  const auto body_error = [&](const std::string& name) {
    return error("version: 1\nexchanges:\n- {start: 1, url: x, body: " + name + "}\n");
  };
  const std::string nowhere = "bodies/ffffffffffffffffffffffff";
  BOOST_TEST(body_error(nowhere) == "r.yml:3:28: open " + nowhere + ": no such file or directory");
  BOOST_TEST(body_error(kChanged) ==
             "r.yml:3:28: " + kChanged + ": content does not match its name: the capsule was changed");
  for (const std::string name : {"../../../etc/passwd", "bodies/../../../../../etc/passwd", "bodies/a",
                                 "bodies/0123456789ABCDEF01234567", "bodies/0123456789abcdef012345678"}) {
    BOOST_TEST(body_error(name) ==
               "r.yml:3:28: found \"" + name + "\", expected bodies/ and 24 hex digits, the name of a body");
  }
  BOOST_TEST(
      error("version: 1\nexchanges:\n- {start: 1, url: x, request: 3}\n").find("found 3, expected one of 0 requests") !=
      std::string::npos);
}

BOOST_AUTO_TEST_CASE(chunks_are_not_longer_than_the_body) {
  const auto read = [](const std::string& chunks, const std::string& more) {
    const Result<Recording> result = ReadBack("version: 1\nexchanges:\n- {start: 1, url: x, chunks: [" + chunks +
                                              "], body: '" + kBodyName + "'" + more + "}\n");
    return result.ok() ? std::string() : result.error().message;
  };
  BOOST_TEST(read("[2, 4], [3, 5]", "") == "");
  const std::string refused = "r.yml:3:30: found chunks that are longer than the body, expected 9 bytes in all";
  BOOST_TEST(read("[2, 4], [3, 6]", "") == refused);
  BOOST_TEST(read("[2, 1073741824]", "") == refused);
  // Nobody plays those of a held body, which may have been packed.
  BOOST_TEST(read("[2, 1073741824]", ", held: true") == "");
  BOOST_TEST(ReadBack("version: 1\nexchanges:\n- {start: 1, url: x, chunks: [[2, 1]]}\n").error().message ==
             "r.yml:3:30: found chunks that are longer than the body, expected 0 bytes in all");
}

BOOST_AUTO_TEST_CASE(chunks_of_a_held_body_are_written_as_one) {
  Recording recording;
  RecordedExchange exchange;
  for (int i = 0; i < 1000; ++i) exchange.chunks.push_back({At(i), 16});
  recording.exchanges = {exchange};
  const std::string apart = RecordingText(recording);
  recording.exchanges[0].held = true;
  BOOST_TEST(RecordingText(recording).find("chunks: [[999, 16000]]") != std::string::npos);
  BOOST_TEST(apart.find("[999, 16]]") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::scenario
