// SPDX-License-Identifier: Apache-2.0
#include "core/text/path_match.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "core/text/utf8.h"

namespace stalemark::text {
namespace {

struct Element {
  enum class Kind : std::uint8_t { kStar, kAnyRune, kByte, kClass } kind;
  char byte = 0;
  bool negated = false;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges{};
};

/// One character of a class, perhaps escaped. False: malformed.
bool TakeClassRune(std::string_view* pattern, std::uint32_t* rune) {
  if (pattern->empty() || pattern->front() == '-' || pattern->front() == ']') return false;
  if (pattern->front() == '\\') pattern->remove_prefix(1);
  const DecodedRune decoded = DecodeRune(*pattern);
  if (decoded.width == 0 || !decoded.valid) return false;
  pattern->remove_prefix(decoded.width);
  *rune = decoded.rune;
  // At least the bracket must follow.
  return !pattern->empty();
}

/// What follows the opening bracket.
bool TakeClass(std::string_view* pattern, Element* element) {
  if (!pattern->empty() && pattern->front() == '^') {
    element->negated = true;
    pattern->remove_prefix(1);
  }
  do {
    std::uint32_t low;
    if (!TakeClassRune(pattern, &low)) return false;
    std::uint32_t high = low;
    if (pattern->front() == '-') {
      pattern->remove_prefix(1);
      if (!TakeClassRune(pattern, &high)) return false;
    }
    element->ranges.emplace_back(low, high);
  } while (pattern->front() != ']');
  pattern->remove_prefix(1);
  return true;
}

bool Compile(std::string_view pattern, std::vector<Element>* elements) {
  while (!pattern.empty()) {
    char c = pattern.front();
    pattern.remove_prefix(1);
    Element element{Element::Kind::kByte};
    switch (c) {
      case '*':
        element.kind = Element::Kind::kStar;
        break;
      case '?':
        element.kind = Element::Kind::kAnyRune;
        break;
      case '[':
        element.kind = Element::Kind::kClass;
        if (!TakeClass(&pattern, &element)) return false;
        break;
      case '\\':
        if (pattern.empty()) return false;
        c = pattern.front();
        pattern.remove_prefix(1);
        break;
      default:
        break;
    }
    element.byte = c;
    elements->push_back(std::move(element));
  }
  return true;
}

/// Bytes of `name`, which is not empty, that the element takes; 0: it does not match.
std::size_t TakenBy(const Element& element, std::string_view name) {
  if (element.kind == Element::Kind::kByte) return element.byte == name.front() ? 1 : 0;
  const DecodedRune decoded = DecodeRune(name);
  if (element.kind == Element::Kind::kAnyRune) return name.front() == '/' ? 0 : decoded.width;
  const bool inside = std::any_of(element.ranges.begin(), element.ranges.end(), [&](const auto& range) {
    return range.first <= decoded.rune && decoded.rune <= range.second;
  });
  return inside != element.negated ? decoded.width : 0;
}

}  // namespace

PathMatch MatchPath(std::string_view pattern, std::string_view name) {
  std::vector<Element> elements;
  if (!Compile(pattern, &elements)) return PathMatch::kBadPattern;
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t at = 0, next = 0;
  // The last star and how far into the name it reaches. Only the last one needs to grow: what lies before is settled.
  std::size_t star = kNone, star_end = 0;
  for (;;) {
    if (next < elements.size() && elements[next].kind == Element::Kind::kStar) {
      star = next++;
      star_end = at;
      continue;
    }
    if (next == elements.size() && at == name.size()) return PathMatch::kYes;
    const std::size_t taken = next < elements.size() && at < name.size() ? TakenBy(elements[next], name.substr(at)) : 0;
    if (taken > 0) {
      at += taken;
      ++next;
      continue;
    }
    if (star == kNone || star_end == name.size() || name[star_end] == '/') return PathMatch::kNo;
    at = ++star_end;
    next = star + 1;
  }
}

bool HasPathMeta(std::string_view pattern) {
  return pattern.find_first_of("*?[\\") != std::string_view::npos;
}

std::string CleanPath(std::string_view path) {
  const bool rooted = !path.empty() && path[0] == '/';
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!rooted) {
      parts.push_back(part);
    }
  }
  std::string clean = rooted ? "/" : "";
  for (std::size_t i = 0; i < parts.size(); ++i) clean.append(i > 0 ? "/" : "").append(parts[i]);
  return clean.empty() ? "." : clean;
}

}  // namespace stalemark::text
