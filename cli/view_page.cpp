// SPDX-License-Identifier: Apache-2.0
#include "cli/view_page.h"

#include <filesystem>

#include <fmt/format.h>

#include "cli/disk/disk_files.h"
#include "core/text/base64.h"
#include "sim/sim_response.h"
#ifndef __EMSCRIPTEN__
#include <httplib.h>
#endif

namespace stalemark::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMarker = "<!-- stalemark:bundle -->";

Result<std::string> FindViewPage() {
  std::error_code unknown;
  const fs::path folder = fs::read_symlink("/proc/self/exe", unknown).parent_path();
  std::string looked;
  for (const char* place : {"view.html", "../web/view.html", "../share/stalemark/view.html"}) {
    const fs::path path = (folder / place).lexically_normal();
    if (fs::is_regular_file(path, unknown)) return path.string();
    looked += (looked.empty() ? "" : ", ") + path.string();
  }
  return Error{fmt::format("no page: looked for {}; `make page` builds it, --page FILE names another", looked)};
}

}  // namespace

Result<std::string> ReadViewPage(const std::string& file) {
  const Result<std::string> path = file.empty() ? FindViewPage() : Result<std::string>(file);
  return path.ok() ? DiskFiles().Read(*path) : path;
}

Result<std::string> PageWith(PagePart part, std::string_view page, std::string_view json) {
  const std::size_t marker = page.find(kMarker);
  if (marker == std::string_view::npos) {
    return Error{fmt::format("the page has no {}: it is not the visualizer's", kMarker)};
  }
  const std::string script =
      fmt::format("<script type=\"application/octet-stream\" id=\"stalemark-{}\">{}</script>",
                  part == PagePart::kBundle ? "bundle" : "gallery", text::EncodeBase64(Zlib(json)));
  return fmt::format("{}{}{}", page.substr(0, marker), script, page.substr(marker + kMarker.size()));
}

#ifdef __EMSCRIPTEN__
Status ServePage(const std::string&, int, void (*)(const std::string&)) {
  return Error{"serving needs the native command; --html writes the page to a file"};
}
#else
Status ServePage(const std::string& page, int port, void (*ready)(const std::string& address)) {
  httplib::Server server;
  // The library's own would let two servers share a port, and a request reach either.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  server.Get("/", [&](const httplib::Request&, httplib::Response& response) {
    response.set_header("Cache-Control", "no-store");
    response.set_content(page, "text/html; charset=utf-8");
  });
  const char* host = "127.0.0.1";
  const bool bound = port == 0 ? (port = server.bind_to_any_port(host)) > 0 : server.bind_to_port(host, port);
  if (!bound) return Error{fmt::format("cannot listen on {}:{}", host, port)};
  ready(fmt::format("http://{}:{}/", host, port));
  return server.listen_after_bind() ? Status() : Status(Error{"the server ended"});
}
#endif

}  // namespace stalemark::cli
