// SPDX-License-Identifier: Apache-2.0
#include "live/record/recording_transport.h"

#include <algorithm>
#include <utility>

#include "core/text/utf8.h"

namespace stalemark {
namespace {

/// A recording is a text: what is no UTF-8 cannot stand in it, and so the engine does not get it either.
void MakeText(std::string* text) {
  if (text::IsValidUtf8(*text)) return;
  for (char& c : *text) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
}

}  // namespace

/// One exchange: between the real one and the engine.
class RecordingTransport::RecordedHop final : public Exchange, private TransportObserver {
 public:
  RecordedHop(RecordingTransport& transport, RecordedExchange& record, TransportObserver& observer)
      : transport_(transport), record_(record), observer_(observer) {
    transport_.under_way_.push_back(this);
  }
  ~RecordedHop() override {
    if (destroyed_ != nullptr) *destroyed_ = true;
    KeepBody();
    auto& hops = transport_.under_way_;
    hops.erase(std::find(hops.begin(), hops.end(), this));
  }

  void Start(const HopRequest& request) { inner_ = transport_.inner_.Start(request, *this); }

  void KeepBody() {
    if (body_.empty() || !record_.body_file.empty()) return;
    // The engine got something: blanks stand for it, as many as the capsule makes of them.
    if (!is_redacted_ && !Redact()) body_ = " ";
    record_.body_file = transport_.keep_body_(body_);
  }

 private:
  void OnHead(const ResponseHead& head) override {
    transport_.clock_.Enter([&] {
      record_.head = RecordedHead{transport_.clock_.MonotonicNow(), transport_.redactor_.Head(head)};
      record_.held = transport_.redactor_.enabled() && head.status == 200;
      for (HttpHeader& header : record_.head->head.headers) {
        MakeText(&header.name);
        MakeText(&header.value);
      }
      MakeText(&record_.head->head.status_text);
      const ResponseHead told = record_.head->head;
      observer_.OnHead(told);
    });
  }

  void OnBody(std::string_view bytes) override {
    if (!record_.held) {
      transport_.clock_.Enter([&] {
        Keep(transport_.clock_.MonotonicNow(), bytes);
        observer_.OnBody(bytes);
      });
      return;
    }
    Keep(transport_.clock_.Stamp(), bytes);
    if (body_.size() <= kHeldBytesMax) return;
    inner_.reset();
    OnEnd(TransportError{TransportErrorKind::kTruncated, "unexpected EOF"});
  }

  void OnEnd(const std::optional<TransportError>& error) override {
    transport_.clock_.Enter([&] {
      record_.end = transport_.clock_.MonotonicNow();
      record_.error = error;
      if (record_.held && !body_.empty() && !Redact() && !record_.error) {
        record_.error = TransportError{TransportErrorKind::kTruncated, "unexpected EOF"};
      }
      if (record_.error) {
        record_.error->message =
            transport_.redactor_.Text(record_.error->message, Redactor::Kind::kText, Redactor::Source::kAnswer);
        MakeText(&record_.error->message);
      }
      const std::optional<TransportError> told = record_.error;
      if (record_.held && !body_.empty() && !TellBody()) return;
      observer_.OnEnd(told);
    });
  }

  void Keep(MonotonicTime at, std::string_view bytes) {
    record_.chunks.push_back({at, bytes.size()});
    body_ += bytes;
  }

  /// False: nothing of the body can be kept.
  bool Redact() {
    is_redacted_ = true;
    std::optional<std::string> redacted = transport_.redactor_.Body(body_, record_.head->head.headers);
    body_ = redacted ? std::move(*redacted) : std::string();
    return redacted.has_value();
  }

  /// False: the engine has destroyed this.
  bool TellBody() {
    bool destroyed = false;
    destroyed_ = &destroyed;
    const std::string told = body_;
    observer_.OnBody(told);
    if (destroyed) return false;
    destroyed_ = nullptr;
    return true;
  }

  RecordingTransport& transport_;
  RecordedExchange& record_;
  TransportObserver& observer_;
  std::unique_ptr<Exchange> inner_;
  std::string body_;
  bool is_redacted_ = false;
  /// Set during a call of the observer.
  bool* destroyed_ = nullptr;
};

std::unique_ptr<Exchange> RecordingTransport::Start(const HopRequest& request, TransportObserver& observer) {
  // A deque: records stay where they are.
  RecordedExchange& record = exchanges_.emplace_back();
  record.start = clock_.MonotonicNow();
  record.method = request.method;
  record.url = RecordedUrl(request);
  record.request_headers = request.headers;
  auto hop = std::make_unique<RecordedHop>(*this, record, observer);
  hop->Start(request);
  return hop;
}

void RecordingTransport::Flush() {
  for (RecordedHop* hop : under_way_) hop->KeepBody();
}

}  // namespace stalemark
