// SPDX-License-Identifier: Apache-2.0
#include "core/http/url.h"

#include <string>

namespace stalemark {

HopRequest HopTo(const Url& url) {
  const std::string hostname = url.Hostname();
  const std::string port = url.Port();
  const bool is_ipv6 = hostname.find(':') != std::string::npos;
  HopRequest request;
  request.scheme = url.scheme;
  request.address = is_ipv6 ? "[" + hostname + "]" : hostname;
  request.address += ":" + (!port.empty() ? port : url.scheme == "https" ? "443" : "80");
  request.host = url.host;
  request.target = url.RequestTarget();
  return request;
}

}  // namespace stalemark
