// SPDX-License-Identifier: Apache-2.0
#include "live/record/secret_forms.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text/ascii.h"
#include "core/text/base64.h"
#include "core/text/query_escape.h"

namespace stalemark {
namespace {

/// With every byte of `bytes` written as `write` does.
template <typename Write>
std::string Escaped(std::string_view text, std::string_view bytes, const Write& write) {
  std::string escaped;
  for (const char c : text) {
    if (bytes.find(c) == std::string_view::npos) {
      escaped += c;
    } else {
      escaped += write(c);
    }
  }
  return escaped;
}

std::string Replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string replaced;
  std::size_t done = 0;
  for (std::size_t at = text.find(from); at != std::string_view::npos; at = text.find(from, done)) {
    replaced.append(text, done, at - done);
    replaced += to;
    done = at + from.size();
  }
  replaced.append(text, done, std::string_view::npos);
  return replaced;
}

/// The hex digits of escapes in small letters.
std::string WithSmallDigits(std::string_view escaped) {
  std::string small(escaped);
  for (std::size_t at = small.find('%'); at != std::string::npos; at = small.find('%', at + 1)) {
    for (std::size_t i = at + 1; i < std::min(at + 3, small.size()); ++i) small[i] = ascii::ToLower(small[i]);
  }
  return small;
}

void AddUrlForms(std::string_view secret, std::vector<std::string>* forms) {
  const std::string query = text::QueryEscape(secret);
  for (const std::string& blanks : {query, UserinfoEscape(secret)}) {
    // encodeURI and paths leave more as it is.
    const std::string path = Replaced(blanks, "%2F", "/");
    std::string open = path;
    for (const char c : std::string_view("@:;,$&=+!*'()")) open = Replaced(open, fmt::format("%{:02X}", c), {&c, 1});
    for (const std::string& form : {blanks, path, open}) {
      forms->push_back(form);
      forms->push_back(WithSmallDigits(form));
    }
  }
}

void AddJsonForms(std::string_view secret, std::vector<std::string>* forms) {
  const std::string plain = Escaped(secret, "\"\\\n\r\t", [](char c) {
    constexpr std::string_view kControls = "\n\r\t";
    const std::size_t control = kControls.find(c);
    return std::string("\\") + (control == std::string_view::npos ? c : "nrt"[control]);
  });
  const auto unicode = [](std::string_view text, bool upper) {
    return Escaped(text, "<>&'",
                   [upper](char c) { return upper ? fmt::format("\\u00{:02X}", c) : fmt::format("\\u00{:02x}", c); });
  };
  for (const std::string& form : {plain, unicode(plain, false), unicode(plain, true)}) {
    forms->push_back(form);
    forms->push_back(Replaced(form, "/", "\\/"));
  }
}

void AddHtmlForms(std::string_view secret, std::vector<std::string>* forms) {
  for (const auto& [quote, apostrophe] :
       {std::pair{"&#34;", "&#39;"}, {"&quot;", "&#39;"}, {"&quot;", "&#x27;"}, {"&quot;", "&apos;"}, {"\"", "'"}}) {
    std::string form = Replaced(secret, "&", "&amp;");
    form = Replaced(Replaced(form, "<", "&lt;"), ">", "&gt;");
    forms->push_back(Replaced(Replaced(form, "\"", quote), "'", apostrophe));
  }
}

void AddBase64Forms(std::string_view secret, std::vector<std::string>* forms) {
  const std::string standard = text::EncodeBase64(secret);
  std::string url = standard;
  for (char& c : url) c = c == '+' ? '-' : c == '/' ? '_' : c;
  for (const std::string& form : {standard, url}) {
    forms->push_back(form);
    forms->push_back(form.substr(0, form.find('=')));
  }
}

}  // namespace

std::string UserinfoEscape(std::string_view text) {
  return Replaced(text::QueryEscape(text), "+", "%20");
}

std::vector<std::string> SecretForms(std::string_view secret) {
  std::vector<std::string> forms = {std::string(secret)};
  AddUrlForms(secret, &forms);
  AddJsonForms(secret, &forms);
  AddHtmlForms(secret, &forms);
  AddBase64Forms(secret, &forms);
  std::vector<std::string> distinct;
  for (std::string& form : forms) {
    if (std::find(distinct.begin(), distinct.end(), form) == distinct.end()) distinct.push_back(std::move(form));
  }
  return distinct;
}

}  // namespace stalemark
