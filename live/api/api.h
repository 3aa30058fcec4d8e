// SPDX-License-Identifier: Apache-2.0
// Answers of the HTTP API about targets and configuration, in upstream's JSON: names, nesting and order of the fields
// as web/api/v1/api.go writes them, lists sorted where upstream's order is by chance. Mirrors targets, targetMetadata,
// scrapePools and serveConfig there, and respond and respondError.
//
// Pure functions of the manager's state: they run on the engine's thread, between two of its callbacks. Times are UTC.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/config/config.h"
#include "core/scrape/scrape_manager.h"
#include "core/storage/querier.h"

namespace stalemark {

struct ApiRequest {
  /// `GET`, `POST`, ...; upper case.
  std::string method = "GET";
  /// Decoded, without the query.
  std::string path;
  /// Of the query, and of a form that was posted.
  std::multimap<std::string, std::string> parameters;

  /// The first value, or empty.
  std::string_view Parameter(const std::string& name) const;
};

struct ApiAnswer {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// What `globalUrl` of a target is derived from.
struct GlobalUrlOptions {
  /// The port that this server listens at, as text.
  std::string own_port;
  /// host:port under which others reach this server.
  std::string external_host;
};

/// What a selector selects by; PromQL's parser lies outside of here.
using SelectorParser = std::function<Result<std::vector<Matcher>>(std::string_view text)>;

/// `/api/v1/targets` with `state` and `scrapePool`.
ApiAnswer TargetsAnswer(const ScrapeManager& manager, const GlobalUrlOptions& global, const ApiRequest& request);
/// `/api/v1/targets/metadata` with `match_target`, `metric` and `limit`.
ApiAnswer TargetMetadataAnswer(const ScrapeManager& manager, const SelectorParser& parse_selector,
                               const ApiRequest& request);
/// `/api/v1/scrape_pools`.
ApiAnswer ScrapePoolsAnswer(const ScrapeManager& manager);
/// `/api/v1/status/config`, without the sections that are not kept (docs/guides/live.md).
ApiAnswer ConfigAnswer(const Config& config);

/// `{"status":"error", ...}` with the status of its type: `bad_data` is 400.
ApiAnswer ErrorAnswer(std::string_view type, std::string_view message);
/// A plain text.
ApiAnswer TextAnswer(int status, std::string text);

}  // namespace stalemark
