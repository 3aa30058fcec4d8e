// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/seam_suites.h"

#include "core/trace/trace_reader.h"
#include "core/trace/trace_writer.h"
#include "sim/bundle_files.h"

namespace stalemark {

BOOST_AUTO_TEST_SUITE(seam_suites)

BOOST_AUTO_TEST_CASE(bundle_files_pass_the_files_suite) {
  for (const char* base : {"/etc/prometheus", "relative"}) {
    testing::RunFilesSuite(base, [](const std::map<std::string, std::string>& contents) {
      return std::make_unique<BundleFiles>(contents);
    });
  }
}

BOOST_AUTO_TEST_CASE(trace_writer_passes_the_trace_sink_suite) {
  trace::TraceWriter writer(trace::Level::kDetail);
  testing::RunTraceSinkSuite(writer);
  Result<trace::TraceReader> reader = trace::TraceReader::Open(writer.bytes());
  BOOST_REQUIRE(reader.ok());
  int events = 0;
  for (Result<std::optional<trace::TimedEvent>> next = reader->Next(); next.ok() && next->has_value();
       next = reader->Next()) {
    ++events;
  }
  BOOST_TEST(events == 5);
}

BOOST_AUTO_TEST_CASE(first_choice_passes_the_choices_suite) {
  testing::RunChoicesSuite([] { return std::make_unique<FirstChoice>(); });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
