// SPDX-License-Identifier: Apache-2.0
// SD-03, SD-22, SD-24, SD-25, SD-32, SD-33.
#include "core/discovery/documents.h"

#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace stalemark {
namespace {

/// `SOURCE [TARGET TARGET] name=value ...; ...`, or the error.
std::string Shown(const Result<std::vector<TargetGroup>>& groups) {
  if (!groups) return groups.error().message;
  std::string out;
  for (const TargetGroup& group : *groups) {
    out += group.source + " [";
    for (const LabelMap& target : group.targets) out += target.at("__address__") + " ";
    out += "]";
    for (const auto& entry : group.labels) out += " " + entry.first + "=" + entry.second;
    out += "; ";
  }
  return out;
}

std::string FromFile(const std::string& name, const std::string& content) {
  return Shown(ParseFileDocument(name, content));
}

std::string FromHttp(DiscoveryResponse response) {
  return Shown(ParseHttpResponse("http://sd", response));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(documents)

BOOST_AUTO_TEST_CASE(SD_22_source_and_path_label) {
  const std::string expected = "d/t.EXT:0 [a b ] __meta_filepath=d/t.EXT x=y; d/t.EXT:1 [] __meta_filepath=d/t.EXT; ";
  for (const std::string extension : {"json", "JSON", "Json"}) {
    std::string wanted = expected;
    for (std::size_t at; (at = wanted.find("EXT")) != std::string::npos;) wanted.replace(at, 3, extension);
    BOOST_TEST(FromFile("d/t." + extension,
                        R"([{"targets":["a","b"],"labels":{"x":"y","__meta_filepath":"mine"}},{}])") == wanted);
  }
  BOOST_TEST(FromFile("t.yml", "- targets: [a]\n  labels: {x: y}\n") == "t.yml:0 [a ] __meta_filepath=t.yml x=y; ");
}

BOOST_AUTO_TEST_CASE(SD_25_extension_and_null_items) {
  BOOST_TEST(FromFile("t.json", "[null]") == "nil target group item found");
  BOOST_TEST(FromFile("t.yaml", "-\n") == "nil target group item found");
  BOOST_TEST(FromFile("t.txt", "") == "unhandled file extension \".txt\"");
  BOOST_TEST(FromFile("a.json/t", "") == "unhandled file extension \"\"");
}

BOOST_AUTO_TEST_CASE(SD_03_json_groups) {
  struct Row {
    std::string name;
    std::string text;
    std::string shown;
  };
  const std::string label = " __meta_filepath=t.json; ";
  const std::vector<Row> rows = {
      {"null", "null", ""},
      {"keys without case", "[{\"TARGETs\":[\"a\"],\"Label\u017f\":{\"x\":null}}]",
       "t.json:0 [a ]" + label.substr(0, label.size() - 2) + " x=; "},
      {"repeated key, null keeps", R"([{"targets":["a","b"],"targets":["c"],"targets":[null,null]}])",
       "t.json:0 [c b ]" + label},
      {"repeated key after an empty list", R"([{"targets":["a"],"targets":[],"targets":[null]}])",
       "t.json:0 [ ]" + label},
      {"unknown field", R"([{"target":["a"]}])", "json: unknown field \"target\""},
      {"list of texts", R"(["a"])",
       R"(json: cannot unmarshal string into Go value of type struct { Targets []string "json:\"targets\""; )"
       R"(Labels model.LabelSet "json:\"labels\"" })"},
      {"labels hide earlier errors", R"([{"foo":1,"labels":{"":"x"}}])", R"("" is not a valid label name)"},
      {"first error is told", R"([{"targets":[1],"foo":1}])",
       "json: cannot unmarshal number into Go struct field .targets of type string"},
      {"labels not an object", R"([{"labels":[]}])",
       "json: cannot unmarshal array into Go struct field .labels of type map[model.LabelName]model.LabelValue"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(FromFile("t.json", row.text) == row.shown);
    }
  }
}

BOOST_AUTO_TEST_CASE(SD_32_status_and_content_type) {
  BOOST_TEST(FromHttp({404, "404 Not Found", "application/json", "[]"}) == "server returned HTTP status 404 Not Found");
  const std::vector<std::string> accepted = {"application/json", " Application/JSON ", "application/json;charset=UTF-8",
                                             "application/json; charset=\"utf-8\""};
  for (const std::string& type : accepted) BOOST_TEST(FromHttp({200, "200 OK", type, "[]"}).empty(), type);
  const std::vector<std::string> refused = {"",
                                            "text/json",
                                            "application/json;",
                                            "application/json; charset=utf-16",
                                            "application/json ;charset=utf-8",
                                            "application/json; charset=\"utf-8",
                                            "application/jsonx"};
  for (const std::string& type : refused) {
    BOOST_TEST(FromHttp({200, "200 OK", type, "[]"}).find("unsupported content type \"") == 0u, type);
  }
}

BOOST_AUTO_TEST_CASE(SD_33_source_and_url_label) {
  BOOST_TEST(FromHttp({200, "200 OK", "application/json", R"([{"targets":["a"],"labels":{"__meta_url":"mine"}}])"}) ==
             "http://sd:0 [a ] __meta_url=http://sd; ");
}

BOOST_AUTO_TEST_CASE(SD_24_lost_groups_are_emptied) {
  std::vector<TargetGroup> groups = ParseFileDocument("t.json", R"([{"targets":["a"]}])").value();
  AppendLostGroups("t.json", 3, groups);
  BOOST_REQUIRE(groups.size() == 3u);
  BOOST_TEST(groups[1].source == "t.json:1");
  BOOST_TEST(groups[2].source == "t.json:2");
  BOOST_TEST(groups[2].targets.empty());
  AppendLostGroups("t.json", 1, groups);
  BOOST_TEST(groups.size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
