// SPDX-License-Identifier: Apache-2.0
#include "core/config/paths.h"

#include "core/text/path_match.h"
#include "core/text/utf8.h"

namespace stalemark {
namespace {

/// Takes one character of a `[...]` class; false when there is none that may stand there.
bool TakeClassCharacter(std::string_view& text) {
  if (text.empty() || text.front() == '-' || text.front() == ']') return false;
  if (text.front() == '\\') text.remove_prefix(1);
  const text::DecodedRune rune = text::DecodeRune(text);
  if (rune.width == 0 || !rune.valid) return false;
  text.remove_prefix(rune.width);
  return !text.empty();
}

/// Takes a class behind its `[`.
bool TakeClass(std::string_view& text) {
  if (!text.empty() && text.front() == '^') text.remove_prefix(1);
  for (bool any = false;; any = true) {
    if (any && !text.empty() && text.front() == ']') {
      text.remove_prefix(1);
      return true;
    }
    if (!TakeClassCharacter(text)) return false;
    if (text.front() == '-') {
      text.remove_prefix(1);
      if (!TakeClassCharacter(text)) return false;
    }
  }
}

}  // namespace

std::string DirectoryOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return text::CleanPath(slash == std::string_view::npos ? std::string_view() : path.substr(0, slash + 1));
}

std::string JoinFolder(std::string_view folder, std::string_view path) {
  if (path.empty() || path.front() == '/') return std::string(path);
  if (folder.empty()) return text::CleanPath(path);
  return text::CleanPath(std::string(folder) + "/" + std::string(path));
}

bool IsFilePattern(std::string_view pattern) {
  const std::size_t star = pattern.find('*');
  return star == std::string_view::npos || pattern.find('/', star) == std::string_view::npos;
}

bool IsGlobWellFormed(std::string_view pattern) {
  while (!pattern.empty()) {
    const char c = pattern.front();
    pattern.remove_prefix(1);
    if (c == '\\') {
      if (pattern.empty()) return false;
      pattern.remove_prefix(1);
    } else if (c == '[' && !TakeClass(pattern)) {
      return false;
    }
  }
  return true;
}

}  // namespace stalemark
