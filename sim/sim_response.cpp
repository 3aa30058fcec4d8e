// SPDX-License-Identifier: Apache-2.0
#include "sim/sim_response.h"

#include <cassert>

#include <fmt/format.h>

#include "core/http/reason_phrase.h"
#include "core/http/request_headers.h"

namespace stalemark {
namespace {

struct NamedFault {
  SimFault fault;
  std::string_view name;
};

constexpr NamedFault kFaults[] = {
    {SimFault::kRefuse, "refuse"},
    {SimFault::kDialTimeout, "dial_timeout"},
    {SimFault::kResetBeforeHead, "reset_before_head"},
    {SimFault::kTruncate, "truncate"},
    {SimFault::kHang, "hang"},
    {SimFault::kHangBody, "hang_body"},
    {SimFault::kResolve, "resolve"},
    {SimFault::kTls, "tls"},
    {SimFault::kReset, "reset"},
    {SimFault::kResetInHead, "reset_in_head"},
    {SimFault::kResetBody, "reset_body"},
};

bool HasNoBody(int status) {
  return status == 204 || status == 304;
}

}  // namespace

std::string_view SimFaultName(SimFault fault) {
  for (const NamedFault& named : kFaults) {
    if (named.fault == fault) return named.name;
  }
  return {};
}

std::optional<SimFault> SimFaultFromName(std::string_view name) {
  if (name.empty()) return SimFault::kNone;
  for (const NamedFault& named : kFaults) {
    if (named.name == name) return named.fault;
  }
  return std::nullopt;
}

std::vector<std::string_view> SimFaultNames() {
  std::vector<std::string_view> names;
  for (const NamedFault& named : kFaults) names.push_back(named.name);
  return names;
}

SimResponse::SimResponse(ResponseScript script) : script_(std::move(script)), content_(std::make_shared<Content>()) {
  content_->plain = MakeWire(std::move(script_.body), std::move(script_.headers));
  script_.body.clear();
  script_.headers.clear();
}

const SimResponse::Wire& SimResponse::WireFor(const std::vector<HttpHeader>& request_headers) const {
  if (!script_.gzip || HeaderValue(request_headers, "Accept-Encoding").find("gzip") == std::string_view::npos) {
    return content_->plain;
  }
  if (content_->packed == nullptr) {
    std::vector<HttpHeader> headers = content_->plain.head.headers;
    headers.push_back({"Content-Encoding", "gzip"});
    content_->packed = std::make_unique<const Wire>(MakeWire(Gzip(content_->plain.body), std::move(headers)));
  }
  return *content_->packed;
}

SimResponsePtr SimResponse::Delayed(Nanoseconds delay) const {
  auto copy = std::make_shared<SimResponse>(*this);
  copy->script_.delay = delay;
  return copy;
}

SimResponse::Wire SimResponse::MakeWire(std::string body, std::vector<HttpHeader> headers) const {
  Wire wire;
  wire.body = std::move(body);
  wire.head.status = script_.status;
  const std::string_view reason = ReasonPhrase(script_.status);
  wire.head.status_text = reason.empty() ? fmt::format("{0} status code {0}", script_.status)
                                         : fmt::format("{} {}", script_.status, reason);
  wire.head.headers = std::move(headers);
  if (HasNoBody(script_.status)) {
    wire.head.content_length = 0;
  } else if (!script_.chunked) {
    wire.head.content_length = script_.declared.value_or(wire.body.size());
  }
  return wire;
}

ScriptedExporter::ScriptedExporter(std::vector<Step> steps) : steps_(std::move(steps)) {
  assert(!steps_.empty());
}

SimResponsePtr ScriptedExporter::Next(MonotonicTime, const HopRequest&) {
  const Step& step = steps_[step_];
  if (++played_ >= step.repeat && step_ + 1 < steps_.size()) {
    ++step_;
    played_ = 0;
  }
  return step.response;
}

}  // namespace stalemark
