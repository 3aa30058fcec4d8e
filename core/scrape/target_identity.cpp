// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/target_identity.h"

#include <cassert>
#include <string>

#include <fmt/format.h>

#include "core/scrape/target_labels.h"
#include "core/text/fnv.h"

namespace stalemark {

std::uint64_t OffsetSeed(std::string_view fqdn, const Labels& external_labels) {
  return text::Fnv1a64(external_labels.ToString(), text::Fnv1a64(fqdn));
}

Url TargetUrl(const Labels& labels, const QueryValues& params) {
  QueryValues values = params;
  for (const Label label : labels) {
    if (label.name.substr(0, kParamLabelPrefix.size()) != kParamLabelPrefix) continue;
    std::vector<std::string>& list = values[std::string(label.name.substr(kParamLabelPrefix.size()))];
    if (list.empty()) list.emplace_back();
    list[0] = label.value;
  }
  Url url;
  url.scheme = labels.Get(kSchemeLabel);
  url.host = labels.Get(kAddressLabel);
  url.path = labels.Get(kMetricsPathLabel);
  url.raw_query = EncodeQuery(values);
  return url;
}

std::uint64_t TargetHash(const Labels& labels, std::string_view url_text) {
  return text::Fnv1a64(url_text, text::Fnv1a64(fmt::format("{:016}", labels.Hash())));
}

Nanoseconds ScrapeOffset(std::uint64_t target_hash, std::uint64_t seed, Nanoseconds interval, WallTime now) {
  assert(interval.count() > 0);
  const std::int64_t length = interval.count();
  const std::int64_t base = length - UnixNanos(now) % length;
  const std::uint64_t offset = (target_hash ^ seed) % static_cast<std::uint64_t>(length);
  // Wraps round for intervals above 146 years, as upstream's does.
  const auto next = static_cast<std::int64_t>(static_cast<std::uint64_t>(base) + offset);
  return Nanoseconds(next > length ? next - length : next);
}

}  // namespace stalemark
