// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/recording_file.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "sim/scenario/yaml_edit.h"
#include "sim/scenario/yaml_fields.h"
#include "sim/sha256.h"

namespace stalemark::scenario {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr std::uint64_t kTimeMax = std::uint64_t{1} << 62;
constexpr std::uint64_t kChunkBytesMax = std::uint64_t{1} << 30;
constexpr std::string_view kBodiesFolder = "bodies/";
/// So many hex digits of a body's SHA-256 name its file.
constexpr std::size_t kNameDigits = 24;

/// By TransportErrorKind.
constexpr std::string_view kErrorKinds[] = {"resolve",           "refused",   "dial_timeout", "tls",
                                            "reset_before_head", "truncated", "protocol"};

std::int64_t Ns(MonotonicTime at) {
  return at.time_since_epoch().count();
}

// ---- writing ----

std::string HeadersText(const std::vector<HttpHeader>& headers) {
  std::string text = "[";
  for (const HttpHeader& header : headers) {
    text +=
        fmt::format("{}[{}, {}]", text.size() > 1 ? ", " : "", QuotedScalar(header.name), QuotedScalar(header.value));
  }
  return text + "]";
}

/// Nobody plays the chunks of a held body: how much had come at last is enough.
std::vector<RecordedChunk> WrittenChunks(const RecordedExchange& exchange) {
  if (!exchange.held || exchange.chunks.empty()) return exchange.chunks;
  RecordedChunk all{exchange.chunks.back().at, 0};
  for (const RecordedChunk& chunk : exchange.chunks) all.bytes += chunk.bytes;
  return {all};
}

std::string ExchangeText(const RecordedExchange& exchange, std::size_t request) {
  std::string text = fmt::format("- {{start: {}, method: {}, url: {}, request: {}", Ns(exchange.start),
                                 QuotedScalar(exchange.method), QuotedScalar(exchange.url), request);
  if (exchange.head) {
    const ResponseHead& head = exchange.head->head;
    text += fmt::format(", head: {{at: {}, status: {}, text: {}", Ns(exchange.head->at), head.status,
                        QuotedScalar(head.status_text));
    if (head.content_length) text += fmt::format(", length: {}", *head.content_length);
    text += fmt::format(", headers: {}}}", HeadersText(head.headers));
  }
  std::string chunks;
  for (const RecordedChunk& chunk : WrittenChunks(exchange)) {
    chunks += fmt::format("{}[{}, {}]", chunks.empty() ? "" : ", ", Ns(chunk.at), chunk.bytes);
  }
  if (!chunks.empty()) text += fmt::format(", chunks: [{}]", chunks);
  if (exchange.held) text += ", held: true";
  if (!exchange.body_file.empty()) text += fmt::format(", body: {}", QuotedScalar(exchange.body_file));
  if (exchange.end) text += fmt::format(", end: {}", Ns(*exchange.end));
  if (exchange.error) {
    text +=
        fmt::format(", error: {{kind: {}, message: {}}}", kErrorKinds[static_cast<std::size_t>(exchange.error->kind)],
                    QuotedScalar(exchange.error->message));
  }
  return text + "}\n";
}

// ---- reading ----

constexpr std::string_view kBodyNameWords = "bodies/ and 24 hex digits, the name of a body";

bool IsBodyName(std::string_view name) {
  return name.size() == kBodiesFolder.size() + kNameDigits && name.substr(0, kBodiesFolder.size()) == kBodiesFolder &&
         name.find_first_not_of("0123456789abcdef", kBodiesFolder.size()) == std::string_view::npos;
}

class RecordingReader {
 public:
  RecordingReader(const std::string& file, const ReadBody& read_body) : reader_(file), read_body_(read_body) {}

  Result<Recording> Read(const yaml::Node& root) {
    const yaml::Node *version = nullptr, *requests = nullptr, *timers = nullptr, *exchanges = nullptr;
    const auto keep = [](const yaml::Node** out) { return [out](const yaml::Node& node) { *out = &node; }; };
    reader_.Mapping(root, "a recording: a mapping with the keys version, requests, timers, exchanges",
                    {{"version", keep(&version)},
                     {"requests", keep(&requests)},
                     {"timers", keep(&timers)},
                     {"exchanges", keep(&exchanges)}});
    if (version == nullptr) {
      if (!reader_.failed()) reader_.Fail(root, "no version", "version: 1");
    } else if (reader_.Number(*version, std::numeric_limits<std::uint32_t>::max()) != kVersion) {
      reader_.Fail(*version, DescribeNode(*version), "1, the version that is known here");
    }
    if (requests != nullptr)
      reader_.Items(*requests, "a list of header lists",
                    [this](const yaml::Node& item) { requests_.push_back(Headers(item)); });
    if (timers != nullptr)
      reader_.Items(*timers, "a list of timers", [this](const yaml::Node& item) { ReadTimer(item); });
    if (exchanges != nullptr) {
      reader_.Items(*exchanges, "a list of exchanges", [this](const yaml::Node& item) { ReadExchange(item); });
    }
    if (reader_.failed()) return Error{reader_.errors()};
    std::stable_sort(recording_.timers.begin(), recording_.timers.end(),
                     [](const RecordedTimer& a, const RecordedTimer& b) { return a.Key() < b.Key(); });
    std::stable_sort(recording_.exchanges.begin(), recording_.exchanges.end(),
                     [](const RecordedExchange& a, const RecordedExchange& b) { return a.start < b.start; });
    return std::move(recording_);
  }

 private:
  MonotonicTime Time(const yaml::Node& node) {
    return MonotonicTime(Nanoseconds(static_cast<std::int64_t>(reader_.Number(node, kTimeMax).value_or(0))));
  }

  std::vector<const yaml::Node*> List(const yaml::Node& node, std::string_view what) {
    std::vector<const yaml::Node*> items;
    reader_.Items(node, what, [&](const yaml::Node& item) { items.push_back(&item); });
    return items;
  }

  /// `[armed, due, nth, fired]`; fired `~`: never.
  void ReadTimer(const yaml::Node& node) {
    constexpr std::string_view kWhat = "a timer: [ARMED, DUE, NTH, FIRED]";
    const std::vector<const yaml::Node*> items = List(node, kWhat);
    if (items.size() != 4) return reader_.Fail(node, fmt::format("{} items", items.size()), kWhat);
    RecordedTimer timer{Time(*items[0]), Time(*items[1]), reader_.Number(*items[2], kTimeMax).value_or(0), {}};
    if (!items[3]->IsNull()) timer.fired = Time(*items[3]);
    recording_.timers.push_back(timer);
  }

  std::vector<HttpHeader> Headers(const yaml::Node& node) {
    std::vector<HttpHeader> headers;
    reader_.Items(node, "a list of [NAME, VALUE]", [&](const yaml::Node& item) {
      const std::vector<const yaml::Node*> pair = List(item, "[NAME, VALUE]");
      if (pair.size() != 2) return reader_.Fail(item, fmt::format("{} items", pair.size()), "[NAME, VALUE]");
      headers.push_back(
          {reader_.Text(*pair[0], "a name").value_or(""), reader_.Text(*pair[1], "a value").value_or("")});
    });
    return headers;
  }

  RecordedHead Head(const yaml::Node& node) {
    RecordedHead head;
    reader_.Mapping(
        node, "a mapping with the keys at, status, text, headers",
        {{"at", [&](const yaml::Node& v) { head.at = Time(v); }},
         {"status",
          [&](const yaml::Node& v) { head.head.status = static_cast<int>(reader_.Number(v, 999).value_or(0)); }},
         {"text", [&](const yaml::Node& v) { head.head.status_text = reader_.Text(v, "a status").value_or(""); }},
         {"length", [&](const yaml::Node& v) { head.head.content_length = reader_.Number(v, kTimeMax); }},
         {"headers", [&](const yaml::Node& v) { head.head.headers = Headers(v); }}});
    return head;
  }

  TransportError TransportErrorOf(const yaml::Node& node) {
    TransportError error{TransportErrorKind::kProtocol, {}};
    reader_.Mapping(
        node, "a mapping with the keys kind and message",
        {{"kind",
          [&](const yaml::Node& v) {
            const auto kind = reader_.Word(v, {std::begin(kErrorKinds), std::end(kErrorKinds)});
            error.kind = static_cast<TransportErrorKind>(kind.value_or(0));
          }},
         {"message", [&](const yaml::Node& v) { error.message = reader_.Text(v, "a text").value_or(""); }}});
    return error;
  }

  void ReadChunk(const yaml::Node& node, RecordedExchange* exchange) {
    const std::vector<const yaml::Node*> pair = List(node, "a chunk: [AT, BYTES]");
    if (pair.size() != 2) return reader_.Fail(node, fmt::format("{} items", pair.size()), "a chunk: [AT, BYTES]");
    const MonotonicTime at = Time(*pair[0]);
    exchange->chunks.push_back({at, reader_.Number(*pair[1], kChunkBytesMax).value_or(0)});
  }

  void ReadBodyOf(const yaml::Node& node, RecordedExchange* exchange) {
    exchange->body_file = reader_.Text(node, kBodyNameWords).value_or("");
    // Nothing else is opened: a capsule may come from anywhere.
    if (!IsBodyName(exchange->body_file)) return reader_.Fail(node, DescribeNode(node), kBodyNameWords);
    auto [known, is_new] = bodies_.emplace(exchange->body_file, nullptr);
    if (is_new) {
      Result<std::string> content = read_body_(exchange->body_file);
      if (!content.ok()) return reader_.Complain(node, content.error().message);
      if (BodyName(*content) != exchange->body_file) {
        return reader_.Complain(node,
                                exchange->body_file + ": content does not match its name: the capsule was changed");
      }
      known->second = std::make_shared<const std::string>(std::move(content).value());
    }
    exchange->body = known->second;
  }

  /// What is played chunk by chunk is all in the body.
  void CheckChunks(const yaml::Node& node, const RecordedExchange& exchange) {
    const std::uint64_t length = exchange.body == nullptr ? 0 : exchange.body->size();
    std::uint64_t rest = length;
    for (const RecordedChunk& chunk : exchange.chunks) {
      if (chunk.bytes > rest) {
        return reader_.Fail(node, "chunks that are longer than the body", fmt::format("{} bytes in all", length));
      }
      rest -= chunk.bytes;
    }
  }

  void ReadExchange(const yaml::Node& node) {
    RecordedExchange exchange;
    const yaml::Node *request = nullptr, *chunks = nullptr;
    reader_.Mapping(
        node, "an exchange: a mapping with the keys start, url, request, ...",
        {{"start", [&](const yaml::Node& v) { exchange.start = Time(v); }},
         {"method", [&](const yaml::Node& v) { exchange.method = reader_.Text(v, "a method").value_or(""); }},
         {"url", [&](const yaml::Node& v) { exchange.url = reader_.Text(v, "a URL").value_or(""); }},
         {"request", [&](const yaml::Node& v) { request = &v; }},
         {"head", [&](const yaml::Node& v) { exchange.head = Head(v); }},
         {"chunks",
          [&](const yaml::Node& v) {
            chunks = &v;
            reader_.Items(v, "a list of chunks", [&](const yaml::Node& item) { ReadChunk(item, &exchange); });
          }},
         {"held", [&](const yaml::Node& v) { exchange.held = reader_.Flag(v).value_or(false); }},
         {"body", [&](const yaml::Node& v) { ReadBodyOf(v, &exchange); }},
         {"end", [&](const yaml::Node& v) { exchange.end = Time(v); }},
         {"error", [&](const yaml::Node& v) { exchange.error = TransportErrorOf(v); }}});
    if (chunks != nullptr && !exchange.held && !reader_.failed()) CheckChunks(*chunks, exchange);
    if (request != nullptr) {
      const auto index = reader_.Number(*request, kTimeMax);
      if (index && *index < requests_.size()) {
        exchange.request_headers = requests_[static_cast<std::size_t>(*index)];
      } else if (index) {
        reader_.Fail(*request, std::to_string(*index), fmt::format("one of {} requests, from 0", requests_.size()));
      }
    }
    recording_.exchanges.push_back(std::move(exchange));
  }

  FieldReader reader_;
  const ReadBody& read_body_;
  Recording recording_;
  std::vector<std::vector<HttpHeader>> requests_;
  std::map<std::string, std::shared_ptr<const std::string>> bodies_;
};

}  // namespace

std::string BodyName(std::string_view content) {
  return std::string(kBodiesFolder) + Sha256Hex(content).substr(0, kNameDigits);
}

std::string RecordingText(const Recording& recording) {
  std::string text = fmt::format("# Written by stalemark record: docs/formats/recording.md\nversion: {}\n", kVersion);
  std::map<std::string, std::size_t> requests;
  std::string request_lines, exchange_lines;
  for (const RecordedExchange& exchange : recording.exchanges) {
    const std::string headers = HeadersText(exchange.request_headers);
    const auto [known, is_new] = requests.emplace(headers, requests.size());
    if (is_new) request_lines += "- " + headers + "\n";
    exchange_lines += ExchangeText(exchange, known->second);
  }
  std::string timer_lines;
  for (const RecordedTimer& timer : recording.timers) {
    timer_lines += fmt::format("- [{}, {}, {}, {}]\n", Ns(timer.armed), Ns(timer.due), timer.nth,
                               timer.fired ? std::to_string(Ns(*timer.fired)) : "~");
  }
  const auto add_list = [&text](std::string_view key, const std::string& lines) {
    text += fmt::format("{}:{}\n{}", key, lines.empty() ? " []" : "", lines);
  };
  add_list("requests", request_lines);
  add_list("timers", timer_lines);
  add_list("exchanges", exchange_lines);
  return text;
}

Result<Recording> ReadRecordingFile(const std::string& file, std::string_view text, const ReadBody& read_body) {
  yaml::SyntaxError syntax;
  const Result<yaml::Document> document = yaml::Parse(text, &syntax);
  if (!document.ok()) {
    const bool placed = syntax.line > 0;
    return Error{fmt::format(
        "{}{}: {}", file, placed ? fmt::format(":{}:{}", syntax.line, syntax.column) : std::string(), syntax.message)};
  }
  if (document->root() == nullptr) return Error{file + ":1:1: found nothing, expected a recording"};
  return RecordingReader(file, read_body).Read(*document->root());
}

}  // namespace stalemark::scenario
