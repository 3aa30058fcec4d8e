// SPDX-License-Identifier: Apache-2.0
// FanoutStorage: appends to a primary storage and then to secondaries (FAN-01, FAN-02). Mirrors storage/fanout.go.
//
// Append: the primary decides first; what it refuses no secondary sees. A secondary's refusal is returned, and the
// sample stays in the appenders before it. Commit: primary, then secondaries in order, each when the one before is
// done; after the first error the remaining ones are rolled back, and those before stay committed.
//
// The storages must outlive the fanout, and the fanout its appenders. Callers see the primary's references; each
// secondary gets its own for the same series (upstream hands it the primary's, which its secondaries ignore).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/seams/appendable.h"

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

}  // namespace stalemark
