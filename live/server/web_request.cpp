// SPDX-License-Identifier: Apache-2.0
#include "live/server/web_request.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/http/reason_phrase.h"
#include "core/text/ascii.h"
#include "core/text/query_escape.h"

namespace stalemark {
namespace {

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Up to `end`, which is taken away too.
std::string_view Take(std::string_view* rest, std::string_view end) {
  const std::size_t found = std::min(rest->find(end), rest->size());
  const std::string_view taken = rest->substr(0, found);
  rest->remove_prefix(std::min(found + end.size(), rest->size()));
  return taken;
}

void ReadTarget(std::string_view target, ApiRequest* asked) {
  target = target.substr(0, target.find('#'));
  asked->path = text::QueryUnescape(Take(&target, "?"), text::Plus::kIsPlus);
  while (!target.empty()) {
    std::string_view pair = Take(&target, "&");
    if (pair.empty()) continue;
    std::string name = text::QueryUnescape(Take(&pair, "="));
    asked->parameters.emplace(std::move(name), text::QueryUnescape(pair));
  }
}

void ReadHeader(std::string_view line, WebRequest* request) {
  const std::string name = ascii::ToLower(std::string(Take(&line, ":")));
  const std::string value = ascii::ToLower(std::string(Trimmed(line)));
  if (name == "connection") {
    if (value.find("close") != std::string::npos) request->use = ConnectionUse::kClose;
  } else if (name == "transfer-encoding") {
    request->refused = 411;
  } else if (name == "content-length") {
    const bool is_number = !value.empty() && value.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number) {
      request->refused = 400;
    } else if (value.size() > 18 || std::stoull(value) > kRequestBodyBytesMax) {
      request->refused = 413;
    } else {
      request->body_bytes = std::stoull(value);
    }
  }
}

}  // namespace

WebRequest ReadWebRequest(std::string_view head) {
  WebRequest request;
  std::string_view line = Take(&head, "\r\n");
  request.asked.method = Take(&line, " ");
  const std::string_view target = Take(&line, " ");
  const bool is_http = line == "HTTP/1.1" || line == "HTTP/1.0";
  if (request.asked.method.empty() || target.empty() || target.front() != '/' || !is_http) {
    request.refused = 400;
    return request;
  }
  if (line == "HTTP/1.0") request.use = ConnectionUse::kClose;
  ReadTarget(target, &request.asked);
  while (!head.empty() && request.refused == 0) ReadHeader(Take(&head, "\r\n"), &request);
  return request;
}

std::string AnswerHead(const ApiAnswer& answer, ConnectionUse use) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n", answer.status,
                                 ReasonPhrase(answer.status), answer.content_type, answer.body.size());
  for (const auto& [name, value] : answer.headers) head += fmt::format("{}: {}\r\n", name, value);
  if (use == ConnectionUse::kClose) head += "Connection: close\r\n";
  return head + "\r\n";
}

}  // namespace stalemark
