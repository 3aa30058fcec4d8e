// SPDX-License-Identifier: Apache-2.0
#include "core/http/target_scraper.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "core/http/redirect.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

constexpr std::string_view kDeadlineExceeded = "context deadline exceeded";
/// A declared length is believed up to this size; beyond, the buffer grows as bytes arrive.
constexpr std::uint64_t kBelievedLength = 4 << 20;

FetchErrorKind KindOfBodyError(std::string_view error) {
  if (error == kDeadlineExceeded) return FetchErrorKind::kTimeout;
  if (error.substr(0, 5) == "gzip:" || error.substr(0, 6) == "flate:") return FetchErrorKind::kOther;
  return FetchErrorKind::kTransport;
}

}  // namespace

TargetScraper::TargetScraper(HttpEngine& engine, const HttpClientConfig& config, Result<ScrapeRequest> request,
                             const ScraperOptions& options)
    : engine_(engine),
      config_(config),
      request_(std::move(request)),
      options_(options),
      first_hop_is_constant_(!ReadsFiles(config)) {}

TargetScraper::~TargetScraper() = default;

void TargetScraper::Start(MonotonicTime deadline, FetchObserver& observer) {
  assert(phase_ == Phase::kIdle);
  Release();
  observer_ = &observer;
  result_.kind = FetchErrorKind::kNone;
  result_.error.clear();
  result_.content_type.clear();
  hop_ = 0;
  too_big_ = false;
  origin_.referer.clear();
  origin_.crossed_hosts = false;
  bool sent = false;
  if (request_) {
    url_ = &request_->url;
    deadline_timer_ = engine_.scheduler.ArmAt(deadline, [this] { OnDeadline(); });
    sent = SendHop(TimeLeft::kSome);
  } else {
    Decide(FetchErrorKind::kOther, request_.error().message);
  }
  if (sent) return;
  phase_ = Phase::kFailing;
  failure_timer_ = engine_.scheduler.ArmAt(MonotonicTime{}, [this] { Finish(); });
}

void TargetScraper::Release() {
  result_.body = {};
  if (body_.has_memory()) engine_.bodies.Give(std::move(body_));
  if (packed_.has_memory()) engine_.bodies.Give(std::move(packed_));
}

bool TargetScraper::SendHop(TimeLeft time_left) {
  ++hop_;
  HopRequest redirected;
  HopRequest& hop = hop_ == 1 ? first_hop_ : redirected;
  if (hop_ > 1 || !first_hop_built_) {
    const Status status = BuildHop(config_, engine_.files, request_->headers, *url_, origin_, &hop);
    if (!status) {
      DecideForUrl(FetchErrorKind::kTransport, status.error().message);
      return false;
    }
    first_hop_built_ = first_hop_built_ || first_hop_is_constant_;
  }
  if (time_left == TimeLeft::kNone) {
    DecideForUrl(FetchErrorKind::kTimeout, kDeadlineExceeded);
    return false;
  }
  phase_ = Phase::kHead;
  observer_->OnRequest(hop_, *url_);
  exchange_ = engine_.transport.Start(hop, *this);
  return true;
}

void TargetScraper::OnHead(const ResponseHead& head) {
  observer_->OnHead(hop_, head);
  if (IsRedirect(head.status) && BeginRedirect(head)) return;
  BeginBody(head);
}

bool TargetScraper::BeginRedirect(const ResponseHead& head) {
  const std::string_view location = HeaderValue(head.headers, "Location");
  if (location.empty()) return false;
  Result<Url> target = Url::Resolve(*url_, location);
  if (!target) {
    DecideForUrl(FetchErrorKind::kTransport, fmt::format("failed to parse Location header {}: {}",
                                                         text::GoQuote(location), target.error().message));
    Finish();
    return true;
  }
  if (!config_.follow_redirects) return false;
  phase_ = Phase::kRedirectBody;
  location_ = location;
  next_url_ = std::move(*target);
  redirect_body_bytes_ = 0;
  if (head.content_length && *head.content_length > kRedirectBodyMax) FollowRedirect(TimeLeft::kSome);
  return true;
}

void TargetScraper::FollowRedirect(TimeLeft time_left) {
  exchange_.reset();
  if (hop_ == kHopsMax) {
    Decide(FetchErrorKind::kTransport,
           fmt::format("Get {}: stopped after {} redirects", text::GoQuote(location_), kHopsMax));
    Finish();
    return;
  }
  observer_->OnRedirect(hop_, next_url_);
  origin_.referer = RefererFor(*url_, next_url_);
  if (!IsDomainOrSubdomain(next_url_.Hostname(), request_->url.Hostname())) origin_.crossed_hosts = true;
  redirected_url_ = std::move(next_url_);
  url_ = &redirected_url_;
  if (!SendHop(time_left)) Finish();
}

void TargetScraper::BeginBody(const ResponseHead& head) {
  phase_ = Phase::kBody;
  if (head.status != 200) {
    Decide(FetchErrorKind::kHttpStatus, "server returned HTTP status " + head.status_text);
    return;
  }
  result_.content_type = HeaderValue(head.headers, "Content-Type");
  gzip_ = HeaderValue(head.headers, "Content-Encoding") == "gzip";
  body_ = engine_.bodies.Take();
  if (gzip_) packed_ = engine_.bodies.Take();
  BodyBuffer& arriving = gzip_ ? packed_ : body_;
  arriving.Reserve(static_cast<std::size_t>(std::min(head.content_length.value_or(0), kBelievedLength)));
}

void TargetScraper::OnBody(std::string_view bytes) {
  if (phase_ == Phase::kRedirectBody) {
    redirect_body_bytes_ += bytes.size();
    if (redirect_body_bytes_ >= kRedirectBodyMax) FollowRedirect(TimeLeft::kSome);
    return;
  }
  // With an error decided the rest is thrown away.
  if (result_.kind != FetchErrorKind::kNone || too_big_) return;
  BodyBuffer& arriving = gzip_ ? packed_ : body_;
  const std::uint64_t size = arriving.size() + bytes.size();
  if (!gzip_ && options_.body_size_limit > 0 && size >= static_cast<std::uint64_t>(options_.body_size_limit)) {
    ReachBodyLimit();
  } else if (size > options_.max_body_bytes) {
    too_big_ = true;
  } else {
    arriving.Append(bytes);
  }
}

void TargetScraper::OnEnd(const std::optional<TransportError>& error) {
  switch (phase_) {
    case Phase::kHead:
      DecideForUrl(FetchErrorKind::kTransport, error ? std::string_view(error->message) : "EOF");
      Finish();
      break;
    case Phase::kRedirectBody:
      // How it ended does not matter.
      FollowRedirect(TimeLeft::kSome);
      break;
    case Phase::kBody:
      EndBody(error ? std::optional(error->message) : std::nullopt);
      break;
    case Phase::kIdle:
    case Phase::kFailing:
    case Phase::kUnpacking:
      assert(false);
  }
}

void TargetScraper::OnDeadline() {
  switch (phase_) {
    case Phase::kHead:
      DecideForUrl(FetchErrorKind::kTimeout, kDeadlineExceeded);
      Finish();
      break;
    case Phase::kRedirectBody:
      FollowRedirect(TimeLeft::kNone);
      break;
    case Phase::kBody:
      EndBody(std::string(kDeadlineExceeded));
      break;
    case Phase::kUnpacking:
      unpacking_.reset();
      Decide(FetchErrorKind::kTimeout, std::string(kDeadlineExceeded));
      Finish();
      break;
    case Phase::kIdle:
    case Phase::kFailing:
      break;
  }
}

std::string BodyTooLarge(std::uint64_t max_bytes) {
  return fmt::format("body is larger than max_body ({} bytes)", max_bytes);
}

void TargetScraper::EndBody(const std::optional<std::string>& input_error) {
  observer_->OnBodyEnd(hop_, gzip_ ? packed_.size() : body_.size());
  if (result_.kind == FetchErrorKind::kNone && !too_big_) {
    if (gzip_) return Unpack(input_error);
    if (input_error) Decide(KindOfBodyError(*input_error), *input_error);
  }
  FinishBody();
}

void TargetScraper::Unpack(const std::optional<std::string>& input_error) {
  UnpackJob job{std::move(packed_), {}, std::move(body_)};
  job.options.input_error = input_error;
  job.options.limit = static_cast<std::uint64_t>(std::max<std::int64_t>(options_.body_size_limit, 0));
  job.options.bytes_max = options_.max_body_bytes;
  Unpacker& unpacker = engine_.unpacker != nullptr ? *engine_.unpacker : engine_.inline_unpacker;
  unpacking_ = unpacker.Start(job, *this);
  if (unpacking_ == nullptr) return OnUnpacked(job);
  phase_ = Phase::kUnpacking;
  exchange_.reset();
}

void TargetScraper::OnUnpacked(UnpackJob& job) {
  unpacking_.reset();
  body_ = std::move(job.unpacked);
  engine_.bodies.Give(std::move(job.packed));
  switch (job.outcome.end) {
    case GunzipEnd::kComplete:
      break;
    case GunzipEnd::kLimit:
      ReachBodyLimit();
      break;
    case GunzipEnd::kTooBig:
      too_big_ = true;
      break;
    case GunzipEnd::kFailed:
      Decide(KindOfBodyError(job.outcome.error), job.outcome.error);
      break;
  }
  FinishBody();
}

void TargetScraper::FinishBody() {
  if (too_big_) Decide(FetchErrorKind::kOther, BodyTooLarge(options_.max_body_bytes));
  Finish();
}

void TargetScraper::ReachBodyLimit() {
  Decide(FetchErrorKind::kBodyLimit, "body size limit exceeded");
  observer_->OnBodyLimit();
}

void TargetScraper::Decide(FetchErrorKind kind, std::string error) {
  if (result_.kind != FetchErrorKind::kNone) return;
  result_.kind = kind;
  result_.error = std::move(error);
}

void TargetScraper::DecideForUrl(FetchErrorKind kind, std::string_view error) {
  Decide(kind, fmt::format("Get {}: {}", text::GoQuote(url_->StringWithoutPassword()), error));
}

void TargetScraper::Finish() {
  exchange_.reset();
  deadline_timer_.Reset();
  failure_timer_.Reset();
  if (result_.kind == FetchErrorKind::kNone) {
    body_.Seal();
    result_.body = body_.bytes();
  } else {
    result_.content_type.clear();
    Release();
  }
  phase_ = Phase::kIdle;
  // Last: the observer may start anew or destroy this.
  std::exchange(observer_, nullptr)->OnFetchDone(result_);
}

}  // namespace stalemark
