// SPDX-License-Identifier: Apache-2.0
#include "core/http/body_buffer.h"

#include <vector>

#include <boost/test/unit_test.hpp>

namespace stalemark {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

BodyBuffer OfSize(std::size_t bytes) {
  BodyBuffer buffer;
  buffer.Reserve(bytes);
  return buffer;
}

/// How many of the buffers that are taken have memory already.
std::size_t Kept(BodyPool& pool) {
  std::size_t count = 0;
  while (pool.Take().has_memory()) ++count;
  return count;
}

BOOST_AUTO_TEST_CASE(buffers_of_bodies_that_overlap_are_kept_up_to_4_MiB) {
  BodyPool pool;
  for (int i = 0; i < 100; ++i) pool.Give(OfSize(kMiB));
  BOOST_TEST(Kept(pool) == 4u);
  for (int i = 0; i < 100; ++i) pool.Give(OfSize(kMiB / 8));
  BOOST_TEST(Kept(pool) == 32u);
  // What was taken counts no more.
  for (int i = 0; i < 100; ++i) {
    pool.Give(OfSize(5 * kMiB));
    BOOST_TEST(pool.Take().has_memory());
  }
}

BOOST_AUTO_TEST_CASE(a_large_one_is_kept_alone_and_a_huge_one_is_not) {
  BodyPool pool;
  pool.Give(OfSize(20 * kMiB));
  pool.Give(OfSize(kMiB));
  BOOST_TEST(Kept(pool) == 1u);
  pool.Give(OfSize(kMiB));
  pool.Give(OfSize(20 * kMiB));
  BOOST_TEST(Kept(pool) == 1u);
  pool.Give(OfSize(40 * kMiB));
  BOOST_TEST(Kept(pool) == 0u);
}

}  // namespace
}  // namespace stalemark
