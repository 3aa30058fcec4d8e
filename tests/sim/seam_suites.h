// SPDX-License-Identifier: Apache-2.0
// What every Files, TraceSink and Choices must do; an implementation's test gives a factory. The suites of the larger
// seams: scheduler_suite.h (Clock, Scheduler), transport_suite.h, tests/core/storage/appendable_suite.h.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <boost/test/unit_test.hpp>

#include "core/seams/choices.h"
#include "core/seams/files.h"
#include "core/seams/trace_sink.h"

namespace stalemark::testing {

/// `make` gives a Files that holds exactly these paths and contents, below a folder `base` (without a slash at its
/// end).
inline void RunFilesSuite(
    const std::string& base,
    const std::function<std::unique_ptr<Files>(const std::map<std::string, std::string>& contents)>& make) {
  const std::string text("a\0b\xff\n", 5);
  const std::unique_ptr<Files> files = make({{base + "/conf/a.yml", text}, {base + "/conf/b.yml", ""}});

  const Result<std::string> read = files->Read(base + "/conf/a.yml");
  BOOST_REQUIRE(read.ok());
  BOOST_TEST((*read == text));
  const Result<std::string> empty = files->Read(base + "/conf/b.yml");
  BOOST_REQUIRE(empty.ok());
  BOOST_TEST(empty->empty());

  const Result<std::string> missing = files->Read(base + "/conf/c.yml");
  BOOST_REQUIRE(!missing.ok());
  BOOST_TEST(missing.error().message == "open " + base + "/conf/c.yml: no such file or directory");
  const Result<std::string> folder = files->Read(base + "/conf");
  BOOST_REQUIRE(!folder.ok());
  BOOST_TEST(folder.error().message == "read " + base + "/conf: is a directory");

  const std::vector<std::string> expected = {base + "/conf/a.yml", base + "/conf/b.yml"};
  BOOST_TEST(files->Glob(base + "/conf/*.yml") == expected, boost::test_tools::per_element());
  BOOST_TEST(files->Glob(base + "/conf/a.yml").size() == 1u);
  BOOST_TEST(files->Glob(base + "/conf/*.json").empty());
  BOOST_TEST(files->Glob(base + "/*.yml").empty());
}

/// A sink takes every kind of event, with times that stand still, and keeps no view of it: the texts die after the
/// call.
inline void RunTraceSinkSuite(TraceSink& sink) {
  const MonotonicTime at(Nanoseconds(7));
  {
    const std::string text = "gone after the call";
    const Labels labels = Labels::FromSorted({{"a", text}});
    sink.OnEvent(at, trace::ConfigApplied{text});
    sink.OnEvent(at, trace::TargetRefused{text, &labels, text});
    trace::SampleAppended append;
    append.labels = &labels;
    append.error = text;
    sink.OnEvent(at, append);
  }
  sink.OnEvent(at, trace::TransactionEnded{trace::ScrapeSeq{1}, true, ""});
  sink.OnEvent(at, trace::TransactionEnded{trace::ScrapeSeq{1}, false, "twice"});
}

/// Every answer lies within its alternatives; the same implementation made again answers the same.
inline void RunChoicesSuite(const std::function<std::unique_ptr<Choices>()>& make) {
  const std::unique_ptr<Choices> one = make();
  const std::unique_ptr<Choices> other = make();
  for (std::size_t alternatives = 1; alternatives < 200; ++alternatives) {
    for (const ChoicePoint point :
         {ChoicePoint::kStopOrder, ChoicePoint::kTickOrCancel, ChoicePoint::kStaleMarkerOrder}) {
      const std::size_t picked = one->Pick(point, alternatives);
      BOOST_TEST(picked < alternatives);
      BOOST_TEST(picked == other->Pick(point, alternatives));
    }
  }
}

}  // namespace stalemark::testing
