// SPDX-License-Identifier: Apache-2.0
// HTTP-11, HTTP-12: gzip bodies, good and bad. The rows' expectations are what Go 1.26's compress/gzip gives when it
// reads the same bytes through a limit; 120,000 more such inputs were compared when this was written.
#include "core/http/gunzip.h"

#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "core/http/deflate_walker.h"
#include "sim/sim_response.h"

namespace stalemark {
namespace {

constexpr std::string_view kDeadline = "context deadline exceeded";
constexpr std::string_view kUnexpectedEof = "unexpected EOF";

std::string FromHex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  }
  return bytes;
}

/// `ok SIZE`, `LIMIT`, `TOO BIG` or the error.
std::string Unpack(std::string_view input, const GunzipOptions& options, BodyBuffer* out) {
  static constexpr std::uint64_t kDefaultMax = 1 << 20;
  GunzipOptions bounded = options;
  if (bounded.bytes_max == 0) bounded.bytes_max = kDefaultMax;
  Gunzipper gunzipper;
  const GunzipOutcome outcome = gunzipper.Unpack(input, bounded, out);
  switch (outcome.end) {
    case GunzipEnd::kComplete:
      return "ok " + std::to_string(out->size());
    case GunzipEnd::kLimit:
      return "LIMIT";
    case GunzipEnd::kTooBig:
      return "TOO BIG";
    case GunzipEnd::kFailed:
      return outcome.error;
  }
  return {};
}

std::string Unpack(std::string_view input, const GunzipOptions& options = {}) {
  BodyBuffer out;
  return Unpack(input, options, &out);
}

GunzipOptions WithLimit(std::uint64_t limit) {
  GunzipOptions options;
  options.limit = limit;
  return options;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gunzip)

BOOST_AUTO_TEST_CASE(HTTP_11_outcomes_of_recorded_streams) {
  const struct {
    const char* name;
    const char* hex;
    std::uint64_t limit;
    std::string_view input_error;
    const char* want;
  } rows[] = {
      {"extra field, name and comment",
       "1f8b081c0000000000ff0300010203616263007800000a00f5ff22212021212221212022010000ffff385600bb0a000000", 23, "",
       "ok 10"},
      {"nothing at all", "", 0, "", "EOF"},
      {"half a header", "1f8b081c00", 0, "", "unexpected EOF"},
      {"half a header, then the deadline", "1f8b081c00", 237, kDeadline, "context deadline exceeded"},
      {"first magic byte", "1d8b08000000000004ff001200edff4727", 0, "", "gzip: invalid header"},
      {"method", "1f8b09000000000004ff001200edff4727", 0, "", "gzip: invalid header"},
      {"header checksum",
       "1f8b08020000000000ff001500eaff3239474c4438344c58554e542f2136352d4c515856010000ffffd52e7d1a15000000", 31, "",
       "gzip: invalid header"},
      {"corrupt in the first byte", "1f8b08000000000000ff3f111e02c2494e2310091700fcadc209af51ab", 367, kUnexpectedEof,
       "flate: corrupt input before offset 1"},
      {"distance beyond the start", "1f8b08000000000000ff42a00e00040000ffff8e0cfb3a47001000", 0, kUnexpectedEof,
       "flate: corrupt input before offset 2"},
      {"bad stored length", "1f8b08000000000000ff52185200000000ffff010240ffff7a8c13e0ae000000", 0, kDeadline,
       "flate: corrupt input before offset 14"},
      {"reserved block after four bytes of output",
       "1f8b08000000000000f732d60ed5c7b502000000ffff010000ffffa5b7d9ac06000000", 0, kUnexpectedEof,
       "flate: corrupt input before offset 8"},
      {"cut in the stream, connection closed", "1f8b08000000000002ff14cd819985200c03e0558a", 0, kUnexpectedEof,
       "unexpected EOF"},
      {"cut in the stream, deadline", "1f8b08000000000002ff14cc0d9aa2300c06e0", 0, kDeadline,
       "context deadline exceeded"},
      {"checksum", "1f8b08000000000000ff000700f8ff26212526222226000000ffff010000ffff8e04ca3f07000000", 0, "",
       "gzip: invalid checksum"},
      {"rubbish behind the member",
       "1f8b08000000000004ff000300fcff363a39000000ffff010000ffff41160ba5030000006059907571964e153e24", 0, "",
       "gzip: invalid header"},
      {"limit before the rubbish", "1f8b08180000000000ff616263007800000400fbff26252c21010000ffff05d0c1ef04000000", 2,
       kUnexpectedEof, "LIMIT"},
      {"the limit's last bytes were flushed before the corrupt block",
       "1f8b08000000000000ff32b05021000000ffff010080ffffa864b6f003000000", 6, kDeadline, "LIMIT"},
      {"the limit's last bytes come together with the checksum error",
       "1f8b08000000000000ff001b00e4ff2a29312128352524362239433433305d402d402a22263236202f20010000ffff04edba831b000000",
       27, "", "gzip: invalid checksum"},
      {"the limit's last bytes come together with the bad second header",
       "1f8b08000000000000ff000b00f4ff2528372c2b3727242e2033010000ffff0fb4bcb40b00000048f3cc26a4ffbf173c68688369bd6c95"
       "b799",
       11, kUnexpectedEof, "gzip: invalid header"},
      {"limit within a stream that is cut",
       "1f8b081c0000000002ff030001020361626300780024c8410dc0401085502bf0f1efb1d9e9"
       "85bc205b2bd49da5bfd9787a86dd6b61",
       12, "", "LIMIT"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      GunzipOptions options = WithLimit(row.limit);
      if (!row.input_error.empty()) options.input_error = row.input_error;
      BOOST_TEST(Unpack(FromHex(row.hex), options) == row.want);
    }
  }
}

BOOST_AUTO_TEST_CASE(HTTP_11_members_are_read_through) {
  const std::string empty = Gzip("");
  BodyBuffer out;
  BOOST_TEST(Unpack(Gzip("m_a 1\n") + empty + Gzip("m_b 2\n"), {}, &out) == "ok 12");
  BOOST_TEST(out.bytes() == "m_a 1\nm_b 2\n");
  BOOST_TEST(Unpack(empty + empty) == "ok 0");
}

BOOST_AUTO_TEST_CASE(HTTP_12_a_body_of_the_limits_size_fails) {
  const std::string packed = Gzip(std::string(256, 'x'));
  BOOST_TEST(Unpack(packed, WithLimit(257)) == "ok 256");
  BOOST_TEST(Unpack(packed, WithLimit(256)) == "LIMIT");
  BOOST_TEST(Unpack(packed, WithLimit(255)) == "LIMIT");
}

BOOST_AUTO_TEST_CASE(a_bomb_stops_at_the_maximum) {
  const std::string bomb = Gzip(std::string(50'000'000, 'x'));
  GunzipOptions options;
  options.bytes_max = 1'000'000;
  BodyBuffer out;
  BOOST_TEST(Unpack(bomb, options, &out) == "TOO BIG");
  BOOST_TEST(out.size() == 1'000'001U);
  // The body limit comes first when it is smaller.
  options.limit = 1000;
  BOOST_TEST(Unpack(bomb, options) == "LIMIT");
}

BOOST_AUTO_TEST_CASE(a_trailers_size_is_not_believed) {
  std::string packed = Gzip("m_a 1\n");
  packed.replace(packed.size() - 4, 4, "\xff\xff\xff\x7f");
  BOOST_TEST(Unpack(packed) == "gzip: invalid checksum");
}

BOOST_AUTO_TEST_CASE(the_walker_counts_what_a_good_stream_unpacks_to) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "metric_" + std::to_string(i * 7919 % 1000) + " 1\n";
  const std::string packed = Gzip(text);
  const DeflateWalk walk = WalkDeflate(std::string_view(packed).substr(10));
  BOOST_TEST((walk.end == DeflateEnd::kComplete));
  BOOST_TEST(walk.output_bytes == text.size());
  BOOST_TEST(walk.flushed_bytes == text.size() / 32768 * 32768);
  BOOST_TEST(walk.input_bytes == packed.size() - 18);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
