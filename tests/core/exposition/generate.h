// SPDX-License-Identifier: Apache-2.0
// Generated bodies for the twin tests of the text formats: pieces strung together, then changed; and parsing led by
// guesses, which must come out as plain parsing does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/core/exposition/dump.h"
#include "tests/random.h"

namespace stalemark::exposition_test {

using test::Random;

using Pieces = std::vector<std::string_view>;

inline std::string Generate(const Pieces& pieces, Random& random) {
  std::string body;
  for (std::size_t i = random.Below(12) + 1; i > 0; --i) body += pieces[random.Below(pieces.size())];
  return body;
}

/// Changes a body as exporters and broken networks do: lines of another body, cuts, stray bytes.
inline std::string Mutate(std::string body, const Pieces& pieces, Random& random) {
  for (std::size_t i = random.Below(3); i > 0 && !body.empty(); --i) {
    const std::size_t at = random.Below(body.size());
    switch (random.Below(4)) {
      case 0:
        body.erase(at, random.Below(4));
        break;
      case 1:
        body.insert(at, pieces[random.Below(pieces.size())]);
        break;
      case 2:
        body[at] = static_cast<char>(random.Below(256));
        break;
      default:
        body.resize(at);
        break;
    }
  }
  return body;
}

template <class P>
std::vector<std::string> SeriesOf(std::string_view body) {
  const PaddedBody padded(body);
  P parser({});
  parser.Reset(padded.view());
  std::vector<std::string> series;
  for (EntryKind kind = parser.Next(); kind != EntryKind::kEnd && kind != EntryKind::kError; kind = parser.Next()) {
    if (kind == EntryKind::kSeries) series.emplace_back(parser.sample().series);
  }
  return series;
}

/// As Dump, but asking for every series that was ever seen before each entry.
template <class P>
std::string GuidedDump(std::string_view body, const ParserOptions& options, const std::vector<std::string>& known,
                       std::size_t* hits) {
  const PaddedBody padded(body);
  P parser(options);
  parser.Reset(padded.view());
  std::string out;
  for (;;) {
    EntryKind kind = EntryKind::kEnd;
    bool hit = false;
    bool may_be_at_series = true;
    for (std::size_t i = 0; i < known.size() && !hit; ++i) {
      hit = parser.NextIfSeries(known[i], &kind);
      if (!hit) may_be_at_series = may_be_at_series && parser.MayBeAtSeries();
    }
    if (hit && !may_be_at_series) out += "a series where none was said to be\n";
    if (hit) {
      ++*hits;
    } else {
      kind = parser.Next();
    }
    if (kind == EntryKind::kEnd) return out;
    const Starts starts = options.parse_start_timestamps ? Starts::kAsked : Starts::kIgnored;
    out += std::to_string(parser.offset()) + ": " + DumpEntry(kind, parser, starts) + "\n";
    if (kind == EntryKind::kError) return out;
  }
}

constexpr std::size_t kTwinBodies = 60000;

/// The quick path against the token path on bodies of `body_of(random)`, changed. `options_of(i)`: of the i-th body.
template <class P, class BodyOf, class OptionsOf>
void CheckQuickPath(std::uint64_t seed, const Pieces& pieces, BodyOf body_of, OptionsOf options_of) {
  Random random(seed);
  for (std::size_t i = 0; i < kTwinBodies; ++i) {
    const std::string body = Mutate(body_of(random), pieces, random);
    const std::string quick = Dump<P>(body, options_of(i));
    const std::string tokens = Dump<P>(body, options_of(i), TextPaths::kTokensOnly);
    if (quick != tokens) BOOST_TEST(quick == tokens, "body " << text::GoQuote(body));
  }
}

/// Parsing a changed body led by the series of the body before the change, against plain parsing.
template <class P, class BodyOf, class OptionsOf>
void CheckGuidedParsing(std::uint64_t seed, const Pieces& pieces, BodyOf body_of, OptionsOf options_of) {
  Random random(seed);
  std::size_t hits = 0;
  for (std::size_t i = 0; i < kTwinBodies; ++i) {
    const std::string before = body_of(random);
    const std::string body = Mutate(before, pieces, random);
    const std::string plain = Dump<P>(body, options_of(i));
    const std::string guided = GuidedDump<P>(body, options_of(i), SeriesOf<P>(before), &hits);
    if (plain != guided)
      BOOST_TEST(guided == plain, "before " << text::GoQuote(before) << " body " << text::GoQuote(body));
  }
  BOOST_TEST(hits > kTwinBodies / 4);
}

}  // namespace stalemark::exposition_test
