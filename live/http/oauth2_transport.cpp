// SPDX-License-Identifier: Apache-2.0
#include "live/http/oauth2_transport.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/http/hop_client.h"
#include "core/http/redirect.h"
#include "core/http/request_headers.h"
#include "core/text/go_quote.h"
#include "live/http/oauth2_token.h"

namespace stalemark {
namespace {

/// A token that has less left is fetched anew.
constexpr std::chrono::seconds kExpiryMargin{10};
constexpr std::chrono::minutes kFetchMax{1};
/// Settings that nobody has used for so long, as those of a rotated secret, are forgotten.
constexpr std::chrono::minutes kSourceIdleMax{10};
constexpr std::size_t kAnswerBytesMax = std::size_t{1} << 20;

/// Where http.Request would write it: User-Agent is first, the others follow by name.
void SetAuthorization(std::vector<HttpHeader>* headers, const std::string& value) {
  constexpr std::string_view kName = "Authorization";
  headers->erase(std::remove_if(headers->begin(), headers->end(), [&](const auto& h) { return h.name == kName; }),
                 headers->end());
  const auto place = std::find_if(headers->begin(), headers->end(),
                                  [&](const auto& h) { return h.name != "User-Agent" && h.name > kName; });
  headers->insert(place, {std::string(kName), value});
}

}  // namespace

/// An exchange that waits for its token first.
class OAuth2Transport::Waiting final : public Exchange {
 public:
  Waiting(Source& source, Transport& inner, HopRequest request, TransportObserver& observer)
      : source_(&source), inner_(inner), request_(std::move(request)), observer_(observer) {}
  ~Waiting() override;

  void Send(const std::string& authorization) {
    source_ = nullptr;
    SetAuthorization(&request_.headers, authorization);
    exchange_ = inner_.Start(request_, observer_);
  }
  /// The observer may destroy this.
  void Fail(const std::string& message) {
    source_ = nullptr;
    observer_.OnEnd(TransportError{TransportErrorKind::kRefused, message});
  }

 private:
  /// Null once it is out of the source's lists.
  Source* source_;
  Transport& inner_;
  HopRequest request_;
  TransportObserver& observer_;
  std::unique_ptr<Exchange> exchange_;
};

/// The tokens of one set of settings.
class OAuth2Transport::Source final : private TransportObserver {
 public:
  Source(OAuth2Transport& owner, HopClient client, std::string user_agent)
      : owner_(owner), user_agent_(std::move(user_agent)), client_(std::move(client)) {
    HopClient without = client_;
    without.oauth2.reset();
    if (!(without == HopClient{})) without_oauth2_ = std::make_shared<const HopClient>(std::move(without));
  }

  bool IsFor(const HopClient& client, std::string_view user_agent) const {
    return client == client_ && user_agent == user_agent_;
  }
  bool IsLeftBehind(MonotonicTime now) const { return waiting_.empty() && !fetch_ && now - used_at_ > kSourceIdleMax; }
  /// What the request's own connection is made of.
  const std::shared_ptr<const HopClient>& without_oauth2() const { return without_oauth2_; }

  /// Sends it at once or when the token is there.
  void Add(Waiting& waiting) {
    used_at_ = owner_.clock_.MonotonicNow();
    if (token_ && (!expires_at_ || used_at_ < *expires_at_)) return waiting.Send(*token_);
    waiting_.push_back(&waiting);
    if (!fetch_) Fetch(style_.value_or(OAuth2Style::kHeader));
  }
  void Forget(Waiting& waiting) {
    waiting_.remove(&waiting);
    told_.remove(&waiting);
  }

 private:
  struct Running {
    OAuth2Style style;
    TokenRequest asked;
    HopRequest hop;
    std::optional<ResponseHead> head;
    bool is_redirect;
    std::string body;
    std::unique_ptr<Exchange> exchange;
  };

  void Fetch(OAuth2Style style);
  void OnHead(const ResponseHead& head) override;
  void OnBody(std::string_view bytes) override;
  void SendHop();
  void OnEnd(const std::optional<TransportError>& error) override;
  /// The next try, or the end. The first hop may not have been sent.
  void Fail(const Error& error);
  void Finish(const Result<OAuth2Token>& token);

  OAuth2Transport& owner_;
  const std::string user_agent_;
  const HopClient client_;
  std::shared_ptr<const HopClient> without_oauth2_;
  MonotonicTime used_at_{};
  std::optional<std::string> token_;
  std::optional<MonotonicTime> expires_at_;
  /// That which worked.
  std::optional<OAuth2Style> style_;
  std::list<Waiting*> waiting_;
  /// Those that are being told how the last fetch ended.
  std::list<Waiting*> told_;
  std::unique_ptr<Running> fetch_;
  Timer timer_;
};

OAuth2Transport::Waiting::~Waiting() {
  if (source_ != nullptr) source_->Forget(*this);
}

void OAuth2Transport::Source::Fetch(OAuth2Style style) {
  const MonotonicTime now = owner_.clock_.MonotonicNow();
  Result<TokenRequest> asked = TokenRequest::Make(*client_.oauth2, style, user_agent_);
  if (!asked) {
    // Nothing is told inside Start.
    timer_ = owner_.scheduler_.ArmAt(now, [this, error = asked.error()] { Finish(error); });
    return;
  }
  fetch_.reset(new Running{style, std::move(*asked), {}, {}, false, {}, nullptr});
  timer_ = owner_.scheduler_.ArmAt(now + kFetchMax,
                                   [this] { Finish(fetch_->asked.PostError("context deadline exceeded")); });
  SendHop();
}

void OAuth2Transport::Source::SendHop() {
  fetch_->exchange.reset();
  fetch_->head.reset();
  fetch_->is_redirect = false;
  fetch_->body.clear();
  Result<HopRequest> hop = fetch_->asked.Hop();
  if (!hop) {
    timer_ = owner_.scheduler_.ArmAt(owner_.clock_.MonotonicNow(), [this, error = hop.error()] { Fail(error); });
    return;
  }
  fetch_->hop = std::move(*hop);
  fetch_->exchange = owner_.inner_->Start(fetch_->hop, *this);
}

void OAuth2Transport::Source::OnHead(const ResponseHead& head) {
  const Result<bool> is_redirect = fetch_->asked.Follow(head);
  if (!is_redirect) return Fail(is_redirect.error());
  fetch_->head = head;
  fetch_->is_redirect = *is_redirect;
  if (*is_redirect && head.content_length && *head.content_length > kRedirectBodyMax) SendHop();
}

void OAuth2Transport::Source::OnBody(std::string_view bytes) {
  fetch_->body += bytes.substr(0, kAnswerBytesMax - fetch_->body.size());
  if (fetch_->is_redirect && fetch_->body.size() >= kRedirectBodyMax) SendHop();
}

void OAuth2Transport::Source::OnEnd(const std::optional<TransportError>& error) {
  if (!fetch_->head) return Fail(fetch_->asked.PostError(error ? error->message : "EOF"));
  // How the body of a redirect ended does not matter.
  if (fetch_->is_redirect) return SendHop();
  if (error) return Fail(Error{"oauth2: cannot fetch token: " + error->message});
  const Result<OAuth2Token> token = ReadToken(*fetch_->head, fetch_->body);
  if (!token) return Fail(token.error());
  style_ = fetch_->style;
  Finish(token);
}

void OAuth2Transport::Source::Fail(const Error& error) {
  // Some receivers know the client only by what stands in the body. Whatever has failed, upstream tries it.
  if (!style_ && fetch_->style == OAuth2Style::kHeader) return Fetch(OAuth2Style::kBody);
  Finish(error);
}

void OAuth2Transport::Source::Finish(const Result<OAuth2Token>& result) {
  const Result<OAuth2Token> token = result;
  fetch_.reset();
  timer_.Reset();
  token_.reset();
  expires_at_.reset();
  if (token) {
    token_ = token->authorization;
    if (token->expires_in_s != 0) {
      expires_at_ = owner_.clock_.MonotonicNow() + std::chrono::seconds(token->expires_in_s) - kExpiryMargin;
    }
  }
  // Each may destroy others, and ask again.
  told_.splice(told_.end(), waiting_);
  while (!told_.empty()) {
    Waiting& next = *told_.front();
    told_.pop_front();
    if (token) {
      next.Send(token->authorization);
    } else {
      next.Fail(token.error().message);
    }
  }
}

OAuth2Transport::OAuth2Transport(Clock& clock, Scheduler& scheduler, std::unique_ptr<Transport> inner)
    : clock_(clock), scheduler_(scheduler), inner_(std::move(inner)) {}

OAuth2Transport::~OAuth2Transport() = default;

OAuth2Transport::Source& OAuth2Transport::SourceOf(const HopRequest& request) {
  const std::string_view user_agent = HeaderValue(request.headers, "User-Agent");
  for (const std::unique_ptr<Source>& source : sources_) {
    if (source->IsFor(*request.client, user_agent)) return *source;
  }
  const MonotonicTime now = clock_.MonotonicNow();
  sources_.remove_if([&](const std::unique_ptr<Source>& source) { return source->IsLeftBehind(now); });
  sources_.push_back(std::make_unique<Source>(*this, *request.client, std::string(user_agent)));
  return *sources_.back();
}

std::unique_ptr<Exchange> OAuth2Transport::Start(const HopRequest& request, TransportObserver& observer) {
  if (!request.client || !request.client->oauth2) return inner_->Start(request, observer);
  Source& source = SourceOf(request);
  HopRequest own = request;
  own.client = source.without_oauth2();
  auto waiting = std::make_unique<Waiting>(source, *inner_, std::move(own), observer);
  source.Add(*waiting);
  return waiting;
}

}  // namespace stalemark
