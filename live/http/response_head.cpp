// SPDX-License-Identifier: Apache-2.0
#include "live/http/response_head.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/http/reason_phrase.h"
#include "core/http/request_headers.h"
#include "core/text/ascii.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

using ascii::IsDigit;

std::string_view TrimBlanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// textproto's validHeaderValueByte.
bool IsValueByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= ' ' && byte != 0x7f);
}

/// Go's http.ReadResponse accepts blanks in a name, and nothing else that is no token.
bool IsHeaderName(std::string_view name) {
  constexpr std::string_view kRefused = "\"(),/:;<=>?@[\\]{}";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= ' ' && byte < 0x7f && kRefused.find(c) == std::string_view::npos;
  });
}

/// http.ParseHTTPVersion: `HTTP/` digit `.` digit.
bool IsVersion(std::string_view text) {
  return text.size() == 8 && text.substr(0, 5) == "HTTP/" && IsDigit(text[5]) && text[6] == '.' && IsDigit(text[7]);
}

/// Content-Length as http's parseContentLength reads it: digits only, below 2^63.
std::optional<std::uint64_t> ParseLength(std::string_view text) {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (text.empty()) return std::nullopt;
  std::uint64_t length = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (length > (kMax - digit) / 10) return std::nullopt;
    length = length * 10 + digit;
  }
  return length;
}

bool EqualIgnoringCase(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(),
                    [](char x, char y) { return (x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x) == y; });
}

}  // namespace

void ResponseHeadReader::Reset() {
  head_.status = 0;
  head_.status_text.clear();
  head_.headers.clear();
  head_.content_length.reset();
  in_head_ = complete_ = http2_ = false;
  bytes_ = 0;
}

Result<ResponseHeadReader::Progress> ResponseHeadReader::Read(std::string_view line) {
  bytes_ += line.size();
  if (bytes_ > kResponseHeadBytesMax) {
    return Error{fmt::format("net/http: server response headers exceeded {} bytes; aborted", kResponseHeadBytesMax)};
  }
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  Status status;
  if (!in_head_) {
    status = ReadStatusLine(line);
  } else if (!line.empty()) {
    status = ReadHeader(line);
  } else {
    status = EndHead();
  }
  if (!status) return status.error();
  return complete_ ? Progress::kComplete : Progress::kMore;
}

Status ResponseHeadReader::ReadStatusLine(std::string_view line) {
  in_head_ = true;
  head_.headers.clear();
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return Error{"malformed HTTP response " + text::GoQuote(line)};
  const std::string_view version = line.substr(0, blank);
  std::string_view status_text = line.substr(blank);
  status_text.remove_prefix(std::min(status_text.find_first_not_of(' '), status_text.size()));
  const std::string_view code = status_text.substr(0, status_text.find(' '));
  if (code.size() != 3 || !std::all_of(code.begin(), code.end(), IsDigit)) {
    return Error{"malformed HTTP status code " + text::GoQuote(code)};
  }
  head_.status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
  // libcurl writes the status line that HTTP/2 does not have; upstream makes its text of the code.
  http2_ = version == "HTTP/2";
  if (http2_) {
    head_.status_text = fmt::format("{} {}", head_.status, ReasonPhrase(head_.status));
    return {};
  }
  if (!IsVersion(version)) return Error{"malformed HTTP version " + text::GoQuote(version)};
  head_.status_text = status_text;
  return {};
}

Status ResponseHeadReader::ReadHeader(std::string_view line) {
  if (line[0] == ' ' || line[0] == '\t') {
    if (head_.headers.empty()) return Error{"malformed MIME header initial line: " + text::GoQuote(line)};
    std::string& value = head_.headers.back().value;
    value += ' ';
    value += TrimBlanks(line);
    return {};
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return Error{"malformed MIME header: missing colon: " + text::GoQuote(line)};
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = TrimBlanks(line.substr(colon + 1));
  if (!IsHeaderName(name) || !std::all_of(value.begin(), value.end(), IsValueByte)) {
    return Error{"malformed MIME header line: " + text::GoQuote(line)};
  }
  head_.headers.push_back({std::string(name), std::string(value)});
  return {};
}

Status ResponseHeadReader::EndHead() {
  in_head_ = false;
  constexpr int kSwitchingProtocols = 101;
  if (head_.status < 200 && head_.status != kSwitchingProtocols) return {};
  complete_ = true;
  head_.content_length.reset();
  const std::string_view coding = HeaderValue(head_.headers, "Transfer-Encoding");
  if (!coding.empty() && !http2_) {
    if (!EqualIgnoringCase(coding, "chunked")) return Error{"unsupported transfer encoding: " + text::GoQuote(coding)};
    return {};
  }
  const std::string* first = nullptr;
  for (const HttpHeader& header : head_.headers) {
    if (!EqualIgnoringCase(header.name, "content-length")) continue;
    if (first != nullptr && *first != header.value) {
      return Error{fmt::format("http: message cannot contain multiple Content-Length headers; got [{} {}]",
                               text::GoQuote(*first), text::GoQuote(header.value))};
    }
    first = &header.value;
  }
  if (first == nullptr) return {};
  head_.content_length = ParseLength(*first);
  if (!head_.content_length) return Error{"bad Content-Length " + text::GoQuote(*first)};
  return {};
}

}  // namespace stalemark
