// SPDX-License-Identifier: Apache-2.0
// FanoutStorage: appends to a primary storage and then to secondaries (FAN-01, FAN-02). Mirrors storage/fanout.go.
//
// Append: the primary decides first; what it refuses no secondary sees. A secondary's refusal is returned, and the
// sample stays in the appenders before it. Refused exemplars stop nobody: they are summed up over all. Commit: primary,
// then secondaries in order, each when the one before is done; after the first error the remaining ones are rolled
// back, and those before stay committed.
//
// The storages must outlive the fanout, and the fanout its appenders. Callers see the primary's references; each
// secondary gets its own for the same series (upstream hands it the primary's, which its secondaries ignore).
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/seams/appendable.h"
#include "core/storage/querier.h"

namespace stalemark {

class FanoutStorage final : public Appendable {
 public:
  FanoutStorage(Appendable& primary, const std::vector<Appendable*>& secondaries);
  std::unique_ptr<Appender> NewAppender(const AppenderContext& context) override;

 private:
  friend class FanoutAppender;
  struct Secondary {
    Appendable* storage;
    /// The primary's reference -> this storage's.
    boost::unordered_flat_map<std::uint64_t, SeriesRef> refs;
  };

  Appendable& primary_;
  std::vector<Secondary> secondaries_;
};

/// Reads from a primary and secondaries at once (READ-06, READ-07): an error of the primary is the result's, one of a
/// secondary costs its series and is a warning. Series of equal labels are merged; of two samples of one time the
/// storages' order decides (upstream leaves that to chance). The storages must outlive it.
class FanoutQueryable final : public Queryable {
 public:
  FanoutQueryable(const Queryable& primary, std::vector<const Queryable*> secondaries)
      : primary_(primary), secondaries_(std::move(secondaries)) {}
  SelectResult Select(const TimeRange& range, const std::vector<Matcher>& matchers) const override;

 private:
  const Queryable& primary_;
  std::vector<const Queryable*> secondaries_;
};

}  // namespace stalemark
