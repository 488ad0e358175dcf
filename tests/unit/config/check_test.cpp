#include "config/check.hpp"

#include <sstream>

#include "support/catch.hpp"
#include "support/folder.hpp"

using namespace smtp_double;

namespace {

struct Checked {
  int status;
  std::string out;
  std::string err;
};

Checked check(const std::vector<std::string>& words) {
  std::ostringstream out;
  std::ostringstream err;
  const int status = run_check(words, out, err);
  return {status, out.str(), err.str()};
}

}  // namespace

TEST_CASE("check says ok, and how many rules") {
  const Checked checked = check({"accept", SMTP_DOUBLE_SOURCE_DIR "/scenarios/accept.yaml"});
  CHECK(checked.status == 0);
  CHECK(checked.err.empty());
  CHECK(checked.out == "scenarios/accept.yaml: ok, 0 rules\n" SMTP_DOUBLE_SOURCE_DIR
                       "/scenarios/accept.yaml: ok, 0 rules\n");
}

TEST_CASE("check takes warnings for fine and says them") {
  const Checked checked = check({SMTP_DOUBLE_SOURCE_DIR "/tests/diagnostics/lint-shadowed.yaml"});
  CHECK(checked.status == 0);
  CHECK(checked.out.ends_with("lint-shadowed.yaml: ok, 2 rules\n"));
  CHECK(checked.err.find(": warning: rules[1]: can never fire") != std::string::npos);
}

TEST_CASE("check goes on behind an error, and its status is 2") {
  const Checked checked = check({SMTP_DOUBLE_SOURCE_DIR "/tests/diagnostics/rule-on.yaml", "no-such", "accept"});
  CHECK(checked.status == 2);
  CHECK(checked.out == "scenarios/accept.yaml: ok, 0 rules\n");
  CHECK(checked.err.find("unknown key 'on'") != std::string::npos);
  CHECK(checked.err.find("no-such: there is no such file") != std::string::npos);
}

TEST_CASE("check takes a folder for the one scenario that is served") {
  const Folder folder({{"a.yaml", "server: {hostname: mx.example.test}\nrules: [{name: one, at: rcpt, reply: 550}]\n"},
                       {"b.yaml", "rules: [{name: two, at: mail, reply: 451}]\n"}});
  const Checked checked = check({folder.path()});
  CHECK(checked.status == 0);
  CHECK(checked.err.empty());
  CHECK(checked.out == folder.path() + ": ok, 2 rules\n");
}

TEST_CASE("check finds what the files of a folder cannot both have") {
  const Folder folder({{"a.yaml", "server: {hostname: a.test}\nrules: [{name: one, at: rcpt, reply: 550}]\n"},
                       {"b.yaml", "server: {hostname: b.test}\nrules: [{name: one, at: data, reply: 451}]\n"}});
  const Checked checked = check({folder.path(), "accept"});
  CHECK(checked.status == 2);
  CHECK(checked.out == "scenarios/accept.yaml: ok, 0 rules\n");
  CHECK(checked.err.find("b.yaml:1:9: 'server' is set in two of the scenarios") != std::string::npos);
  CHECK(checked.err.find("b.yaml:2:9: the name 'one' is taken") != std::string::npos);
}

TEST_CASE("check tells of a rule that another file of the folder shadows") {
  const Folder folder(
      {{"a.yaml", "rules: [{at: rcpt, reply: 550}]\n"}, {"b.yaml", "rules: [{at: rcpt, reply: 551}]\n"}});
  const Checked checked = check({folder.path()});
  CHECK(checked.status == 0);
  CHECK(checked.err.find("b.yaml:1:9: warning: rules[1]: can never fire") != std::string::npos);
}
