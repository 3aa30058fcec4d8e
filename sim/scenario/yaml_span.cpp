// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/yaml_span.h"

#include <algorithm>

namespace stalemark::scenario {
namespace {

constexpr std::string_view kYamlBlanks = " \t\r\n";

bool IsBlank(char c) {
  return kYamlBlanks.find(c) != std::string_view::npos;
}

}  // namespace

YamlSpans::YamlSpans(std::string_view text) : text_(text) {
  line_begins_.push_back(0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') line_begins_.push_back(i + 1);
  }
  line_end_ = text.find("\r\n") != std::string_view::npos ? "\r\n" : "\n";
}

std::optional<std::size_t> YamlSpans::BeginOf(const yaml::Node& node) const {
  if (node.line == 0 || node.line > line_begins_.size() || node.column == 0) return std::nullopt;
  const std::size_t begin = line_begins_[node.line - 1] + node.column - 1;
  if (begin >= text_.size()) return std::nullopt;
  return begin;
}

std::optional<std::size_t> YamlSpans::ContentOf(const yaml::Node& node) const {
  std::optional<std::size_t> at = BeginOf(node);
  while (at && *at < text_.size() && (text_[*at] == '&' || text_[*at] == '!')) {
    const std::size_t blank = text_.find_first_of(kYamlBlanks, *at);
    if (blank == std::string_view::npos) return std::nullopt;
    at = SkipBlanks(blank);
  }
  return at;
}

std::optional<YamlSpan> YamlSpans::SpanOf(const yaml::Node& node) const {
  const std::optional<std::size_t> begin = ContentOf(node);
  if (!begin || *begin >= text_.size()) return std::nullopt;
  std::optional<std::size_t> end;
  switch (node.kind) {
    case yaml::NodeKind::kAlias:
      end = *begin + 1 + node.value.size();
      break;
    case yaml::NodeKind::kScalar:
      end = EndOfScalar(node, *begin);
      break;
    case yaml::NodeKind::kSequence:
    case yaml::NodeKind::kMapping:
      end = EndOfCollection(node, *begin);
      break;
  }
  if (!end || *end > text_.size()) return std::nullopt;
  return YamlSpan{*begin, *end};
}

bool YamlSpans::IsFlow(const yaml::Node& node) const {
  const std::optional<std::size_t> begin = ContentOf(node);
  return begin && (text_[*begin] == '[' || text_[*begin] == '{');
}

std::optional<std::size_t> YamlSpans::EndOfScalar(const yaml::Node& node, std::size_t begin) const {
  const char first = text_[begin];
  if (node.plain) return EndOfPlain(node.value, begin);
  if (first == '"' || first == '\'') return EndOfQuoted(begin);
  if (first == '|' || first == '>') return EndOfBlockScalar(begin);
  return EndOfPlain(node.value, begin);  // a tag was in front
}

std::optional<std::size_t> YamlSpans::EndOfQuoted(std::size_t begin) const {
  const char quote = text_[begin];
  for (std::size_t i = begin + 1; i < text_.size(); ++i) {
    if (quote == '"' && text_[i] == '\\') {
      ++i;
    } else if (text_[i] == quote) {
      if (quote == '"' || i + 1 >= text_.size() || text_[i + 1] != quote) return i + 1;
      ++i;
    }
  }
  return std::nullopt;
}

/// The value's characters, with any white space for its own, which stands for folded lines.
std::optional<std::size_t> YamlSpans::EndOfPlain(std::string_view value, std::size_t begin) const {
  std::size_t at = begin;
  for (std::size_t i = 0; i < value.size();) {
    if (IsBlank(value[i])) {
      if (at >= text_.size() || !IsBlank(text_[at])) return std::nullopt;
      i = std::min(value.find_first_not_of(kYamlBlanks, i), value.size());
      at = std::min(text_.find_first_not_of(kYamlBlanks, at), text_.size());
      continue;
    }
    if (at >= text_.size() || text_[at] != value[i]) return std::nullopt;
    ++at;
    ++i;
  }
  return at;
}

/// Behind the last line that is not blank; the indicator's own when it has no text.
std::size_t YamlSpans::EndOfBlockScalar(std::size_t begin) const {
  std::size_t end = LineEnd(begin);
  std::size_t indent = 0;
  for (std::size_t line = NextLine(begin); line < text_.size(); line = NextLine(line)) {
    const std::size_t first = line + std::min(text_.substr(line).find_first_not_of(' '), text_.size() - line);
    if (first >= LineEnd(line)) continue;
    const std::size_t own = first - line;
    if (indent == 0) indent = own;
    // Text stands deeper than the line of the indicator, unless that is one of the document itself.
    const std::size_t outer = LineBegin(begin);
    const std::size_t outer_indent = text_.find_first_not_of(' ', outer) - outer;
    if (own < indent || own <= outer_indent) break;
    end = LineEnd(line);
  }
  return end;
}

std::optional<std::size_t> YamlSpans::EndOfCollection(const yaml::Node& node, std::size_t begin) const {
  const char first = text_[begin];
  const bool is_flow = first == '[' || first == '{';
  std::size_t end = is_flow ? begin + 1 : begin;
  for (const yaml::Node* child : node.children) {
    // Nothing has no bytes.
    if (child->kind == yaml::NodeKind::kScalar && child->plain && child->value.empty()) continue;
    const std::optional<YamlSpan> span = SpanOf(*child);
    if (!span) return std::nullopt;
    end = std::max(end, span->end);
  }
  if (!is_flow) return end;
  const char last = first == '[' ? ']' : '}';
  for (; end < text_.size(); ++end) {
    const char c = text_[end];
    if (c == last) return end + 1;
    if (c == '#') {
      end = LineEnd(end) - 1;
    } else if (!IsBlank(c) && c != ',' && c != ':') {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

std::size_t YamlSpans::SkipBlanks(std::size_t at) const {
  return std::min(text_.find_first_not_of(kYamlBlanks, at), text_.size());
}

std::size_t YamlSpans::LineBegin(std::size_t at) const {
  return *(std::upper_bound(line_begins_.begin(), line_begins_.end(), at) - 1);
}

std::size_t YamlSpans::LineEnd(std::size_t at) const {
  const std::size_t next = std::min(text_.find('\n', at), text_.size());
  return next > at && text_[next - 1] == '\r' ? next - 1 : next;
}

std::size_t YamlSpans::NextLine(std::size_t at) const {
  const std::size_t next = text_.find('\n', at);
  return next == std::string_view::npos ? text_.size() : next + 1;
}

}  // namespace stalemark::scenario
