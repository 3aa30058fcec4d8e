// SPDX-License-Identifier: Apache-2.0
#include "core/discovery/documents.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/config/discovery_configs.h"
#include "core/discovery/json_groups.h"
#include "core/text/ascii.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

using GroupItems = std::vector<std::optional<TargetGroup>>;

/// Go's filepath.Ext in lower case: from the last dot of the last element.
std::string ExtensionOf(std::string_view file_name) {
  const std::size_t mark = file_name.find_last_of("./");
  if (mark == std::string_view::npos || file_name[mark] == '/') return {};
  return ascii::ToLower(std::string(file_name.substr(mark)));
}

Result<GroupItems> ParseByExtension(std::string_view file_name, std::string_view content) {
  const std::string extension = ExtensionOf(file_name);
  if (extension == ".json") return ParseJsonGroups(content);
  if (extension == ".yml" || extension == ".yaml") return ParseTargetGroups(content);
  return Error{fmt::format("unhandled file extension {}", text::GoQuote(extension))};
}

/// Refuses nulls, and marks the groups with where they are from.
Result<std::vector<TargetGroup>> Finish(Result<GroupItems> items, std::string_view origin, std::string_view label) {
  if (!items) return items.error();
  std::vector<TargetGroup> groups;
  for (std::optional<TargetGroup>& item : *items) {
    if (!item) return Error{"nil target group item found"};
    item->source = GroupSource(origin, groups.size());
    item->labels[std::string(label)] = origin;
    groups.push_back(std::move(*item));
  }
  return groups;
}

std::string_view TrimBlanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// `application/json`, perhaps with a charset of UTF-8 (SD-32).
bool IsJsonContentType(std::string_view content_type) {
  constexpr std::string_view kJson = "application/json";
  const std::string text = ascii::ToLower(std::string(TrimBlanks(content_type)));
  if (text.compare(0, kJson.size(), kJson) != 0) return false;
  std::string_view rest = std::string_view(text).substr(kJson.size());
  if (rest.empty()) return true;
  if (rest[0] != ';') return false;
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t\n\f\r", 1), rest.size()));
  return rest == "charset=utf-8" || rest == "charset=\"utf-8\"";
}

}  // namespace

Result<std::vector<TargetGroup>> ParseFileDocument(std::string_view file_name, std::string_view content) {
  return Finish(ParseByExtension(file_name, content), file_name, "__meta_filepath");
}

Result<std::vector<TargetGroup>> ParseHttpResponse(std::string_view url, const DiscoveryResponse& response) {
  if (response.status != 200) return Error{"server returned HTTP status " + response.status_text};
  if (!IsJsonContentType(response.content_type)) {
    return Error{"unsupported content type " + text::GoQuote(response.content_type)};
  }
  return Finish(ParseJsonGroups(response.body), url, "__meta_url");
}

std::string GroupSource(std::string_view origin, std::size_t index) {
  return fmt::format("{}:{}", origin, index);
}

void AppendLostGroups(std::string_view origin, std::size_t previous_count, std::vector<TargetGroup>& groups) {
  for (std::size_t index = groups.size(); index < previous_count; ++index) {
    groups.emplace_back();
    groups.back().source = GroupSource(origin, index);
  }
}

}  // namespace stalemark
