// SPDX-License-Identifier: Apache-2.0
// Runs the cases of tests/conformance/targets: hashes, seeds, offsets, URLs, label population,
// discovery documents.
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/config/config.h"
#include "core/discovery/documents.h"
#include "core/http/reason_phrase.h"
#include "core/model/target_group.h"
#include "core/model/url.h"
#include "core/scrape/populate.h"
#include "core/scrape/target.h"
#include "core/scrape/target_identity.h"
#include "core/text/utf8.h"
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

Json ToJson(const LabelMap& labels) {
  Json json = Json::object();
  for (const auto& entry : labels) json[entry.first] = entry.second;
  return json;
}

Json ToJson(const Labels& labels) {
  Json json = Json::object();
  for (const Label label : labels) json[std::string(label.name)] = label.value;
  return json;
}

bool IsValidUtf8(const Labels& labels) {
  for (const Label label : labels) {
    if (!text::IsValidUtf8(label.name) || !text::IsValidUtf8(label.value)) return false;
  }
  return true;
}

/// The group of a populate case; in base64 where it is not UTF-8, all but its source.
TargetGroup GroupOf(const Json& test) {
  const Json& plain = test.at("group");
  const bool encoded = test.contains("group_b64");
  const Json& group = encoded ? test.at("group_b64") : plain;
  const auto text = [encoded](const std::string& value) { return encoded ? DecodeBase64(value) : value; };
  const auto read = [&text](const Json& object) {
    LabelMap labels;
    for (const auto& item : object.items()) labels[text(item.key())] = text(item.value().get<std::string>());
    return labels;
  };
  TargetGroup out;
  out.source = plain.value("source", "");
  if (group.contains("labels") && group.at("labels").is_object()) out.labels = read(group.at("labels"));
  if (group.contains("targets") && group.at("targets").is_array()) {
    for (const Json& target : group.at("targets")) out.targets.push_back(read(target));
  }
  return out;
}

Json PopulatedJson(const std::shared_ptr<const ScrapeConfig>& config, const TargetGroup& group,
                   const LabelMap& target_labels) {
  Json json = Json::object();
  const Labels discovered = DiscoveredLabels(*config, target_labels, group.labels);
  if (IsValidUtf8(discovered)) json["discovered"] = ToJson(discovered);
  const Result<Labels> labels = PopulateLabels(*config, target_labels, group.labels);
  if (!labels) {
    json["error"] = labels.error().message;
    return json;
  }
  const Target target(*labels, {config, target_labels, std::make_shared<const LabelMap>(group.labels)});
  if (!target.HasPublicLabels()) {
    json["dropped"] = true;
    return json;
  }
  json["labels"] = ToJson(target.labels());
  json["public"] = ToJson(target.PublicLabels());
  json["url"] = target.ScrapeUrl().String();
  json["label_hash"] = std::to_string(target.labels().Hash());
  json["target_hash"] = std::to_string(target.Hash());
  return json;
}

/// Status line of an answer, as the recording server wrote it.
std::string StatusText(int status) {
  const std::string_view reason = ReasonPhrase(status);
  return reason.empty() ? fmt::format("{0} status code {0}", status) : fmt::format("{} {}", status, reason);
}

Result<std::vector<TargetGroup>> ParseDocument(const Json& test) {
  const std::string content = TextOf(test, "content");
  if (test.at("mechanism") == "file") return ParseFileDocument(TextOf(test, "file"), content);
  DiscoveryResponse response;
  response.status = test.at("status").get<int>();
  response.status_text = StatusText(response.status);
  response.content_type = TextOf(test, "content_type");
  response.body = content;
  return ParseHttpResponse(TextOf(test, "url"), response);
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
  if (interval <= Nanoseconds(0)) throw std::invalid_argument("interval_ns is not positive");
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

CaseOutcome RunPopulateCase(const Json& test, const CaseContext&) {
  const Json& expected = test.at("expected");
  const Result<Config> config = LoadConfig(TextOf(test, "config"), LoadOptions());
  if (!config) return CompareJson(expected, {{"config_error", WithoutFileName(config.error().message, kConfigFile)}});
  const auto job = std::make_shared<const ScrapeConfig>(config->scrape_configs.at(0));
  const TargetGroup group = GroupOf(test);

  Json failures = Json::array();
  for (const Error& failure : TargetsFromGroup(group, job).failures) failures.push_back(failure.message);
  Json targets = Json::array();
  for (const LabelMap& target_labels : group.targets) targets.push_back(PopulatedJson(job, group, target_labels));
  return CompareJson(expected, {{"failures", std::move(failures)}, {"targets", std::move(targets)}});
}

CaseOutcome RunDocumentCase(const Json& test, const CaseContext&) {
  const Json& expected = test.at("expected");
  const Result<std::vector<TargetGroup>> parsed = ParseDocument(test);
  if (!parsed && HasText(expected, "error")) {
    return CompareText("error", TextOf(expected, "error"), parsed.error().message);
  }
  if (!parsed) return CompareJson(expected, {{"error", parsed.error().message}});
  Json groups = Json::array();
  for (const TargetGroup& group : *parsed) {
    Json targets = Json::array();
    for (const LabelMap& target : group.targets) targets.push_back(ToJson(target));
    groups.push_back({{"source", group.source}, {"labels", ToJson(group.labels)}, {"targets", std::move(targets)}});
  }
  return CompareJson(expected, {{"groups", std::move(groups)}});
}

}  // namespace stalemark::conformance
