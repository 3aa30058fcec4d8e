// SPDX-License-Identifier: Apache-2.0
// What comes by HTTP before any parser sees it: URLs, in configurations and redirects, and gzip streams.
#include <algorithm>
#include <string>

#include <boost/test/unit_test.hpp>

#include "core/http/gunzip.h"
#include "core/http/url.h"
#include "core/model/url.h"
#include "sim/sim_response.h"
#include "tests/fuzz/corpus.h"

namespace stalemark::fuzz {
namespace {

Corpus Urls() {
  Corpus corpus;
  ForEachCase("targets/url.jsonl", [&](const Json& test) {
    if (test.at("expected").contains("url")) AddInput(corpus, test.at("expected").at("url"));
  });
  for (const char* url :
       {"http://user:pass@host:80/a/../b?c=d;e#f", "//[fe80::1%25en0]:9100/x", "mailto:a@b", "?q", "../x"})
    AddInput(corpus, url);
  corpus.words = {"%41", "%zz", "%2f", "[", "]", "@", ":", "://", "//", "..", "?", "#", ";", "\x7f", " ", "\xff", "é"};
  return corpus;
}

/// Read, resolved against another, made into a request and written again.
Outcome ReadUrl(std::string_view text, Steps&) {
  static const Url base = *Url::Parse("http://h:80/a/b?c");
  const Result<Url> resolved = Url::Resolve(base, text);
  const Result<Url> url = ParseRequestUrl(text);
  if (!url.ok()) return Outcome::Refused(url.error().message);
  if (!resolved.ok()) return Outcome::Refused(resolved.error().message);
  if (HopTo(*url).target.find('\n') != std::string::npos) return Outcome::Wrong("a line feed in the request line");
  const std::string written = url->String();
  const Result<Url> again = Url::Parse(written);
  if (again.ok() && again->String() != written) return Outcome::Wrong("written otherwise the second time");
  return {};
}

Corpus Streams() {
  Corpus corpus;
  const std::string page = RepositoryFile("tests/conformance/exposition/real/blackbox_probe.txt");
  corpus.inputs = {Gzip(""), Gzip("up 1\n"), Gzip(page), Gzip("a 1\n") + Gzip("b 2\n"),
                   Gzip(std::string(300'000, 'x'))};
  corpus.words = {std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10), std::string("\x03\0", 2),
                  std::string("\1\0\0\xff\xff", 5)};
  return corpus;
}

/// What may come out; 300,000 bytes are too many.
constexpr std::uint64_t kUnpackedBytesMax = 100'000;

Outcome UnpackStream(std::string_view stream, Steps&) {
  static Gunzipper gunzipper;
  GunzipOptions options;
  options.bytes_max = kUnpackedBytesMax;
  BodyBuffer out;
  const GunzipOutcome outcome = gunzipper.Unpack(stream, options, &out);
  if (out.size() > kUnpackedBytesMax + 1) return Outcome::Wrong("more than the limit came out");
  switch (outcome.end) {
    case GunzipEnd::kComplete:
      return {};
    case GunzipEnd::kLimit:
      return Outcome::Wrong("a limit that nobody set");
    case GunzipEnd::kTooBig:
      return Outcome::Refused("too big");
    case GunzipEnd::kFailed:
      break;
  }
  return Outcome::Refused(outcome.error);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transport)

BOOST_AUTO_TEST_CASE(urls) {
  CheckByFuzz({ReadUrl, {0, 0}, {16 << 10, 256}}, Urls(), 60'000);
}

BOOST_AUTO_TEST_CASE(gzip_streams) {
  CheckByFuzz({UnpackStream, {0, 0}, {1 << 20, 64}}, Streams(), 20'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::fuzz
