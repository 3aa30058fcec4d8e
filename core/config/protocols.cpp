// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/config/sections.h"
#include "core/text/ascii.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

/// As Go prints a list of texts: `[a b]`.
std::string ListText(const std::vector<std::string>& words) {
  std::string text = "[";
  for (const std::string& word : words) text += (text.size() > 1 ? " " : "") + word;
  return text + "]";
}

}  // namespace

Field ProtocolsField(std::string_view name, ProtocolWords& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            return d.Optional(n, out, [](Decoder& e, const yaml::Node& m, std::vector<std::string>& words) {
              return e.Strings(m, words, "[]config.ScrapeProtocol", "config.ScrapeProtocol");
            });
          }};
}

Result<ScrapeProtocol> ParseProtocol(const std::string& word) {
  if (const std::optional<ScrapeProtocol> protocol = ScrapeProtocolFromName(word)) return *protocol;
  std::vector<std::string> known;
  for (const ScrapeProtocol protocol : kScrapeProtocols) known.emplace_back(ScrapeProtocolName(protocol));
  std::sort(known.begin(), known.end());
  return Error{"unknown scrape protocol " + word + ", supported: " + ListText(known)};
}

Result<std::vector<ScrapeProtocol>> ParseProtocols(const std::vector<std::string>& words) {
  if (words.empty()) return Error{"scrape_protocols cannot be empty"};
  std::vector<ScrapeProtocol> protocols;
  std::vector<std::string> seen;
  for (const std::string& word : words) {
    const std::string lower = ascii::ToLower(word);
    if (std::find(seen.begin(), seen.end(), lower) != seen.end()) {
      return Error{"duplicated protocol in scrape_protocols, got " + ListText(words)};
    }
    const Result<ScrapeProtocol> protocol = ParseProtocol(word);
    if (!protocol.ok()) return Error{"scrape_protocols: " + protocol.error().message};
    protocols.push_back(*protocol);
    seen.push_back(lower);
  }
  return protocols;
}

Field ValidationSchemeField(std::string_view name, std::optional<ValidationScheme>& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            std::string text;
            return d.Custom(
                n, [&] { out.reset(); }, [&](const yaml::Node& m) { d.String(m, text); },
                [&]() -> Status {
                  if (text == "legacy") out = ValidationScheme::kLegacy;
                  if (text == "utf8") out = ValidationScheme::kUtf8;
                  if (text.empty() || text == "legacy" || text == "utf8") return {};
                  return Error{"unrecognized ValidationScheme: " + text::GoQuote(text)};
                });
          }};
}

}  // namespace stalemark
