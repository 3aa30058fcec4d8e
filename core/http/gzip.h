// SPDX-License-Identifier: Apache-2.0
// Packing of bodies, for those who answer requests. Unpacking is gunzip.h. The same bytes on every build with the same
// zlib. Requires: less than 4 GiB. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace stalemark {

/// `bytes` as one gzip member.
std::string Gzip(std::string_view bytes);
/// `bytes` as a zlib stream, which browsers call deflate.
std::string Zlib(std::string_view bytes);

}  // namespace stalemark
