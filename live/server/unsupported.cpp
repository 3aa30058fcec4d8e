// SPDX-License-Identifier: Apache-2.0
#include "live/server/unsupported.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "core/config/yaml.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

constexpr std::string_view kSignatures[] = {"sigv4", "azuread", "google_iam"};
constexpr std::string_view kJwtGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

class SupportChecker {
 public:
  explicit SupportChecker(const std::string& file) : file_(file) {}

  /// The keys of a remote_write item that sign.
  void CheckItem(const yaml::Node& item) {
    if (item.kind != yaml::NodeKind::kMapping) return;
    for (std::size_t i = 0; i + 1 < item.children.size(); i += 2) {
      const yaml::Node& key = *item.children[i];
      const bool signs = std::find(std::begin(kSignatures), std::end(kSignatures), key.value) != std::end(kSignatures);
      if (signs && !item.children[i + 1]->IsNull()) {
        Refuse(key, "basic_auth, authorization or oauth2: requests are not signed here, and not sent unsigned");
      }
    }
  }
  /// Any `oauth2` within the node. Aliases lead to what is walked already.
  void CheckGrants(const yaml::Node& node) {
    if (const yaml::Node* oauth2 = node.Find("oauth2")) {
      const yaml::Node* grant = oauth2->Find("grant_type");
      if (grant != nullptr && grant->value == kJwtGrant) {
        Refuse(*grant, "client_credentials: tokens are not asked for by JWT here");
      }
    }
    for (const yaml::Node* child : node.children) CheckGrants(*child);
  }
  const Status& status() const { return status_; }

 private:
  /// The first one stays.
  void Refuse(const yaml::Node& node, std::string_view expected) {
    if (!status_.ok()) return;
    status_ = Error{fmt::format("{}:{}:{}: found {}, expected {}", file_, node.line, node.column,
                                text::GoQuote(node.value), expected)};
  }

  const std::string& file_;
  Status status_;
};

}  // namespace

Status CheckSupported(std::string_view text, const std::string& file) {
  const Result<yaml::Document> document = yaml::Parse(text);
  if (!document.ok() || document->root() == nullptr) return {};
  SupportChecker checker(file);
  if (const yaml::Node* items = document->root()->Find("remote_write")) {
    for (const yaml::Node* item : items->children) {
      checker.CheckItem(item->kind == yaml::NodeKind::kAlias && item->target != nullptr ? *item->target : *item);
    }
  }
  for (const std::string_view section : {"scrape_configs", "remote_write"}) {
    if (const yaml::Node* node = document->root()->Find(section)) checker.CheckGrants(*node);
  }
  return checker.status();
}

}  // namespace stalemark
