// SPDX-License-Identifier: Apache-2.0
// The wire format: framing, errors with upstream's texts, and what hostile bytes may cost.
#include "core/exposition/protobuf_wire.h"

#include <limits>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/core/exposition/protobuf_bodies.h"

namespace stalemark::exposition_test {
namespace {

using namespace std::string_literals;

struct ErrorCase {
  const char* name;
  std::string body;
  std::string error;
};

void CheckErrors(const std::vector<ErrorCase>& cases) {
  for (const ErrorCase& test : cases) {
    BOOST_TEST_CONTEXT(test.name) {
      BOOST_TEST(DumpProtobuf(test.body) == "error " + test.error + "\n");
    }
  }
}

std::string FamilyBody(const Message& family) {
  return Body({family});
}
std::string MetricBody(const Message& metric) {
  return BodyOf(kCounter, {metric});
}

BOOST_AUTO_TEST_CASE(PB_01_errors_of_framing) {
  const std::string invalid = "clientpb: invalid varint encountered";
  CheckErrors({
      {"length that never ends", "\x80"s, invalid},
      {"length of six bytes", "\x80\x80\x80\x80\x80\x00"s, invalid},
      {"length of eleven bytes", std::string(10, '\xFF') + "\x01", invalid},
      {"length of five bytes", "\xFF\xFF\xFF\xFF\x7F"s,
       "clientpb: insufficient length of buffer, expected at least 34359738372 bytes, got 5 bytes"},
      {"one byte missing", "\x03\x0A\x01"s,
       "clientpb: insufficient length of buffer, expected at least 4 bytes, got 3 bytes"},
  });
  BOOST_TEST(DumpProtobuf("") == "");
  BOOST_TEST(DumpProtobuf(Body({Message(), Message()})) == "");
}

BOOST_AUTO_TEST_CASE(PB_01_errors_of_fields) {
  CheckErrors({
      {"key cut off", FamilyBody(Message().Raw("\x80")), "unexpected EOF"},
      {"varint too long", FamilyBody(Message().Key(3, 0).Raw(std::string(10, '\x80'))), "proto: integer overflow"},
      {"text cut off", FamilyBody(Message().Key(1, 2).Number(2).Raw("x")), "unexpected EOF"},
      {"negative length", FamilyBody(Message().Key(1, 2).Number(std::uint64_t{1} << 63)),
       "proto: negative length found during unmarshaling"},
      {"length that wraps", FamilyBody(Message().Key(1, 2).Number(std::numeric_limits<std::int64_t>::max())),
       "proto: negative length found during unmarshaling"},
      {"double cut off", MetricBody(Metric(3, Message().Key(1, 1).Raw("1234567"))), "unexpected EOF"},
      {"wrong type of a text", FamilyBody(Message().Varint(1, 0)), "proto: wrong wireType = 0 for field Name"},
      {"wrong type of a number", FamilyBody(Message().Bytes(3, "")), "proto: wrong wireType = 2 for field Type"},
      {"wrong type of a double", MetricBody(Metric(3, Message().Varint(1, 1))),
       "proto: wrong wireType = 0 for field Value"},
      {"unknown type of a known field", FamilyBody(Message().Key(1, 7)), "proto: wrong wireType = 7 for field Name"},
      {"group that ends", FamilyBody(Message().Key(1, 4)), "proto: MetricFamily: wiretype end group for non-group"},
      {"field zero", MetricBody(Message().Key(0, 2)), "proto: Metric: illegal tag 0 (wire type 2)"},
      {"negative field", FamilyBody(Message().Number(std::uint64_t{0xFFFFFFFF} << 3)),
       "proto: MetricFamily: illegal tag -1 (wire type 34359738360)"},
      {"unknown field of no type", FamilyBody(Message().Key(20, 6)), "proto: illegal wireType 6"},
      {"unknown text cut off", FamilyBody(Message().Key(20, 2).Number(5).Raw("1234")), "unexpected EOF"},
      {"unknown text with a length that wraps",
       FamilyBody(Message().Key(20, 2).Number(std::numeric_limits<std::int64_t>::max())),
       "proto: negative length found during unmarshaling"},
      {"group without an end", FamilyBody(Message().Key(20, 3).Varint(1, 1)), "unexpected EOF"},
  });
}

BOOST_AUTO_TEST_CASE(PB_01_every_message_is_named_in_its_errors) {
  const Message bad = Message().Key(1, 4);
  const auto exemplar = [&](const Message& part) { return MetricBody(Metric(3, Message().Sub(2, part))); };
  const auto histogram = [](const Message& part) { return MetricBody(HistogramMetric(part)); };
  struct Named {
    const char* name;
    std::string body;
  };
  const std::vector<Named> cases = {
      {"Metric", MetricBody(bad)},
      {"Gauge", MetricBody(Metric(2, bad))},
      {"Counter", MetricBody(Metric(3, bad))},
      {"Summary", MetricBody(Metric(4, bad))},
      {"Quantile", MetricBody(Metric(4, Message().Sub(3, bad)))},
      {"Untyped", MetricBody(Metric(5, bad))},
      {"Histogram", histogram(bad)},
      {"Bucket", histogram(Message().Sub(3, bad))},
      {"BucketSpan", histogram(Message().Sub(9, bad))},
      {"Exemplar", exemplar(bad)},
      {"LabelPair", exemplar(Message().Sub(1, bad))},
      {"Timestamp", exemplar(Message().Sub(3, bad))},
  };
  for (const Named& test : cases) {
    BOOST_TEST_CONTEXT(test.name) {
      BOOST_TEST(DumpProtobuf(test.body) ==
                 fmt::format("error proto: {}: wiretype end group for non-group\n", test.name));
    }
  }
}

BOOST_AUTO_TEST_CASE(PB_01_unknown_fields_are_skipped) {
  const Message unknown = Message()
                              .Varint(20, 300)
                              .Double(21, 1)
                              .Bytes(22, "text")
                              .Key(23, 3)
                              .Key(0, 3)
                              .Varint(0, 1)
                              .Key(9, 4)
                              .Key(9, 4)
                              .Key(24, 5)
                              .Raw("1234");
  const Message counter = Message().Raw(unknown.bytes()).Double(1, 2);
  const Message metric = Message().Raw(unknown.bytes()).Sub(3, counter);
  const Message family = Message().Raw(unknown.bytes()).Bytes(1, "a").Sub(4, metric).Raw(unknown.bytes());
  BOOST_TEST(Samples(Body({family})) == "a{} 2\n");
}

BOOST_AUTO_TEST_CASE(PB_01_a_field_number_has_32_bits) {
  const Message family = Message().Bytes((std::uint64_t{1} << 32) + 1, "a").Subs(4, {CounterMetric(1)});
  BOOST_TEST(Samples(Body({family})) == "a{} 1\n");
}

BOOST_AUTO_TEST_CASE(the_last_packed_value_may_reach_beyond_the_packed_bytes) {
  // A declared length of 1 byte, a varint of 2: upstream goes on behind the varint.
  const Message histogram = Message().Sub(12, Span(0, 1)).Key(13, 2).Number(1).Number(300).Varint(1, 7);
  BOOST_TEST(Samples(BodyOf(kHistogram, {HistogramMetric(histogram)})) ==
             "a{} integers schema=0 count=7 sum=0 zero=0/0 +[0+1:150]\n");
}

BOOST_AUTO_TEST_CASE(errors_tell_where_the_reader_stood) {
  const std::string good = BodyOf(kCounter, {CounterMetric(1)});
  const PaddedBody body(good + Body({Message().Bytes(1, "b").Key(2, 2).Number(9)}));
  ProtobufParser parser{ParserOptions()};
  parser.Reset(body.view());
  while (parser.Next() != EntryKind::kError) {
  }
  BOOST_TEST(parser.error().offset == body.view().size());
  BOOST_TEST((parser.Next() == EntryKind::kError));
}

BOOST_AUTO_TEST_CASE(hostile_groups_are_skipped_without_recursion) {
  std::string open;
  for (int i = 0; i < 1'000'000; ++i) open += '\x63';  // field 12, group
  std::string close(1'000'000, '\x64');
  const Message family = Message().Raw(open + close).Bytes(1, "a").Subs(4, {CounterMetric(1)});
  BOOST_TEST(Samples(Body({family})) == "a{} 1\n");
  BOOST_TEST(DumpProtobuf(Body({Message().Raw(open)})) == "error unexpected EOF\n");
}

BOOST_AUTO_TEST_CASE(hostile_families_without_metrics_are_skipped_without_recursion) {
  BOOST_TEST(DumpProtobuf(std::string(2'000'000, '\0')) == "");
}

BOOST_AUTO_TEST_CASE(hostile_lengths_reserve_no_memory) {
  // Each declares 2^31 bytes or buckets and has none of them.
  const std::uint64_t huge = std::uint64_t{1} << 31;
  const std::vector<Message> histograms = {Message().Key(13, 2).Number(huge), Message().Key(14, 2).Number(huge),
                                           Message().Key(3, 2).Number(huge), Message().Key(16, 2).Number(huge),
                                           Message().Key(12, 2).Number(huge)};
  for (const Message& histogram : histograms) {
    BOOST_TEST(DumpProtobuf(BodyOf(kHistogram, {HistogramMetric(histogram)})) == "error unexpected EOF\n");
  }
  const Message spans = Message().Sub(12, Span(0, 0xFFFFFFFF)).Sub(12, Span(1, 0xFFFFFFFF)).Sint(13, 1);
  BOOST_TEST(Samples(BodyOf(kHistogram, {HistogramMetric(spans)})) ==
             "error histogram \"a\": positive side: spans require 8589934590 buckets, have 1\n");
}

BOOST_AUTO_TEST_CASE(a_label_that_cannot_be_encoded_fails_where_upstream_panics) {
  const std::string text(kLabelBytesMax, 'x');
  const std::string just_fits(kLabelBytesMax - 1, 'x');
  const auto labelled = [](std::string_view value) {
    return BodyOf(kCounter, {CounterMetric(1).Sub(1, LabelPair("l", value))});
  };
  BOOST_TEST(Samples(labelled(text)) == "error label name or value is too long\n");
  BOOST_TEST(Samples(labelled(just_fits)).size() > kLabelBytesMax);
  BOOST_TEST(Samples(Body({Family(just_fits, kCounter, {CounterMetric(1)})})) ==
             "error label name or value is too long\n");
  const std::string exemplar = BodyOf(kCounter, {Metric(3, Message().Sub(2, Exemplar(text, 1)))});
  BOOST_TEST(Samples(exemplar) == "a{} 0\nerror exemplar label name or value is too long\n");
}

}  // namespace
}  // namespace stalemark::exposition_test
