// SPDX-License-Identifier: Apache-2.0
#include "live/http/curl_transport.h"

#include <utility>
#include <vector>

#include "live/http/curl_multi.h"
#include "live/http/curl_transfer.h"

namespace stalemark {

/// All transfers, idle ones included.
class CurlTransport::Transfers final : private CurlMultiObserver {
 public:
  Transfers(EventLoop& loop, const CurlTransportOptions& options)
      : options_{options.idle_timeout.count()}, multi_(loop, *this, {options.idle_connections_max}) {}

  CurlTransfer& Begin(const HopRequest& request, TransportObserver& observer);
  void GiveUp(CurlTransfer& transfer);

 private:
  void OnTransferDone(CURL* easy, CURLcode result) override;
  void OnTransferRemoved(CURL* easy) override { idle_.push_back(&CurlTransfer::Of(easy)); }

  const CurlTransferOptions options_;
  std::vector<std::unique_ptr<CurlTransfer>> all_;
  /// The one used last comes first: its memory is most likely cached.
  std::vector<CurlTransfer*> idle_;
  /// Last: it goes before the handles.
  CurlMulti multi_;
};

namespace {

/// Refers to its transfer until that is over or given up.
class CurlExchange final : public Exchange {
 public:
  CurlExchange(CurlTransfer& transfer, std::function<void(CurlTransfer&)> give_up)
      : transfer_(&transfer), give_up_(std::move(give_up)) {
    transfer.set_user(&transfer_);
  }
  ~CurlExchange() override {
    if (transfer_ != nullptr) give_up_(*transfer_);
  }

 private:
  CurlTransfer* transfer_;
  std::function<void(CurlTransfer&)> give_up_;
};

}  // namespace

CurlTransfer& CurlTransport::Transfers::Begin(const HopRequest& request, TransportObserver& observer) {
  if (idle_.empty()) {
    all_.push_back(std::make_unique<CurlTransfer>(options_));
    idle_.push_back(all_.back().get());
  }
  CurlTransfer& transfer = *idle_.back();
  idle_.pop_back();
  transfer.Begin(request, observer);
  multi_.Add(transfer.easy());
  return transfer;
}

void CurlTransport::Transfers::GiveUp(CurlTransfer& transfer) {
  transfer.Detach();
  multi_.Remove(transfer.easy());
}

void CurlTransport::Transfers::OnTransferDone(CURL* easy, CURLcode result) {
  CurlTransfer& transfer = CurlTransfer::Of(easy);
  const std::optional<TransportError> error = transfer.Outcome(result);
  TransportObserver& observer = *transfer.observer();
  transfer.Detach();
  idle_.push_back(&transfer);
  // Last: the observer may start the next exchange.
  observer.OnEnd(error);
}

CurlTransport::CurlTransport(EventLoop& loop, const CurlTransportOptions& options)
    : transfers_(std::make_unique<Transfers>(loop, options)) {}

CurlTransport::~CurlTransport() = default;

std::unique_ptr<Exchange> CurlTransport::Start(const HopRequest& request, TransportObserver& observer) {
  return std::make_unique<CurlExchange>(transfers_->Begin(request, observer),
                                        [this](CurlTransfer& transfer) { transfers_->GiveUp(transfer); });
}

}  // namespace stalemark
