// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/body_place.h"

#include <algorithm>

namespace stalemark {

BodyPlace PlaceInBody(std::string_view body, std::size_t offset, BodyKind kind) {
  offset = std::min(offset, body.size());
  if (kind == BodyKind::kBinary) return {0, 0, body.substr(offset, kShownBytesMax)};
  // The end of the body is the end of its last line, not a line that nobody wrote.
  if (offset == body.size() && !body.empty() && body.back() == '\n') --offset;
  const std::string_view before = body.substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  const std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
  const std::size_t end = std::min(body.find('\n', offset), body.size());
  BodyPlace place;
  place.line = static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  place.column = offset - start + 1;
  // A long line is cut so that the byte stays in sight.
  const std::size_t from = offset - start > kShownBytesMax / 2 ? offset - kShownBytesMax / 2 : start;
  place.bytes = body.substr(from, std::min(end - from, kShownBytesMax));
  return place;
}

}  // namespace stalemark
