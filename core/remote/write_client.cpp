// SPDX-License-Identifier: Apache-2.0
#include "core/remote/write_client.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "core/http/redirect.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

/// Bytes of a refusal's body that its text shows.
constexpr std::size_t kErrorBodyBytesMax = 1024;

/// strconv.Atoi.
std::optional<std::int64_t> Atoi(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty() || text.size() > 19) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  const std::uint64_t limit = (std::uint64_t{1} << 63) - (negative ? 0 : 1);
  if (value > limit) return std::nullopt;
  return static_cast<std::int64_t>(negative ? 0 - value : value);
}

std::optional<int> Digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Seconds since the Unix epoch of a day that exists.
std::optional<std::int64_t> DaysToSeconds(int year, int month, int day) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (day < 1 || day > kDays[month] + (month == 1 && leap ? 1 : 0)) return std::nullopt;
  // Days before March of a year that begins with March.
  const std::int64_t y = year - (month < 2 ? 1 : 0);
  const std::int64_t month_from_march = (month + 10) % 12;
  const std::int64_t days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * month_from_march + 2) / 5 + day - 1 - 719'468;
  return days * 86'400;
}

/// `Mon, 02 Jan 2006 15:04:05 GMT`. As upstream's the weekday is not compared with the date.
std::optional<std::int64_t> ParseHttpDate(std::string_view text) {
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return std::nullopt;
  if (text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':') return std::nullopt;
  constexpr std::string_view kWeekdays = "Mon Tue Wed Thu Fri Sat Sun";
  if (kWeekdays.find(text.substr(0, 3)) % 4 != 0) return std::nullopt;
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  const std::optional<int> day = Digits(text.substr(5, 2));
  const std::optional<int> year = Digits(text.substr(12, 4));
  const std::optional<int> hour = Digits(text.substr(17, 2));
  const std::optional<int> minute = Digits(text.substr(20, 2));
  const std::optional<int> second = Digits(text.substr(23, 2));
  if (month == kMonths.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const auto days = DaysToSeconds(*year, static_cast<int>(month - kMonths.begin()), *day);
  if (!days) return std::nullopt;
  return *days + *hour * 3600 + *minute * 60 + *second;
}

constexpr std::int64_t kSecond = 1'000'000'000;
/// Longer waits are cut to a year.
constexpr std::int64_t kWaitSecondsMax = 365 * 86'400;

WriteResponseStats ParseStats(const std::vector<HttpHeader>& headers) {
  WriteResponseStats stats;
  const struct {
    const char* name;
    std::int64_t& count;
  } fields[] = {{"X-Prometheus-Remote-Write-Samples-Written", stats.samples},
                {"X-Prometheus-Remote-Write-Histograms-Written", stats.histograms},
                {"X-Prometheus-Remote-Write-Exemplars-Written", stats.exemplars}};
  for (const auto& field : fields) {
    const std::string_view text = HeaderValue(headers, field.name);
    if (text.empty()) continue;
    stats.confirmed = true;
    field.count = Atoi(text).value_or(0);
  }
  return stats;
}

}  // namespace

void WriteResponseStats::Add(const WriteResponseStats& other) {
  samples += other.samples;
  histograms += other.histograms;
  exemplars += other.exemplars;
  confirmed = other.confirmed;
}

WriteVersion VersionOf(const RemoteWriteConfig& config) {
  return config.protobuf_message == "io.prometheus.write.v2.Request" ? WriteVersion::kV2 : WriteVersion::kV1;
}

Nanoseconds RetryAfter(std::string_view text, WallTime now) {
  std::optional<std::int64_t> seconds = Atoi(text);
  if (const std::optional<std::int64_t> date = ParseHttpDate(text)) {
    const std::int64_t now_ns = UnixNanos(now);
    // Both are far from the limits of the type unless the date is: then it is cut.
    const std::int64_t capped =
        std::clamp(*date, now_ns / kSecond - kWaitSecondsMax, now_ns / kSecond + kWaitSecondsMax);
    seconds = (capped * kSecond - now_ns) / kSecond;
  }
  if (!seconds) return Nanoseconds(0);
  return Nanoseconds(std::clamp(*seconds, -kWaitSecondsMax, kWaitSecondsMax) * kSecond);
}

WriteClient::WriteClient(const WriteEngine& engine, const RemoteWriteConfig& config, std::string user_agent)
    : engine_(engine), config_(config), user_agent_(std::move(user_agent)), url_(ParseRequestUrl(config.url)) {}

Result<HopRequest> WriteClient::BuildRequest() const {
  if (!target_) return url_.error();
  const bool v1 = VersionOf(config_) == WriteVersion::kV1;
  std::vector<HttpHeader> headers = {
      {"Content-Encoding", "snappy"},
      {"Content-Type", v1 ? "application/x-protobuf" : "application/x-protobuf;proto=io.prometheus.write.v2.Request"},
      {"User-Agent", user_agent_},
      {"X-Prometheus-Remote-Write-Version", v1 ? "0.1.0" : "2.0.0"}};
  if (attempt_ > 0) headers.push_back({"Retry-Attempt", std::to_string(attempt_)});
  for (const auto& [name, value] : config_.headers) {
    const std::string canonical = CanonicalHeaderName(name);
    headers.erase(std::remove_if(headers.begin(), headers.end(), [&](const auto& h) { return h.name == canonical; }),
                  headers.end());
    headers.push_back({canonical, value});
  }
  if (without_body_) {
    headers.erase(
        std::remove_if(headers.begin(), headers.end(),
                       [](const auto& h) { return h.name == "Content-Encoding" || h.name == "Content-Type"; }),
        headers.end());
  }
  HopRequest request;
  if (Status built = BuildHop(config_.http_client, engine_.files, headers, *target_, origin_, &request); !built) {
    return built.error();
  }
  request.method = without_body_ ? "GET" : "POST";
  if (!without_body_) request.body = body_;
  return request;
}

void WriteClient::Store(std::string_view body, int attempt, Done done) {
  done_ = std::move(done);
  body_ = body;
  attempt_ = attempt;
  target_ = url_ ? std::optional<Url>(*url_) : std::nullopt;
  origin_ = {};
  hop_ = 0;
  without_body_ = false;
  const MonotonicTime deadline = engine_.clock.MonotonicNow() + config_.remote_timeout;
  timer_ = engine_.scheduler.ArmAt(deadline, [this] {
    // The head decides; of the rest only the text of a refusal would still come.
    if (head_.has_value()) {
      FinishResponse();
    } else {
      Finish({.stats = {}, .error = PostError("context deadline exceeded"), .recoverable = true});
    }
  });
  SendHop();
}

void WriteClient::SendHop() {
  ++hop_;
  head_.reset();
  error_body_.clear();
  Result<HopRequest> request = BuildRequest();
  if (!request) {
    // A URL that cannot be parsed stays so; a file that cannot be read may be there the next time.
    StoreResult result;
    result.error = target_ ? PostError(request.error().message) : request.error().message;
    result.recoverable = target_.has_value();
    timer_ = engine_.scheduler.ArmAt(engine_.clock.MonotonicNow(), [this, result] { Finish(result); });
    return;
  }
  request_ = std::move(*request);
  exchange_ = engine_.transport.Start(request_, *this);
}

bool WriteClient::FollowRedirect() {
  const std::string_view location = HeaderValue(head_->headers, "Location");
  if (!IsRedirect(head_->status) || location.empty() || !config_.http_client.follow_redirects) return false;
  const auto fail = [this](const std::string& error) {
    Finish({.stats = {}, .error = error, .recoverable = true});
    return true;
  };
  Result<Url> next = Url::Resolve(*target_, location);
  if (!next) {
    return fail(PostError(
        fmt::format("failed to parse Location header {}: {}", text::GoQuote(location), next.error().message)));
  }
  if (hop_ == kHopsMax) {
    return fail(fmt::format("Post {}: stopped after {} redirects", text::GoQuote(location), kHopsMax));
  }
  origin_.referer = RefererFor(*target_, *next);
  if (!IsDomainOrSubdomain(next->Hostname(), url_->Hostname())) origin_.crossed_hosts = true;
  if (!KeepsMethod(head_->status)) without_body_ = true;
  target_ = std::move(*next);
  exchange_.reset();
  SendHop();
  return true;
}

void WriteClient::Cancel() {
  exchange_.reset();
  timer_.Reset();
  done_ = nullptr;
}

std::string WriteClient::PostError(std::string_view cause) const {
  return fmt::format("Post {}: {}", text::GoQuote(target_ ? target_->StringWithoutPassword() : config_.url), cause);
}

void WriteClient::OnHead(const ResponseHead& head) {
  head_ = head;
}

void WriteClient::OnBody(std::string_view bytes) {
  error_body_ += bytes.substr(0, kErrorBodyBytesMax - error_body_.size());
}

void WriteClient::OnEnd(const std::optional<TransportError>& error) {
  if (head_.has_value()) {
    if (!FollowRedirect()) FinishResponse();
  } else {
    Finish({.stats = {}, .error = PostError(error ? error->message : "EOF"), .recoverable = true});
  }
}

void WriteClient::FinishResponse() {
  StoreResult result;
  result.stats = ParseStats(head_->headers);
  const int status = head_->status;
  if (status / 100 != 2) {
    result.error = fmt::format("server returned HTTP status {}: {}", head_->status_text, error_body_);
    result.recoverable = status / 100 == 5 || (status == 429 && config_.queue.retry_on_http_429);
    result.retry_after = RetryAfter(HeaderValue(head_->headers, "Retry-After"), engine_.clock.WallNow());
  }
  Finish(std::move(result));
}

void WriteClient::Finish(StoreResult result) {
  exchange_.reset();
  timer_.Reset();
  // `done` may start the next request or destroy this.
  const Done done = std::exchange(done_, nullptr);
  done(result);
}

}  // namespace stalemark
