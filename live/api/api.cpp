// SPDX-License-Identifier: Apache-2.0
#include "live/api/api.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "core/config/dump.h"
#include "core/config/json_text.h"
#include "core/text/ascii.h"
#include "live/api/effective_yaml.h"
#include "live/log/time_text.h"

namespace stalemark {
namespace {

/// `data` writes the value of the field of that name.
template <class WriteData>
ApiAnswer SuccessAnswer(WriteData write_data) {
  ApiAnswer answer;
  JsonObject object(answer.body);
  object.AlwaysText("status", "success");
  write_data(object.Key("data"));
  return answer;
}

/// Items into a list that is written piece by piece.
class JsonList {
 public:
  explicit JsonList(std::string& out) : out_(out) { out_ += '['; }
  JsonList(const JsonList&) = delete;
  JsonList& operator=(const JsonList&) = delete;
  ~JsonList() { out_ += ']'; }

  /// The caller writes the item.
  std::string& Item() {
    if (count_ > 0) out_ += ',';
    ++count_;
    return out_;
  }
  std::size_t count() const { return count_; }

 private:
  std::string& out_;
  std::size_t count_ = 0;
};

bool IsLocalhost(std::string_view host) {
  return host == "127.0.0.1" || host == "localhost" || host == "::1";
}

std::string_view HostWithoutPort(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  return colon == std::string_view::npos ? host : host.substr(0, colon);
}

std::string JoinHostPort(std::string_view host, std::string_view port) {
  return host.find(':') == std::string_view::npos ? fmt::format("{}:{}", host, port)
                                                  : fmt::format("[{}]:{}", host, port);
}

/// The target's URL as others reach it (getGlobalURL).
std::string GlobalUrl(Url url, const GlobalUrlOptions& options) {
  if (!IsLocalhost(url.Hostname())) return url.String();
  const std::string port = url.Port();
  if (port == options.own_port) {
    url.scheme = "http";
    url.host = options.external_host;
  } else {
    url.host = HostWithoutPort(options.external_host);
    if (!port.empty()) url.host = JoinHostPort(url.host, port);
  }
  return url.String();
}

void WriteActiveTarget(std::string& out, const std::string& pool, const Target& target,
                       const GlobalUrlOptions& global) {
  const Url url = target.ScrapeUrl();
  const Target::Outcome& outcome = target.outcome();
  JsonObject object(out);
  AppendJsonLabels(object.Key("discoveredLabels"), target.DiscoveredLabels());
  AppendJsonLabels(object.Key("labels"), target.PublicLabels());
  object.AlwaysText("scrapePool", pool);
  object.AlwaysText("scrapeUrl", url.String());
  object.AlwaysText("globalUrl", GlobalUrl(url, global));
  object.AlwaysText("lastError", outcome.error ? outcome.error->message : "");
  object.AlwaysText("lastScrape", outcome.scraped_at ? Rfc3339(*outcome.scraped_at) : kZeroTime);
  AppendJsonFloat(object.Key("lastScrapeDuration"), std::chrono::duration<double>(outcome.duration).count());
  object.AlwaysText("health", TargetHealthText(outcome.health));
  object.AlwaysText("scrapeInterval", target.labels().Get("__scrape_interval__"));
  object.AlwaysText("scrapeTimeout", target.labels().Get("__scrape_timeout__"));
}

void WriteMetadata(std::string& out, const Labels& target, const Metadata& metadata, std::string_view family) {
  JsonObject object(out);
  AppendJsonLabels(object.Key("target"), target);
  if (!family.empty()) object.AlwaysText("metric", family);
  object.AlwaysText("type", MetricTypeText(metadata.type));
  object.AlwaysText("help", metadata.help);
  object.AlwaysText("unit", metadata.unit);
}

/// strconv.Atoi, for what a limit can be.
std::optional<std::int64_t> ParseInteger(std::string_view text) {
  const std::size_t digits_at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const std::string_view digits = text.substr(digits_at);
  if (digits.empty() || digits.size() > 18) return {};
  if (!std::all_of(digits.begin(), digits.end(), ascii::IsDigit)) return {};
  return std::strtoll(std::string(text).c_str(), nullptr, 10);
}

}  // namespace

std::string_view ApiRequest::Parameter(const std::string& name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::string_view() : std::string_view(found->second);
}

ApiAnswer TextAnswer(int status, std::string text) {
  return {status, "text/plain; charset=utf-8", std::move(text), {}};
}

ApiAnswer ErrorAnswer(std::string_view type, std::string_view message) {
  ApiAnswer answer;
  answer.status = type == "bad_data" ? 400 : 500;
  JsonObject object(answer.body);
  object.AlwaysText("status", "error");
  object.AlwaysText("errorType", type);
  object.AlwaysText("error", message);
  return answer;
}

ApiAnswer TargetsAnswer(const ScrapeManager& manager, const GlobalUrlOptions& global, const ApiRequest& request) {
  const std::string_view only = request.Parameter("scrapePool");
  const std::string state = ascii::ToLower(std::string(request.Parameter("state")));
  const bool any = state.empty() || state == "any";
  return SuccessAnswer([&](std::string& out) {
    JsonObject object(out);
    {
      JsonList active(object.Key("activeTargets"));
      for (const auto& [name, pool] : manager.pools()) {
        if (!(any || state == "active") || (!only.empty() && name != only)) continue;
        for (const Target* target : pool->ActiveTargets()) WriteActiveTarget(active.Item(), name, *target, global);
      }
    }
    const bool show_dropped = any || state == "dropped";
    {
      JsonList dropped(object.Key("droppedTargets"));
      for (const auto& [name, pool] : manager.pools()) {
        if (!show_dropped || (!only.empty() && name != only)) continue;
        for (const Target& target : pool->dropped_targets()) {
          JsonObject item(dropped.Item());
          AppendJsonLabels(item.Key("discoveredLabels"), target.DiscoveredLabels());
          item.AlwaysText("scrapePool", name);
        }
      }
    }
    std::string& counts = object.Key("droppedTargetCounts");
    if (!show_dropped) {
      counts += "null";
      return;
    }
    JsonObject by_pool(counts);
    for (const auto& [name, pool] : manager.pools()) by_pool.AlwaysUint(name, pool->dropped_count());
  });
}

ApiAnswer TargetMetadataAnswer(const ScrapeManager& manager, const SelectorParser& parse_selector,
                               const ApiRequest& request) {
  std::optional<std::int64_t> limit;
  if (const std::string_view text = request.Parameter("limit"); !text.empty()) {
    limit = ParseInteger(text);
    if (!limit) return ErrorAnswer("bad_data", "limit must be a number");
  }
  std::vector<Matcher> matchers;
  if (const std::string_view text = request.Parameter("match_target"); !text.empty()) {
    Result<std::vector<Matcher>> parsed = parse_selector(text);
    if (!parsed.ok()) {
      return ErrorAnswer("bad_data", "invalid parameter \"match_target\": " + parsed.error().message);
    }
    matchers = std::move(parsed).value();
  }
  const std::string_view metric = request.Parameter("metric");
  return SuccessAnswer([&](std::string& out) {
    JsonList list(out);
    for (const auto& [name, pool] : manager.pools()) {
      for (const Target* target : pool->ActiveTargets()) {
        // As upstream: a limit is looked at between two targets only.
        if (limit && *limit >= 0 && list.count() >= static_cast<std::size_t>(*limit)) break;
        const Labels labels = target->PublicLabels();
        const ScrapeLoop* loop = pool->LoopOf(*target);
        if (loop == nullptr || !MatchesAll(labels, matchers)) continue;
        if (metric.empty()) {
          for (const Metadata* known : loop->cache()->MetadataByFamily()) {
            WriteMetadata(list.Item(), labels, *known, known->family);
          }
        } else if (const Metadata* known = loop->cache()->FindMetadata(metric); known != nullptr) {
          WriteMetadata(list.Item(), labels, *known, {});
        }
      }
    }
  });
}

ApiAnswer ScrapePoolsAnswer(const ScrapeManager& manager) {
  return SuccessAnswer([&](std::string& out) {
    JsonObject object(out);
    JsonList names(object.Key("scrapePools"));
    for (const auto& [name, pool] : manager.pools()) AppendJsonString(names.Item(), name);
  });
}

ApiAnswer ConfigAnswer(const Config& config) {
  return SuccessAnswer([&](std::string& out) {
    JsonObject object(out);
    object.AlwaysText("yaml", YamlOfJson(DumpConfig(config, config.scrape_configs, {"storage", "remote_write"})));
  });
}

}  // namespace stalemark
