// SPDX-License-Identifier: Apache-2.0
#include "core/config/dump.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "core/config/json_text.h"
#include "core/config/kept_block.h"
#include "core/config/object_writer.h"
#include "core/config/sections.h"
#include "core/model/url.h"

namespace stalemark {
namespace {

std::string_view ValidationSchemeName(ValidationScheme scheme) {
  return scheme == ValidationScheme::kLegacy ? "legacy" : "utf8";
}

void AppendTexts(std::string& out, const std::vector<std::string>& texts) {
  out += '[';
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += ',';
    AppendJsonString(out, texts[i]);
  }
  out += ']';
}

void DumpTls(ObjectWriter& parent, const TlsConfig& tls) {
  if (tls == TlsConfig{}) return;
  ObjectWriter object(parent.Key("tls_config"));
  object.Text("ca", tls.ca);
  object.Text("cert", tls.cert);
  object.Secret("key", tls.key);
  object.Text("ca_file", tls.ca_file);
  object.Text("cert_file", tls.cert_file);
  object.Text("key_file", tls.key_file);
  object.Text("ca_ref", tls.ca_ref);
  object.Text("cert_ref", tls.cert_ref);
  object.Text("key_ref", tls.key_ref);
  object.Text("server_name", tls.server_name);
  object.AlwaysBool("insecure_skip_verify", tls.insecure_skip_verify);
  object.Text("min_version", tls.min_version);
  object.Text("max_version", tls.max_version);
}

void DumpProxy(ObjectWriter& object, const ProxyConfig& proxy) {
  if (proxy.proxy_url) object.AlwaysText("proxy_url", RedactedUrl(*proxy.proxy_url));
  object.Text("no_proxy", proxy.no_proxy);
  object.Bool("proxy_from_environment", proxy.proxy_from_environment);
  object.Map("proxy_connect_header", proxy.proxy_connect_header,
             [](std::string& out, const std::vector<std::string>& secrets) {
               out += '[';
               for (std::size_t i = 0; i < secrets.size(); ++i) {
                 if (i > 0) out += ',';
                 ObjectWriter::AppendSecret(out, secrets[i]);
               }
               out += ']';
             });
}

void DumpBasicAuth(ObjectWriter& parent, const BasicAuth& auth) {
  ObjectWriter object(parent.Key("basic_auth"));
  object.Text("username", auth.username);
  object.Text("username_file", auth.username_file);
  object.Text("username_ref", auth.username_ref);
  object.Secret("password", auth.password);
  object.Text("password_file", auth.password_file);
  object.Text("password_ref", auth.password_ref);
}

void DumpAuthorization(ObjectWriter& parent, const Authorization& authorization) {
  ObjectWriter object(parent.Key("authorization"));
  object.Text("type", authorization.type);
  object.Secret("credentials", authorization.credentials);
  object.Text("credentials_file", authorization.credentials_file);
  object.Text("credentials_ref", authorization.credentials_ref);
}

void DumpOAuth2(ObjectWriter& parent, const OAuth2& oauth2) {
  ObjectWriter object(parent.Key("oauth2"));
  object.Text("client_id", oauth2.client_id);
  object.Secret("client_secret", oauth2.client_secret);
  object.Text("client_secret_file", oauth2.client_secret_file);
  object.Text("client_secret_ref", oauth2.client_secret_ref);
  object.Text("client_certificate_key_id", oauth2.client_certificate_key_id);
  object.Secret("client_certificate_key", oauth2.client_certificate_key);
  object.Text("client_certificate_key_file", oauth2.client_certificate_key_file);
  object.Text("client_certificate_key_ref", oauth2.client_certificate_key_ref);
  object.Text("grant_type", oauth2.grant_type);
  object.Text("signature_algorithm", oauth2.signature_algorithm);
  object.Text("iss", oauth2.iss);
  object.Text("audience", oauth2.audience);
  object.Map("claims", oauth2.claims, [](std::string& out, const std::string& json) { out += json; });
  object.Texts("scopes", oauth2.scopes);
  object.Text("token_url", oauth2.token_url);
  object.Map("endpoint_params", oauth2.endpoint_params, AppendJsonString);
  DumpTls(object, oauth2.tls_config);
  DumpProxy(object, oauth2.proxy);
}

void DumpTargetGroup(std::string& out, const TargetGroup& group) {
  ObjectWriter object(out);
  object.AlwaysList("targets", group.targets, [](std::string& list, const LabelMap& target) {
    AppendJsonString(list, target.at("__address__"));
  });
  object.Map("labels", group.labels, AppendJsonString);
}

void DumpFileSd(std::string& out, const FileSdConfig& config) {
  ObjectWriter object(out);
  object.AlwaysList("files", config.files, AppendJsonString);
  object.Duration("refresh_interval", config.refresh_interval);
}

void DumpHttpSd(std::string& out, const HttpSdConfig& config) {
  ObjectWriter object(out);
  DumpHttpClient(object, config.http_client);
  object.Duration("refresh_interval", config.refresh_interval);
  object.AlwaysText("url", config.url);
}

void DumpGlobal(ObjectWriter& parent, const GlobalConfig& global) {
  ObjectWriter object(parent.Key("global"));
  object.Duration("scrape_interval", global.scrape_interval);
  object.Duration("scrape_timeout", global.scrape_timeout);
  object.Protocols("scrape_protocols", global.scrape_protocols);
  object.Duration("evaluation_interval", global.evaluation_interval);
  object.Duration("rule_query_offset", global.rule_query_offset);
  object.Text("query_log_file", global.query_log_file);
  object.Text("scrape_failure_log_file", global.scrape_failure_log_file);
  object.Map("external_labels", global.external_labels, AppendJsonString);
  object.ByteSize("body_size_limit", global.body_size_limit);
  object.Uint("sample_limit", global.sample_limit);
  object.Uint("target_limit", global.target_limit);
  object.Uint("label_limit", global.label_limit);
  object.Uint("label_name_length_limit", global.label_name_length_limit);
  object.Uint("label_value_length_limit", global.label_value_length_limit);
  object.Uint("keep_dropped_targets", global.keep_dropped_targets);
  if (global.metric_name_validation_scheme) {
    object.AlwaysText("metric_name_validation_scheme", ValidationSchemeName(*global.metric_name_validation_scheme));
  }
  object.Text("metric_name_escaping_scheme", global.metric_name_escaping_scheme);
  object.Pointer("scrape_native_histograms", global.scrape_native_histograms);
  object.Bool("convert_classic_histograms_to_nhcb", global.convert_classic_histograms_to_nhcb);
  object.Bool("always_scrape_classic_histograms", global.always_scrape_classic_histograms);
  object.Pointer("extra_scrape_metrics", global.extra_scrape_metrics);
}

void DumpLimits(ObjectWriter& object, const ScrapeConfig& job) {
  object.ByteSize("body_size_limit", job.body_size_limit);
  object.Uint("sample_limit", job.sample_limit);
  object.Uint("target_limit", job.target_limit);
  object.Uint("label_limit", job.label_limit);
  object.Uint("label_name_length_limit", job.label_name_length_limit);
  object.Uint("label_value_length_limit", job.label_value_length_limit);
  object.Uint("native_histogram_bucket_limit", job.native_histogram_bucket_limit);
  object.Float("native_histogram_min_bucket_factor", job.native_histogram_min_bucket_factor);
  object.Uint("keep_dropped_targets", job.keep_dropped_targets);
}

/// In the order of their names, as upstream writes them, but for static_configs.
void DumpDiscovery(ObjectWriter& object, const ScrapeConfig& job) {
  std::vector<const OpaqueSdConfig*> others;
  for (const OpaqueSdConfig& other : job.other_sd_configs) {
    if (other.text != "[]" && other.text != "null") others.push_back(&other);
  }
  std::sort(others.begin(), others.end(),
            [](const OpaqueSdConfig* a, const OpaqueSdConfig* b) { return a->key < b->key; });
  auto next = others.begin();
  const auto dump_others_before = [&](std::string_view key) {
    for (; next != others.end() && (*next)->key < key; ++next) {
      AppendWithoutSecrets(object.Key((*next)->key), (*next)->text);
    }
  };
  dump_others_before("file_sd_configs");
  object.List("file_sd_configs", job.file_sd_configs, DumpFileSd);
  dump_others_before("http_sd_configs");
  object.List("http_sd_configs", job.http_sd_configs, DumpHttpSd);
  dump_others_before("~");  // behind all names
  object.List("static_configs", job.static_configs, DumpTargetGroup);
}

void DumpJob(std::string& out, const ScrapeConfig& job) {
  ObjectWriter object(out);
  object.AlwaysText("job_name", job.job_name);
  object.Bool("honor_labels", job.honor_labels);
  object.AlwaysBool("honor_timestamps", job.honor_timestamps);
  object.AlwaysBool("track_timestamps_staleness", job.track_timestamps_staleness);
  object.Map("params", job.params, AppendTexts);
  object.Duration("scrape_interval", job.scrape_interval);
  object.Duration("scrape_timeout", job.scrape_timeout);
  object.Protocols("scrape_protocols", job.scrape_protocols);
  if (job.fallback_scrape_protocol) {
    object.AlwaysText("fallback_scrape_protocol", ScrapeProtocolName(*job.fallback_scrape_protocol));
  }
  object.AlwaysBool("scrape_native_histograms", job.scrape_native_histograms);
  object.AlwaysBool("always_scrape_classic_histograms", job.always_scrape_classic_histograms);
  object.AlwaysBool("convert_classic_histograms_to_nhcb", job.convert_classic_histograms_to_nhcb);
  object.Text("scrape_failure_log_file", job.scrape_failure_log_file);
  object.Text("metrics_path", job.metrics_path);
  object.Text("scheme", job.scheme);
  object.AlwaysBool("enable_compression", job.enable_compression);
  DumpLimits(object, job);
  object.AlwaysText("metric_name_validation_scheme", ValidationSchemeName(job.metric_name_validation_scheme));
  object.AlwaysText("metric_name_escaping_scheme", EscapingSchemeName(job.metric_name_escaping_scheme));
  object.AlwaysBool("extra_scrape_metrics", job.extra_scrape_metrics);
  DumpHttpClient(object, job.http_client);
  object.List("relabel_configs", job.relabel_configs, DumpRule);
  object.List("metric_relabel_configs", job.metric_relabel_configs, DumpRule);
  DumpDiscovery(object, job);
}

}  // namespace

std::string RedactedUrl(const std::string& text) {
  Result<Url> url = Url::Parse(text);
  // The loader has parsed it before.
  if (!url.ok()) return text;
  if (url->user && url->user->password) url->user->password = "xxxxx";
  return url->String();
}

void DumpHttpClient(ObjectWriter& object, const HttpClientConfig& client) {
  if (client.basic_auth) DumpBasicAuth(object, *client.basic_auth);
  if (client.authorization) DumpAuthorization(object, *client.authorization);
  if (client.oauth2) DumpOAuth2(object, *client.oauth2);
  DumpTls(object, client.tls_config);
  object.AlwaysBool("follow_redirects", client.follow_redirects);
  object.AlwaysBool("enable_http2", client.enable_http2);
  DumpProxy(object, client.proxy);
  if (!client.http_headers) return;
  ObjectWriter headers(object.Key("http_headers"));
  for (const auto& [name, header] : *client.http_headers) {
    ObjectWriter values(headers.Key(name));
    values.Texts("values", header.values);
    values.Secrets("secrets", header.secrets);
    values.Texts("files", header.files);
  }
}

void DumpRule(std::string& out, const RelabelRule& rule) {
  ObjectWriter object(out);
  if (rule.source_labels) object.Texts("source_labels", *rule.source_labels);
  object.AlwaysText("separator", rule.separator);
  if (!rule.regex.IsBuiltInDefault()) object.AlwaysText("regex", rule.regex.text());
  object.Uint("modulus", rule.modulus);
  object.Text("target_label", rule.target_label);
  object.AlwaysText("replacement", rule.replacement);
  if (rule.action) object.AlwaysText("action", RelabelActionText(*rule.action));
}

std::string DumpConfig(const Config& config, const std::vector<ScrapeConfig>& jobs,
                       const std::vector<std::string>& sections) {
  std::string out;
  {
    ObjectWriter object(out);
    DumpGlobal(object, config.global);
    object.Texts("scrape_config_files", config.scrape_config_files);
    object.List("scrape_configs", jobs, DumpJob);
    for (const std::string& section : sections) {
      if (section == "storage") DumpStorage(object.Key(section), config.storage);
      if (section == "remote_write") object.List(section, config.remote_write, DumpRemoteWrite);
    }
  }
  return out;
}

std::string DumpScrapeConfig(const ScrapeConfig& job) {
  std::string out;
  DumpJob(out, job);
  return out;
}

}  // namespace stalemark
