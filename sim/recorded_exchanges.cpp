// SPDX-License-Identifier: Apache-2.0
#include "sim/recorded_exchanges.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace stalemark {
namespace {

/// Plays one exchange. Between the calls of one step it may be destroyed by the observer.
class PlayedExchange final : public Exchange {
 public:
  PlayedExchange(const RecordedExchange& recorded, const Clock& clock, Scheduler& scheduler,
                 TransportObserver& observer)
      : recorded_(recorded),
        later_(clock.MonotonicNow() - recorded.start),
        scheduler_(scheduler),
        observer_(observer),
        rest_(recorded.body == nullptr ? std::string_view() : *recorded.body) {
    if (recorded_.head) {
      ArmAt(recorded_.head->at, [this] { SendHead(); });
    } else {
      ArmEnd();
    }
  }
  ~PlayedExchange() override {
    if (destroyed_ != nullptr) *destroyed_ = true;
  }

 private:
  void ArmAt(MonotonicTime at, Scheduler::Callback step) { timer_ = scheduler_.ArmAt(at + later_, std::move(step)); }

  /// A step that the observer may end. False: it has destroyed this.
  template <class Call>
  bool Tell(const Call& call) {
    bool destroyed = false;
    destroyed_ = &destroyed;
    call();
    if (destroyed) return false;
    destroyed_ = nullptr;
    return true;
  }

  void SendHead() {
    if (Tell([this] { observer_.OnHead(recorded_.head->head); })) ArmNext();
  }

  void ArmNext() {
    if (recorded_.held || chunk_ == recorded_.chunks.size()) return ArmEnd();
    ArmAt(recorded_.chunks[chunk_].at, [this] { SendChunk(); });
  }

  void SendChunk() {
    const auto wanted = static_cast<std::size_t>(recorded_.chunks[chunk_++].bytes);
    const std::string_view bytes = rest_.substr(0, wanted);
    rest_.remove_prefix(bytes.size());
    if (Tell([&] { observer_.OnBody(bytes); })) ArmNext();
  }

  void ArmEnd() {
    if (recorded_.end) ArmAt(*recorded_.end, [this] { End(); });
  }

  void End() {
    if (recorded_.held && !rest_.empty() && !Tell([this] { observer_.OnBody(rest_); })) return;
    // The last call: the observer usually destroys this.
    observer_.OnEnd(recorded_.error);
  }

  const RecordedExchange& recorded_;
  /// Than it was recorded.
  const Nanoseconds later_;
  Scheduler& scheduler_;
  TransportObserver& observer_;
  std::string_view rest_;
  std::size_t chunk_ = 0;
  Timer timer_;
  /// Set during a call of the observer.
  bool* destroyed_ = nullptr;
};

}  // namespace

RecordedExchanges::RecordedExchanges(const std::vector<RecordedExchange>& exchanges) {
  for (const RecordedExchange& exchange : exchanges) urls_[exchange.url].exchanges.push_back(&exchange);
}

const RecordedExchange* RecordedExchanges::Find(MonotonicTime now, const HopRequest& request) {
  const auto found = urls_.find(RecordedUrl(request));
  if (found == urls_.end()) return nullptr;
  auto& [exchanges, next] = found->second;
  while (next < exchanges.size() && exchanges[next]->start < now) ++next;
  // Two targets of one URL may ask at one instant.
  if (next < exchanges.size() && exchanges[next]->start == now) return exchanges[next++];
  return exchanges[next == 0 ? 0 : next - 1];
}

std::unique_ptr<Exchange> PlayExchange(const RecordedExchange& recorded, const Clock& clock, Scheduler& scheduler,
                                       TransportObserver& observer) {
  return std::make_unique<PlayedExchange>(recorded, clock, scheduler, observer);
}

}  // namespace stalemark
