// SPDX-License-Identifier: Apache-2.0
#ifndef __EMSCRIPTEN__
#include "cli/exporter_client.h"

#include <utility>

#include <fmt/format.h>

namespace stalemark::cli {
namespace {

using exporter_check::Answer;

/// Fills in an answer as the fetch goes on.
class AnswerObserver final : public FetchObserver {
 public:
  explicit AnswerObserver(Answer& answer) : answer_(answer) {}

  void OnHead(int, const ResponseHead& head) override {
    answer_.status = head.status_text;
    answer_.content_type = HeaderValue(head.headers, "Content-Type");
    answer_.content_coding = HeaderValue(head.headers, "Content-Encoding");
  }
  void OnRedirect(int, const Url&) override { ++answer_.redirects; }
  void OnBodyEnd(int, std::uint64_t wire_bytes) override { answer_.wire_bytes = wire_bytes; }
  void OnFetchDone(const FetchResult& result) override {
    answer_.error = result.error;
    answer_.body = result.body;
    done_ = true;
  }
  bool done() const { return done_; }

 private:
  Answer& answer_;
  bool done_ = false;
};

}  // namespace

Answer ExporterClient::Ask(const ExporterRequest& request) {
  Answer answer;
  answer.purpose = request.purpose;
  answer.name = request.name;
  answer.accept = request.accept;
  answer.asked_gzip = request.coding == ContentCoding::kGzip;
  answer.at = loop_.WallNow();
  ScrapeRequestOptions asked;
  asked.accept = request.accept;
  asked.accept_encoding = request.coding;
  asked.timeout = timeout_;
  ScraperOptions options;
  options.body_size_limit = job_.body_size_limit;
  options.max_body_bytes = kCheckedBodyBytesMax;
  AnswerObserver observer(answer);
  TargetScraper scraper(engine_, job_.http_client, NewScrapeRequest(url_, asked), options);
  const MonotonicTime start = loop_.MonotonicNow();
  scraper.Start(start + timeout_, observer);
  while (!observer.done()) loop_.RunOnce(timeout_);
  answer.took = loop_.MonotonicNow() - start;
  if (answer.error == BodyTooLarge(kCheckedBodyBytesMax)) {
    answer.error = fmt::format("the body is larger than {} bytes, more than check reads; Prometheus would read on",
                               kCheckedBodyBytesMax);
  }
  return answer;
}

void ExporterClient::WaitUntil(MonotonicTime when) {
  for (MonotonicTime now = loop_.MonotonicNow(); now < when; now = loop_.MonotonicNow()) loop_.RunOnce(when - now);
}

}  // namespace stalemark::cli
#endif
