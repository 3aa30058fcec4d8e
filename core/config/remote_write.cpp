// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "core/config/object_writer.h"
#include "core/config/paths.h"
#include "core/config/sections.h"
#include "core/text/ascii.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

constexpr std::array<std::string_view, 16> kWriteHeaders = {"host",
                                                            "content-encoding",
                                                            "content-length",
                                                            "content-type",
                                                            "user-agent",
                                                            "connection",
                                                            "keep-alive",
                                                            "proxy-authenticate",
                                                            "proxy-authorization",
                                                            "www-authenticate",
                                                            "accept-encoding",
                                                            "x-prometheus-remote-write-version",
                                                            "x-prometheus-remote-read-version",
                                                            "x-amz-date",
                                                            "x-amz-security-token",
                                                            "x-amz-content-sha256"};
constexpr std::array<std::string_view, 3> kCloudAuthKeys = {"sigv4", "azuread", "google_iam"};

Field QueueField(std::string_view name, QueueConfig& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            const Fields fields = {
                IntField("capacity", out.capacity),
                IntField("max_shards", out.max_shards),
                IntField("min_shards", out.min_shards),
                IntField("max_samples_per_send", out.max_samples_per_send),
                DurationField("batch_send_deadline", out.batch_send_deadline),
                DurationField("min_backoff", out.min_backoff),
                DurationField("max_backoff", out.max_backoff),
                BoolField("retry_on_http_429", out.retry_on_http_429),
                DurationField("sample_age_limit", out.sample_age_limit),
            };
            constexpr std::chrono::nanoseconds kZero{0};
            return d.Struct(n, "config.QueueConfig", fields,
                            [&] { out = {0, 0, 0, 0, kZero, kZero, kZero, false, kZero}; });
          }};
}

Field MetadataField(std::string_view name, MetadataConfig& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            const Fields fields = {
                BoolField("send", out.send),
                DurationField("send_interval", out.send_interval),
                IntField("max_samples_per_send", out.max_samples_per_send),
            };
            return d.Struct(n, "config.MetadataConfig", fields, [&] { out = {false, {}, 0}; });
          }};
}

Field CloudAuthField(std::string_view name, std::map<std::string, std::string, std::less<>>& out) {
  return {name,
          [&out, name](Decoder& d, const yaml::Node& n) { return n.IsNull() || d.Any(n, out[std::string(name)]); }};
}

Status CheckHeaders(const RemoteWriteConfig& config) {
  for (const auto& [name, value] : config.headers) {
    const std::string lower = ascii::ToLower(name);
    if (lower == "authorization") {
      return Error{
          "authorization header must be changed via the basic_auth, authorization, oauth2, sigv4, azuread or "
          "google_iam parameter"};
    }
    if (std::find(kWriteHeaders.begin(), kWriteHeaders.end(), lower) != kWriteHeaders.end()) {
      return Error{name + " is a reserved header. It must not be changed"};
    }
  }
  return {};
}

Status CheckMessage(const std::string& message) {
  if (message == "prometheus.WriteRequest" || message == "io.prometheus.write.v2.Request") return {};
  return Error{"invalid protobuf_message value: unknown type for remote write protobuf message " + message +
               ", supported: prometheus.WriteRequest, io.prometheus.write.v2.Request"};
}

Status CheckQueue(const QueueConfig& queue) {
  const auto positive = [](std::string_view name) {
    return Error{"remote write queue " + std::string(name) + " must be positive"};
  };
  if (queue.max_shards <= 0) return positive("max_shards");
  if (queue.min_shards <= 0) return positive("min_shards");
  if (queue.min_shards > queue.max_shards) {
    return Error{"remote write queue min_shards must not be greater than max_shards"};
  }
  if (queue.max_samples_per_send <= 0) return positive("max_samples_per_send");
  if (queue.capacity <= 0) return positive("capacity");
  if (queue.max_backoff < queue.min_backoff) {
    return Error{"remote write queue max_backoff must not be less than min_backoff"};
  }
  return {};
}

Status CheckAuthentication(const RemoteWriteConfig& config) {
  std::vector<std::string_view> configured;
  if (config.http_client.basic_auth) configured.push_back("basic_auth");
  if (config.http_client.authorization) configured.push_back("authorization");
  if (config.http_client.oauth2) configured.push_back("oauth2");
  for (const std::string_view key : kCloudAuthKeys) {
    if (config.cloud_auth.count(key) > 0) configured.push_back(key);
  }
  if (configured.size() <= 1) return {};
  std::string list;
  for (const std::string_view key : configured) list += (list.empty() ? "" : " ") + std::string(key);
  return Error{
      "at most one of basic_auth, authorization, oauth2, sigv4, azuread or google_iam must be configured. Currently "
      "configured: [" +
      list + "]"};
}

/// The checks that need nothing but the block itself, in upstream's order.
Status CheckDraft(RemoteWriteDraft& draft, const std::optional<std::string>& url, HttpClientDraft& http_client) {
  if (!url) return Error{"url for remote_write is empty"};
  draft.config.url = *url;
  if (HasNullRule(draft.write_relabel_configs)) {
    return Error{"empty or null relabeling rule in remote write config"};
  }
  Status status = CheckHeaders(draft.config);
  if (status.ok()) status = CheckMessage(draft.config.protobuf_message);
  if (status.ok()) status = CompleteHttpClient(http_client);
  draft.config.http_client = std::move(http_client.config);
  if (status.ok()) status = CheckQueue(draft.config.queue);
  if (status.ok()) status = CheckAuthentication(draft.config);
  return status;
}

bool DecodeRemoteWrite(Decoder& d, const yaml::Node& node, RemoteWriteDraft& out) {
  RemoteWriteConfig& config = out.config;
  HttpClientDraft http_client;
  http_client.config.enable_http2 = false;
  std::optional<std::string> url;
  Fields fields = {
      UrlField("url", url),
      DurationField("remote_timeout", config.remote_timeout),
      StringMapField("headers", config.headers),
      RelabelRulesField("write_relabel_configs", out.write_relabel_configs),
      StringField("name", config.name),
      BoolField("send_exemplars", config.send_exemplars),
      BoolField("send_native_histograms", config.send_native_histograms),
      BoolField("round_robin_dns", config.round_robin_dns),
      NamedStringField("protobuf_message", config.protobuf_message, "remote.WriteMessageType"),
      QueueField("queue_config", config.queue),
      MetadataField("metadata_config", config.metadata),
  };
  for (const std::string_view key : kCloudAuthKeys) fields.push_back(CloudAuthField(key, config.cloud_auth));
  for (Field& field : HttpClientFields(http_client)) fields.push_back(std::move(field));
  return d.Custom(
      node, [] {}, [&](const yaml::Node& n) { d.Struct(n, "config.plain", fields, [] {}); },
      [&] { return CheckDraft(out, url, http_client); });
}

}  // namespace

Field RemoteWriteField(std::string_view name, RemoteWriteDrafts& out) {
  return {name, [&out](Decoder& d, const yaml::Node& n) {
            return d.Items(n, out, "[]*config.RemoteWriteConfig", DecodeRemoteWrite);
          }};
}

Result<std::vector<RemoteWriteConfig>> CompleteRemoteWrites(const RemoteWriteDrafts& drafts, ValidationScheme scheme,
                                                            const yaml::Node*& place) {
  std::vector<RemoteWriteConfig> configs;
  std::set<std::string> names;
  for (const auto& [node, draft] : drafts) {
    place = node;
    if (!draft) return Error{"empty or null remote write config section"};
    RemoteWriteConfig config = draft->config;
    if (!names.insert(config.name).second && !config.name.empty()) {
      return Error{"found multiple remote write configs with job name " + text::GoQuote(config.name)};
    }
    const Status status =
        CompleteRelabelRules(draft->write_relabel_configs, scheme, config.write_relabel_configs, place);
    if (!status.ok()) return status.error();
    configs.push_back(std::move(config));
  }
  return configs;
}

void DumpRemoteWrite(std::string& out, const RemoteWriteConfig& config) {
  ObjectWriter object(out);
  object.AlwaysText("url", RedactedUrl(config.url));
  object.Duration("remote_timeout", config.remote_timeout);
  object.Map("headers", config.headers, AppendJsonString);
  object.List("write_relabel_configs", config.write_relabel_configs, DumpRule);
  object.Text("name", config.name);
  object.Bool("send_exemplars", config.send_exemplars);
  object.Bool("send_native_histograms", config.send_native_histograms);
  object.Bool("round_robin_dns", config.round_robin_dns);
  object.Text("protobuf_message", config.protobuf_message);
  DumpHttpClient(object, config.http_client);
  {
    ObjectWriter queue(object.Key("queue_config"));
    queue.Int("capacity", config.queue.capacity);
    queue.Int("max_shards", config.queue.max_shards);
    queue.Int("min_shards", config.queue.min_shards);
    queue.Int("max_samples_per_send", config.queue.max_samples_per_send);
    queue.Duration("batch_send_deadline", config.queue.batch_send_deadline);
    queue.Duration("min_backoff", config.queue.min_backoff);
    queue.Duration("max_backoff", config.queue.max_backoff);
    queue.Bool("retry_on_http_429", config.queue.retry_on_http_429);
    queue.Duration("sample_age_limit", config.queue.sample_age_limit);
  }
  if (config.metadata == MetadataConfig{false, {}, 0}) return;
  ObjectWriter metadata(object.Key("metadata_config"));
  metadata.AlwaysBool("send", config.metadata.send);
  metadata.AlwaysText("send_interval", FormatDuration(config.metadata.send_interval));
  metadata.Int("max_samples_per_send", config.metadata.max_samples_per_send);
}

}  // namespace stalemark
