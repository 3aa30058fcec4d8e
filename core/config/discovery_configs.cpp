// SPDX-License-Identifier: Apache-2.0
#include "core/config/discovery_configs.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/config/http_client_decode.h"
#include "core/config/paths.h"
#include "core/config/relabel_rules.h"
#include "core/model/url.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

constexpr std::string_view kGroupType =
    "struct { Targets []string \"yaml:\\\"targets\\\"\"; Labels model.LabelSet \"yaml:\\\"labels\\\"\" }";

/// Upstream's mechanisms that are not implemented here.
constexpr std::array<std::string_view, 34> kOtherMechanisms = {
    "aws_sd_configs",       "azure_sd_configs",       "consul_sd_configs",      "digitalocean_sd_configs",
    "dns_sd_configs",       "docker_sd_configs",      "dockerswarm_sd_configs", "ec2_sd_configs",
    "ecs_sd_configs",       "elasticache_sd_configs", "eureka_sd_configs",      "gce_sd_configs",
    "hetzner_sd_configs",   "ionos_sd_configs",       "kubernetes_sd_configs",  "kuma_sd_configs",
    "lightsail_sd_configs", "linode_sd_configs",      "marathon_sd_configs",    "msk_sd_configs",
    "nerve_sd_configs",     "nomad_sd_configs",       "oci_sd_configs",         "openstack_sd_configs",
    "outscale_sd_configs",  "ovhcloud_sd_configs",    "puppetdb_sd_configs",    "rds_sd_configs",
    "scaleway_sd_configs",  "serverset_sd_configs",   "stackit_sd_configs",     "triton_sd_configs",
    "uyuni_sd_configs",     "vultr_sd_configs",
};

/// A list of pointers: null items become empty ones.
template <class T, class F>
Field PointerListField(std::string_view name, std::vector<std::optional<T>>& out, std::string_view go_type, F decode) {
  return {name, [&out, go_type, decode](Decoder& d, const yaml::Node& n) {
            return d.List(n, out, go_type, [decode](Decoder& e, const yaml::Node& m, std::optional<T>& item) {
              return e.Optional(m, item, decode);
            });
          }};
}

Field LabelSetField(std::string_view name, LabelMap& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            const auto value = [](Decoder& e, const yaml::Node& m, std::string& text) {
              return e.String(m, text, "model.LabelValue");
            };
            return d.Map(n, out, "model.LabelSet", DecodeLabelName, value);
          }};
}

/// `^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$`
bool IsFileSdName(std::string_view name) {
  static constexpr std::array<std::string_view, 6> kEndings = {".json", ".yml", ".yaml", ".JSON", ".YML", ".YAML"};
  return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) {
    return name.size() >= ending.size() && name.substr(name.size() - ending.size()) == ending &&
           IsFilePattern(name.substr(0, name.size() - ending.size()));
  });
}

bool DecodeFileSd(Decoder& d, const yaml::Node& node, FileSdConfig& out) {
  const Fields fields = {StringListField("files", out.files), DurationField("refresh_interval", out.refresh_interval)};
  return d.Custom(
      node, [] {}, [&](const yaml::Node& n) { d.Struct(n, "file.plain", fields, [&] { out = {}; }); },
      [&]() -> Status {
        if (out.files.empty()) return Error{"file service discovery config must contain at least one path name"};
        for (const std::string& file : out.files) {
          if (IsFileSdName(file)) continue;
          return Error{"path name " + text::GoQuote(file) + " is not valid for file discovery"};
        }
        return {};
      });
}

Status CheckHttpSdUrl(const std::string& text) {
  if (text.empty()) return Error{"URL is missing"};
  const Result<Url> url = Url::Parse(text);
  if (!url.ok()) return url.error();
  if (url->scheme != "http" && url->scheme != "https") return Error{"URL scheme must be 'http' or 'https'"};
  if (url->host.empty()) return Error{"host is missing in URL"};
  return {};
}

bool DecodeHttpSd(Decoder& d, const yaml::Node& node, HttpSdConfig& out) {
  HttpClientDraft client;
  Fields fields = HttpClientFields(client);
  fields.push_back(DurationField("refresh_interval", out.refresh_interval));
  fields.push_back(StringField("url", out.url));
  return d.Custom(
      node, [] {}, [&](const yaml::Node& n) { d.Struct(n, "http.plain", fields, [] {}); },
      [&]() -> Status {
        Status status = CheckHttpSdUrl(out.url);
        if (status.ok()) status = CompleteHttpClient(client);
        out.http_client = std::move(client.config);
        return status;
      });
}

Field OpaqueField(std::string_view name, std::vector<OpaqueSdConfig>& out) {
  return {name, [&out, name](Decoder& d, const yaml::Node& n) {
            std::string text;
            const bool good = d.Any(n, text);
            out.push_back({std::string(name), std::move(text)});
            return good;
          }};
}

/// Moves the items out of their optionals; the error names the key.
template <class T>
Status TakeAll(std::vector<std::optional<T>> drafts, std::string_view key, std::vector<T>& out) {
  for (std::optional<T>& draft : drafts) {
    if (!draft) return Error{"empty or null section in " + std::string(key)};
    out.push_back(*std::move(draft));
  }
  return {};
}

}  // namespace

bool DecodeTargetGroup(Decoder& decoder, const yaml::Node& node, TargetGroup& out) {
  std::vector<std::string> addresses;
  const Fields fields = {StringListField("targets", addresses), LabelSetField("labels", out.labels)};
  return decoder.Custom(
      node, [] {}, [&](const yaml::Node& n) { decoder.Struct(n, kGroupType, fields, [] {}); },
      [&]() -> Status {
        for (std::string& address : addresses) out.targets.push_back({{"__address__", std::move(address)}});
        return {};
      });
}

Fields DiscoveryFields(DiscoveryDrafts& drafts, LoadOptions::OtherDiscovery others) {
  Fields fields = {
      PointerListField("file_sd_configs", drafts.file_sd_configs, "[]*file.SDConfig", DecodeFileSd),
      PointerListField("http_sd_configs", drafts.http_sd_configs, "[]*http.SDConfig", DecodeHttpSd),
      PointerListField("static_configs", drafts.static_configs, "[]*targetgroup.Group", DecodeTargetGroup),
  };
  if (others == LoadOptions::OtherDiscovery::kKeepOpaque) {
    for (const std::string_view key : kOtherMechanisms) fields.push_back(OpaqueField(key, drafts.others));
  }
  return fields;
}

Status CompleteDiscovery(DiscoveryDrafts drafts, ScrapeConfig& out) {
  Status status = TakeAll(std::move(drafts.file_sd_configs), "file_sd_configs", out.file_sd_configs);
  if (status.ok()) status = TakeAll(std::move(drafts.http_sd_configs), "http_sd_configs", out.http_sd_configs);
  if (status.ok()) status = TakeAll(std::move(drafts.static_configs), "static_configs", out.static_configs);
  for (std::size_t i = 0; i < out.static_configs.size(); ++i) out.static_configs[i].source = std::to_string(i);
  out.other_sd_configs = std::move(drafts.others);
  return status;
}

Result<std::vector<std::optional<TargetGroup>>> ParseTargetGroups(std::string_view yaml_text) {
  const Result<yaml::Document> document = yaml::Parse(yaml_text);
  if (!document.ok()) return document.error();
  std::vector<std::optional<TargetGroup>> groups;
  if (document->root() == nullptr) return groups;
  Decoder decoder("");
  decoder.List(*document->root(), groups, "[]*targetgroup.Group",
               [](Decoder& d, const yaml::Node& n, std::optional<TargetGroup>& group) {
                 return d.Optional(n, group, DecodeTargetGroup);
               });
  const Status status = decoder.Finish(nullptr);
  if (!status.ok()) return status.error();
  return groups;
}

}  // namespace stalemark
