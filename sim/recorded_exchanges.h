// SPDX-License-Identifier: Apache-2.0
// RecordedExchanges: finds what a recording answers to a request (core/seams/recording.h), and PlayExchange plays it.
//
// A request at a recorded instant gets that exchange, to the nanosecond. One that the recording does not know, because
// the configuration or the targets are others now, gets the last exchange of its URL that had begun by then, else the
// first, with the same delays. The recording outlives both.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/seams/clock.h"
#include "core/seams/recording.h"
#include "core/seams/scheduler.h"
#include "core/seams/transport.h"

namespace stalemark {

class RecordedExchanges {
 public:
  explicit RecordedExchanges(const std::vector<RecordedExchange>& exchanges);
  /// Null: the URL was never asked.
  const RecordedExchange* Find(MonotonicTime now, const HopRequest& request);

 private:
  struct OfUrl {
    /// In the order of their starts.
    std::vector<const RecordedExchange*> exchanges;
    /// Those before it have been played, or their instant is past.
    std::size_t next = 0;
  };
  std::map<std::string, OfUrl, std::less<>> urls_;
};

std::unique_ptr<Exchange> PlayExchange(const RecordedExchange& recorded, const Clock& clock, Scheduler& scheduler,
                                       TransportObserver& observer);

}  // namespace stalemark
