// SPDX-License-Identifier: Apache-2.0
// What a simulated exporter answers: ResponseScript says it in the words of a scenario and of the recorded cases
// (tests/conformance/README.md, "A response"), SimResponse is the same made ready to send, and Exporter decides which
// response is next. Bodies are compressed at most once, and shared by all exchanges and delayed copies that send them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/http/gzip.h"
#include "core/seams/time.h"
#include "core/seams/transport.h"

namespace stalemark {

enum class SimFault : std::uint8_t {
  kNone,
  kRefuse,           ///< connection refused, after `delay`
  kDialTimeout,      ///< never connects
  kResetBeforeHead,  ///< the request is read, then, after `delay`, the connection closed
  kTruncate,         ///< `after` bytes of the body, then the connection is closed
  kHang,             ///< the request is read, nothing is sent
  kHangBody,         ///< `after` bytes of the body, then nothing
  kResolve,          ///< the name has no address, after `delay`
  kTls,              ///< an https request fails in the handshake, after `delay`, with `error`; http gets status 400
  kReset,            ///< the request is read, then, after `delay`, the connection reset
  kResetInHead,      ///< the status line is sent after `delay`, then the connection closed
  kResetBody,        ///< `after` bytes of the body, then the connection is reset
};

/// As recorded cases and scenarios name it; empty for kNone.
std::string_view SimFaultName(SimFault fault);
/// The empty name is kNone's; nothing for an unknown one.
std::optional<SimFault> SimFaultFromName(std::string_view name);
/// All but kNone's.
std::vector<std::string_view> SimFaultNames();

struct ResponseScript {
  int status = 200;
  std::vector<HttpHeader> headers;
  std::string body;
  /// Sent compressed, with the header, when the request accepts it.
  bool gzip = false;
  /// Chunked: no length is declared, the body ends with a last chunk.
  bool chunked = false;
  /// Before the head.
  Nanoseconds delay{0};
  /// Between head and body.
  Nanoseconds body_delay{0};
  SimFault fault = SimFault::kNone;
  /// Bytes of the body as sent; may lie beyond its end: then only a last chunk is missing.
  std::uint64_t after = 0;
  /// What the head, or the chunks, say the body's length is, where that is not true: what is sent beyond is not read,
  /// and what is missing ends the body early. Not for a response that is compressed here.
  std::optional<std::uint64_t> declared;
  /// The body comes in pieces of so many bytes, `drip_delay` apart; 0: at once.
  std::uint64_t drip_bytes = 0;
  Nanoseconds drip_delay{0};
  /// Of a failing handshake; empty: that of a certificate whose authority is unknown.
  std::string error;
};

class SimResponse {
 public:
  struct Wire {
    ResponseHead head;
    std::string body;
  };

  explicit SimResponse(ResponseScript script);

  const ResponseScript& script() const { return script_; }
  /// As sent in answer to a request with these headers.
  const Wire& WireFor(const std::vector<HttpHeader>& request_headers) const;
  /// The same with another delay before the head.
  std::shared_ptr<const SimResponse> Delayed(Nanoseconds delay) const;

 private:
  /// What is sent; copies of a response share it.
  struct Content {
    Wire plain;
    /// Made when first asked for.
    std::unique_ptr<const Wire> packed;
  };
  Wire MakeWire(std::string body, std::vector<HttpHeader> headers) const;

  /// Its body and headers have moved to the content.
  ResponseScript script_;
  std::shared_ptr<Content> content_;
};

/// Shared: an exchange in flight goes on with its response when the exporter has moved on or is replaced.
using SimResponsePtr = std::shared_ptr<const SimResponse>;

/// The other end of a simulated connection.
class Exporter {
 public:
  virtual ~Exporter() = default;
  /// The response to one connection attempt made now. Never null.
  virtual SimResponsePtr Next(MonotonicTime now, const HopRequest& request) = 0;
  /// Its process starts anew at this time. Not all have something that begins anew then.
  virtual void Restart(MonotonicTime) {}
};

/// Plays responses in order; the last one repeats for ever.
class ScriptedExporter final : public Exporter {
 public:
  struct Step {
    SimResponsePtr response;
    /// At least 1.
    std::uint64_t repeat = 1;
  };
  /// Requires: at least one step.
  explicit ScriptedExporter(std::vector<Step> steps);
  SimResponsePtr Next(MonotonicTime now, const HopRequest& request) override;

 private:
  std::vector<Step> steps_;
  std::size_t step_ = 0;
  std::uint64_t played_ = 0;
};

}  // namespace stalemark
