// SPDX-License-Identifier: Apache-2.0
// std::string of the module. The functions in Emscripten's library are compiled without inlining of what is not called
// inline: a push_back calls seven others.
#if defined(__EMSCRIPTEN__)
#include <string>

template class std::basic_string<char>;
#endif
