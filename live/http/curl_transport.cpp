// SPDX-License-Identifier: Apache-2.0
#include "live/http/curl_transport.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <netdb.h>

#include "core/http/hop_client.h"
#include "live/http/curl_multi.h"
#include "live/http/curl_transfer.h"

namespace stalemark {
namespace {

/// What a job that is gone leaves behind is dropped after that.
constexpr std::chrono::minutes kClientIdleMax{10};

/// libcurl walks all idle connections of a multi for each transfer: with 5,000 targets on one, that was a quarter of a
/// millisecond a scrape. Each multi costs some 40 KB and two descriptors once it is used.
constexpr std::size_t kMultis = 64;

class PooledTransfer;

/// Transfers that may use the same connections.
struct Client {
  HopClient settings;
  std::vector<std::unique_ptr<PooledTransfer>> transfers{};
  /// The one used last comes first: its memory is most likely cached.
  std::vector<PooledTransfer*> idle{};
  MonotonicTime used_last{};
};

class PooledTransfer final : public CurlTransfer {
 public:
  PooledTransfer(Client& owner, const CurlTransferOptions& options)
      : CurlTransfer(owner.settings, options), owner_(owner) {}
  void ReturnToOwner() { owner_.idle.push_back(this); }
  /// Where it is under way.
  CurlMulti* multi = nullptr;
  MonotonicTime started{};
  /// It failed, and this is asked before it is told.
  NameLookups::Question question{};

 private:
  Client& owner_;
};

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

/// A request that cannot be sent.
class FailedExchange final : public Exchange {
 public:
  FailedExchange(EventLoop& loop, TransportObserver& observer, TransportError error)
      : timer_(loop.ArmAt(MonotonicTime{}, [&observer, error = std::move(error)] { observer.OnEnd(error); })) {}

 private:
  Timer timer_;
};

}  // namespace

/// All transfers, idle ones included.
class CurlTransport::Transfers final : private CurlMultiObserver {
 public:
  Transfers(EventLoop& loop, const CurlTransportOptions& options)
      : loop_(loop),
        options_{static_cast<long>(options.idle_timeout.count()), options.proxy_environment},
        lookups_(loop, options.ask_name),
        multi_options_{std::max(options.idle_connections_max / static_cast<long>(kMultis), 1L)} {}

  std::unique_ptr<Exchange> Start(const HopRequest& request, TransportObserver& observer);

 private:
  Client& ClientFor(const HopClient& settings);
  /// That of the peer: its connections are there. Not the same with and without HTTP/2: libcurl would send a request
  /// that may use it over an idle connection that was made without.
  CurlMulti& MultiFor(const std::string& address, const HopClient& client);
  void GiveUp(CurlTransfer& given_up);
  void AskWhy(PooledTransfer& transfer, CURLcode result, const std::string& name);
  void Finish(PooledTransfer& transfer, CURLcode result, const LookupFailure& lookup);
  void OnTransferDone(CURL* easy, CURLcode result) override;
  void OnTransferRemoved(CURL* easy) override;

  EventLoop& loop_;
  const CurlTransferOptions options_;
  NameLookups lookups_;
  std::vector<std::unique_ptr<Client>> clients_;
  const CurlMultiOptions multi_options_;
  /// Last: they go before the handles. Made when they are first needed.
  std::array<std::unique_ptr<CurlMulti>, kMultis> multis_;
};

std::unique_ptr<Exchange> CurlTransport::Transfers::Start(const HopRequest& request, TransportObserver& observer) {
  Client& client = ClientFor(request.client ? *request.client : HopClient{});
  client.used_last = loop_.MonotonicNow();
  if (client.idle.empty()) {
    client.transfers.push_back(std::make_unique<PooledTransfer>(client, options_));
    client.idle.push_back(client.transfers.back().get());
  }
  PooledTransfer& transfer = *client.idle.back();
  if (Status status = transfer.Begin(request, observer); !status) {
    transfer.Detach();
    TransportError error{TransportErrorKind::kRefused, status.error().message};
    return std::make_unique<FailedExchange>(loop_, observer, std::move(error));
  }
  client.idle.pop_back();
  auto exchange = std::make_unique<CurlExchange>(transfer, [this](CurlTransfer& given_up) { GiveUp(given_up); });
  transfer.started = client.used_last;
  transfer.multi = &MultiFor(request.address, client.settings);
  transfer.multi->Add(transfer.easy());
  return exchange;
}

CurlMulti& CurlTransport::Transfers::MultiFor(const std::string& address, const HopClient& client) {
  const std::size_t slot = std::hash<std::string>()(address) + (client.enable_http2 ? 0 : kMultis / 2);
  std::unique_ptr<CurlMulti>& multi = multis_[slot % kMultis];
  if (multi == nullptr) {
    CurlMultiObserver& observer = *this;
    multi = std::make_unique<CurlMulti>(loop_, observer, multi_options_);
  }
  return *multi;
}

Client& CurlTransport::Transfers::ClientFor(const HopClient& settings) {
  for (const std::unique_ptr<Client>& client : clients_) {
    if (client->settings == settings) return *client;
  }
  const MonotonicTime now = loop_.MonotonicNow();
  const auto is_left_behind = [&](const std::unique_ptr<Client>& client) {
    return client->idle.size() == client->transfers.size() && now - client->used_last > kClientIdleMax;
  };
  clients_.erase(std::remove_if(clients_.begin(), clients_.end(), is_left_behind), clients_.end());
  clients_.push_back(std::make_unique<Client>(Client{settings}));
  return *clients_.back();
}

void CurlTransport::Transfers::GiveUp(CurlTransfer& given_up) {
  auto& transfer = static_cast<PooledTransfer&>(given_up);
  transfer.Detach();
  if (!transfer.question) return transfer.multi->Remove(transfer.easy());
  transfer.question.reset();
  transfer.ReturnToOwner();
}

void CurlTransport::Transfers::OnTransferRemoved(CURL* easy) {
  static_cast<PooledTransfer&>(*CurlTransfer::Of(easy)).ReturnToOwner();
}

void CurlTransport::Transfers::OnTransferDone(CURL* easy, CURLcode result) {
  auto& transfer = static_cast<PooledTransfer&>(*CurlTransfer::Of(easy));
  if (const std::string name = transfer.UnknownName(result); !name.empty()) return AskWhy(transfer, result, name);
  Finish(transfer, result, {});
}

void CurlTransport::Transfers::AskWhy(PooledTransfer& transfer, CURLcode result, const std::string& name) {
  const ResolvConf conf = ResolvConf::OfSystem();
  const Nanoseconds took = loop_.MonotonicNow() - transfer.started;
  // The second answer would take as long.
  if (took >= conf.patience()) return Finish(transfer, result, DescribeLookup(EAI_AGAIN, took, conf));
  transfer.question = lookups_.Ask(name, [this, &transfer, result, conf](int code, Nanoseconds again_took) {
    transfer.question.reset();
    Finish(transfer, result, DescribeLookup(code, again_took, conf));
  });
  // So many names under way at once: it is the server.
  if (!transfer.question) Finish(transfer, result, DescribeLookup(EAI_AGAIN, took, conf));
}

void CurlTransport::Transfers::Finish(PooledTransfer& transfer, CURLcode result, const LookupFailure& lookup) {
  const std::optional<TransportError> error = transfer.Outcome(result, lookup);
  TransportObserver& observer = *transfer.observer();
  transfer.Detach();
  transfer.ReturnToOwner();
  // Last: the observer may start the next exchange.
  observer.OnEnd(error);
}

CurlTransport::CurlTransport(EventLoop& loop, const CurlTransportOptions& options)
    : transfers_(std::make_unique<Transfers>(loop, options)) {}

CurlTransport::~CurlTransport() = default;

std::unique_ptr<Exchange> CurlTransport::Start(const HopRequest& request, TransportObserver& observer) {
  return transfers_->Start(request, observer);
}

}  // namespace stalemark
