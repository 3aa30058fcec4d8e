// SPDX-License-Identifier: Apache-2.0
#include "sim/exporters/fault_answers.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace stalemark::scenario {
namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20;

/// Comment lines of exactly so many bytes, which the text format skips.
std::string Filler(std::size_t bytes) {
  constexpr std::string_view kLine = "# filler .....................................................\n";
  std::string text;
  text.reserve(bytes);
  while (text.size() + kLine.size() <= bytes) text += kLine;
  const std::size_t left = bytes - text.size();
  // A lone line break is an empty line, and skipped too.
  if (left > 1) text += "#" + std::string(left - 2, '.');
  if (left > 0) text += "\n";
  return text;
}

/// gzip of filler and then the body: a file of many members, the same mebibyte again and again.
std::string GzipBomb(std::uint64_t bytes, std::string_view body) {
  std::string bomb;
  if (bytes >= kMebibyte) {
    const std::string member = Gzip(Filler(kMebibyte));
    for (std::uint64_t i = 0; i < bytes / kMebibyte; ++i) bomb += member;
  }
  return bomb + Gzip(Filler(static_cast<std::size_t>(bytes % kMebibyte)) + std::string(body));
}

void SetHeader(std::vector<HttpHeader>* headers, std::string_view name, std::string value) {
  headers->erase(std::remove_if(headers->begin(), headers->end(), [&](const HttpHeader& h) { return h.name == name; }),
                 headers->end());
  if (!value.empty()) headers->push_back({std::string(name), std::move(value)});
}

/// Already compressed, whatever the request accepts.
void SetPacked(ResponseScript* script, std::string packed) {
  script->gzip = false;
  script->body = std::move(packed);
  SetHeader(&script->headers, "Content-Encoding", "gzip");
}

/// Within the first quoted text of a sample's line; without one the body's first byte.
std::size_t FirstQuotedByte(std::string_view body) {
  std::size_t line = 0;
  while (line < body.size() && body[line] == '#') {
    const std::size_t end = body.find('\n', line);
    line = end == std::string_view::npos ? body.size() : end + 1;
  }
  const std::size_t quote = body.find('"', line);
  return quote == std::string_view::npos ? std::min(line, body.size()) : quote + 1;
}

void Corrupt(std::string* body, const ExporterFault& fault) {
  const std::size_t first = static_cast<std::size_t>(std::min<std::uint64_t>(fault.after.value_or(0), body->size()));
  const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(fault.bytes, body->size() - first));
  for (std::size_t i = first; i < first + count; ++i) {
    (*body)[i] = static_cast<char>(static_cast<unsigned char>((*body)[i]) ^ fault.xor_mask);
  }
}

void BreakGzip(ResponseScript* script, const ExporterFault& fault) {
  if (!fault.after) {
    // Not compressed at all.
    SetPacked(script, std::move(script->body));
    return;
  }
  std::string packed = Gzip(script->body);
  ExporterFault flip = fault;
  flip.bytes = 1;
  Corrupt(&packed, flip);
  SetPacked(script, std::move(packed));
}

void SpoilBody(ResponseScript* script, const ExporterFault& fault) {
  switch (fault.kind) {
    case FaultKind::kEmpty:
      script->body.clear();
      break;
    case FaultKind::kContentType:
      SetHeader(&script->headers, "Content-Type", fault.text);
      break;
    case FaultKind::kBadGzip:
      BreakGzip(script, fault);
      break;
    case FaultKind::kGzipBomb:
      SetPacked(script, GzipBomb(fault.bytes, script->body));
      break;
    case FaultKind::kOversize:
      script->body.insert(0, Filler(static_cast<std::size_t>(fault.bytes)));
      break;
    case FaultKind::kCorrupt:
      Corrupt(&script->body, fault);
      break;
    case FaultKind::kNonUtf8: {
      const std::uint64_t at = fault.after.value_or(FirstQuotedByte(script->body));
      script->body.insert(static_cast<std::size_t>(std::min<std::uint64_t>(at, script->body.size())), 1, '\xff');
      break;
    }
    default:
      assert(false);
  }
}

/// The response as it would be sent to this request, with bytes behind its end.
void AddExtra(const SimResponse& answer, const ExporterFault& fault, const HopRequest& request,
              ResponseScript* script) {
  const SimResponse::Wire& sent = answer.WireFor(request.headers);
  script->gzip = false;
  script->headers = sent.head.headers;
  script->body = sent.body + Filler(static_cast<std::size_t>(fault.bytes));
  script->declared = sent.body.size();
}

}  // namespace

SimResponsePtr FaultAnswer(const ExporterFault& fault, const HopRequest& request) {
  ResponseScript script;
  script.delay = fault.delay;
  script.fault = TraitsOf(fault.kind).network;
  switch (fault.kind) {
    case FaultKind::kStatus:
      script.status = fault.status;
      break;
    case FaultKind::kRedirect:
      script.status = fault.status;
      script.headers = {{"Location", fault.text}};
      break;
    case FaultKind::kRedirectLoop:
      script.status = fault.status;
      script.headers = {{"Location", request.target}};
      break;
    case FaultKind::kTls:
      script.error = fault.text;
      break;
    default:
      break;
  }
  return std::make_shared<const SimResponse>(std::move(script));
}

SimResponsePtr SpoiledAnswer(const SimResponse& answer, const ExporterFault& fault, const HopRequest& request) {
  const SimResponse::Wire& plain = answer.WireFor({});
  ResponseScript script = answer.script();
  script.body = plain.body;
  script.headers = plain.head.headers;
  switch (fault.kind) {
    case FaultKind::kTruncate:
    case FaultKind::kResetBody:
    case FaultKind::kHangBody:
      script.fault = TraitsOf(fault.kind).network;
      script.after = fault.after.value_or(0);
      break;
    case FaultKind::kSlow:
      script.delay += fault.delay;
      break;
    case FaultKind::kSlowBody:
      script.body_delay += fault.delay;
      break;
    case FaultKind::kDrip:
      script.drip_bytes = fault.bytes;
      script.drip_delay = fault.delay;
      break;
    case FaultKind::kExtraBody:
      AddExtra(answer, fault, request, &script);
      break;
    default:
      SpoilBody(&script, fault);
      break;
  }
  return std::make_shared<const SimResponse>(std::move(script));
}

}  // namespace stalemark::scenario
