// SPDX-License-Identifier: Apache-2.0
// Runs the cases of tests/conformance/targets: hashes, seeds, offsets, URLs.
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/http/url.h"
#include "core/model/target_group.h"
#include "core/scrape/target_identity.h"
#include "sim/conformance/case.h"

namespace stalemark::conformance {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

std::string HexText(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(kHexDigits[byte >> 4]);
    out.push_back(kHexDigits[byte & 15]);
  }
  return out;
}

/// Labels of `key`, or of `key`_b64 with names and values in base64.
LabelMap LabelMapOf(const Json& object, const std::string& key) {
  LabelMap labels;
  if (const auto encoded = object.find(key + "_b64"); encoded != object.end()) {
    for (const auto& item : encoded->items()) {
      labels[DecodeBase64(item.key())] = DecodeBase64(item.value().get_ref<const std::string&>());
    }
  } else if (const auto plain = object.find(key); plain != object.end() && plain->is_object()) {
    for (const auto& item : plain->items()) labels[item.key()] = item.value().get<std::string>();
  }
  return labels;
}

/// Empty values stay.
Labels ToLabels(const LabelMap& map) {
  std::vector<Label> labels;
  for (const auto& entry : map) labels.push_back({entry.first, entry.second});
  return Labels::FromSorted(labels);
}

Labels LabelsOf(const Json& object, const std::string& key) {
  return ToLabels(LabelMapOf(object, key));
}

QueryValues ParamsOf(const Json& test) {
  const auto params = test.find("params");
  return params == test.end() || params->is_null() ? QueryValues{} : params->get<QueryValues>();
}

/// First place where two documents differ, as a pointer.
std::string FirstDifference(const Json& expected, const Json& actual) {
  const Json patch = Json::diff(expected, actual);
  return patch.empty() ? std::string() : patch[0].value("path", "");
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

CaseOutcome CompareJson(const Json& expected, const Json& actual) {
  CaseOutcome outcome;
  outcome.produced = Dump(actual);
  outcome.passed = expected == actual;
  if (!outcome.passed) {
    outcome.difference =
        fmt::format("{}: expected {}, got {}", FirstDifference(expected, actual), Dump(expected), outcome.produced);
  }
  return outcome;
}

/// What becomes of a URL in the HTTP client.
Json RequestJson(const std::string& url_text) {
  const Result<Url> url = ParseRequestUrl(url_text);
  if (!url) return {{"error", url.error().message}};
  Json request = {{"url", url->String()}, {"request_uri", url->RequestTarget()}};
  if (!url->host.empty()) request["host"] = url->host;
  return request;
}

}  // namespace

CaseOutcome RunLabelsCase(const Json& test, const CaseContext&) {
  const Labels labels = LabelsOf(test, "labels");
  const Json& expected = test.at("expected");
  Json actual = {{"bytes_len", labels.encoded().size()}, {"hash", std::to_string(labels.Hash())}};
  // Long texts and the empty encoding are left out of the cases.
  if (expected.contains("bytes_hex")) actual["bytes_hex"] = HexText(labels.encoded());
  if (!HasText(expected, "string")) return CompareJson(expected, actual);
  Json wanted = expected;
  wanted.erase("string_b64");
  wanted["string"] = TextOf(expected, "string");
  actual["string"] = labels.ToString();
  return CompareJson(wanted, actual);
}

CaseOutcome RunSeedCase(const Json& test, const CaseContext&) {
  const std::string fqdn = TextOf(test, "fqdn");
  const Labels external_labels = LabelsOf(test, "external_labels");
  return CompareJson(test.at("expected"), {{"hashed_text", fqdn + external_labels.ToString()},
                                           {"seed", std::to_string(OffsetSeed(fqdn, external_labels))}});
}

CaseOutcome RunOffsetCase(const Json& test, const CaseContext&) {
  const Labels labels = LabelsOf(test, "labels");
  const std::string url = TargetUrl(labels, ParamsOf(test)).String();
  const std::uint64_t hash = TargetHash(labels, url);
  const std::uint64_t seed = std::stoull(test.at("seed").get<std::string>());
  const Nanoseconds interval(test.at("interval_ns").get<std::int64_t>());
  Json offsets = Json::array();
  for (const Json& now : test.at("now_ns")) {
    offsets.push_back(ScrapeOffset(hash, seed, interval, WallTime(Nanoseconds(now.get<std::int64_t>()))).count());
  }
  return CompareJson(test.at("expected"), {{"label_hash", std::to_string(labels.Hash())},
                                           {"url", url},
                                           {"target_hash", std::to_string(hash)},
                                           {"offset_ns", std::move(offsets)}});
}

CaseOutcome RunUrlCase(const Json& test, const CaseContext&) {
  const std::string url = TargetUrl(LabelsOf(test, "labels"), ParamsOf(test)).String();
  return CompareJson(test.at("expected"), {{"url", url}, {"request", RequestJson(url)}});
}

}  // namespace stalemark::conformance
