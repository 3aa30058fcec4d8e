// SPDX-License-Identifier: Apache-2.0
// What a target is scraped at, and when: its URL, its hash, and the phase of its scrapes, which follows from the hash
// and the server's offset seed. Pure functions over the target's final labels (POOL-05). Mirrors Target.URL, hash and
// offset of scrape/target.go, and calculateJitterSeed of scrape/manager.go.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/http/url.h"
#include "core/model/labels.h"
#include "core/seams/time.h"

namespace stalemark {

/// The server's seed: FNV-1a over the host name and the text of the external labels (MGR-12).
std::uint64_t OffsetSeed(std::string_view fqdn, const Labels& external_labels);

/// The scrape URL (TGT-30, TGT-31). `params` are those of the scrape configuration; each `__param_x` label replaces the
/// first value of x. Nothing is validated: see ParseRequestUrl (TGT-37).
Url TargetUrl(const Labels& labels, const QueryValues& params);

/// Identity of a target within its pool (POOL-04).
std::uint64_t TargetHash(const Labels& labels, std::string_view url_text);

/// Wait from `now` until the target's next scrape: above 0, at most the interval (TGT-32). Scrapes fall on the instants
/// t with t mod interval == (hash XOR seed) mod interval. Requires: interval > 0.
Nanoseconds ScrapeOffset(std::uint64_t target_hash, std::uint64_t seed, Nanoseconds interval, WallTime now);

}  // namespace stalemark
