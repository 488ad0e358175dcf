#include "protocol/path_parser.hpp"

#include <ostream>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace smtp_double;

namespace smtp_double {
static bool operator==(const Path& a, const Path& b) {
  return a.mailbox == b.mailbox && a.rest == b.rest && a.error == b.error;
}
static std::ostream& operator<<(std::ostream& out, const Path& path) {
  return out << "{mailbox '" << path.mailbox << "', rest '" << path.rest << "', error '" << path.error << "'}";
}
}  // namespace smtp_double

namespace {

Path forward(std::string_view text) { return parse_path(text, PathKind::Forward); }
Path reverse(std::string_view text) { return parse_path(text, PathKind::Reverse); }
Path good(std::string_view mailbox, std::string_view rest = {}) { return {mailbox, rest, {}}; }

}  // namespace

TEST_CASE("a path is an address in brackets, with spaces before it let through") {
  CHECK(forward("<ann@example.com>") == good("ann@example.com"));
  CHECK(forward("  <ann@example.com>") == good("ann@example.com"));
  CHECK(forward("<Ann.B+tag@Example.COM> NOTIFY=NEVER") == good("Ann.B+tag@Example.COM", " NOTIFY=NEVER"));
  CHECK(forward("<a@b>") == good("a@b"));
  CHECK(forward("<a@sub_domain.example.com.>") == good("a@sub_domain.example.com."));
  CHECK(forward("<!#$%&'*+-/=?^_`{|}~@b>") == good("!#$%&'*+-/=?^_`{|}~@b"));
  CHECK(forward("<j\xC3\xBCrgen@m\xC3\xBCnchen.example>") == good("j\xC3\xBCrgen@m\xC3\xBCnchen.example"));
}

TEST_CASE("only the reverse-path may be null, and only the forward-path a bare postmaster") {
  CHECK(reverse("<>") == good(""));
  CHECK(reverse("<> SIZE=1") == good("", " SIZE=1"));
  CHECK_FALSE(forward("<>").error.empty());
  CHECK(forward("<postmaster>") == good("postmaster"));
  CHECK(forward("<PostMaster>") == good("PostMaster"));
  CHECK_FALSE(reverse("<postmaster>").error.empty());
  CHECK_FALSE(forward("<ann>").error.empty());
}

TEST_CASE("a quoted local part may hold what would end a path or an address") {
  CHECK(forward(R"(<"ann b"@example.com>)") == good(R"("ann b"@example.com)"));
  CHECK(forward(R"(<"a@b"@example.com>)") == good(R"("a@b"@example.com)"));
  CHECK(forward(R"(<"a>b"@example.com> RET=FULL)") == good(R"("a>b"@example.com)", " RET=FULL"));
  CHECK(forward(R"(<"a\"b\\"@example.com>)") == good(R"("a\"b\\"@example.com)"));
  CHECK(forward(R"(<"\>"@example.com>)") == good(R"("\>"@example.com)"));
  CHECK(forward(R"(<""@example.com>)") == good(R"(""@example.com)"));
}

TEST_CASE("a source route is read and dropped") {
  CHECK(forward("<@relay.example:ann@example.com>") == good("ann@example.com"));
  CHECK(forward("<@a.example,@b.example:ann@example.com>") == good("ann@example.com"));
  CHECK(reverse("<@[192.0.2.1]:ann@example.com>") == good("ann@example.com"));
  CHECK(reverse("<@[IPv6:2001:db8::1],@b.example:ann@example.com>") == good("ann@example.com"));
  for (const char* wrong :
       {"<@a.example>", "<@:ann@b>", "<@a,b:ann@c>", "<@a,@:ann@c>", "<@a.example:>", "<@a,:a@b>"}) {
    CAPTURE(wrong);
    CHECK_FALSE(forward(wrong).error.empty());
  }
}

TEST_CASE("an address literal may stand for the domain") {
  CHECK(forward("<ann@[192.0.2.1]>") == good("ann@[192.0.2.1]"));
  CHECK(forward("<ann@[IPv6:2001:db8::1]>") == good("ann@[IPv6:2001:db8::1]"));
  for (const char* wrong : {"<ann@[]>", "<ann@[192.0.2.1>", "<ann@192.0.2.1]>", "<ann@[a b]>", "<ann@[a[b]>"}) {
    CAPTURE(wrong);
    CHECK_FALSE(forward(wrong).error.empty());
  }
}

TEST_CASE("what is no path says why, and still gives its best guess at the mailbox") {
  struct Wrong {
    std::string_view text;
    std::string_view mailbox;
  };
  const std::vector<Wrong> all{
      {"", ""},
      {"   ", ""},
      {"ann@example.com", "ann@example.com"},
      {"ann@example.com SIZE=1", "ann@example.com"},
      {"<ann@example.com", "ann@example.com"},
      {"<ann@example.com>SIZE=1", "ann@example.com"},
      {"<ann@example.com>>", "ann@example.com"},
      {"<@example.com>", "@example.com"},
      {"<ann@>", "ann@"},
      {"<ann@@example.com>", "ann@@example.com"},
      {"<ann.@example.com>", "ann.@example.com"},
      {"<.ann@example.com>", ".ann@example.com"},
      {"<a..b@example.com>", "a..b@example.com"},
      {"<ann b@example.com>", "ann b@example.com"},
      {"< ann@example.com>", " ann@example.com"},
      {"<ann@example.com >", "ann@example.com "},
      {"<ann@-example.com>", "ann@-example.com"},
      {"<ann@example..com>", "ann@example..com"},
      {"<ann@exa mple.com>", "ann@exa mple.com"},
      {"<ann@.>", "ann@."},
      {R"(<"ann@example.com>)", R"("ann@example.com)"},
      {R"(<"ann"b@example.com>)", R"("ann"b@example.com)"},
      {"<ann@example.com,bob@example.com>", "ann@example.com,bob@example.com"},
  };
  for (const Wrong& wrong : all) {
    CAPTURE(wrong.text);
    const Path path = forward(wrong.text);
    CHECK_FALSE(path.error.empty());
    CHECK(path.mailbox == wrong.mailbox);
  }
}

TEST_CASE("a path has at most 256 octets, a domain 255, and a local part of 64 is always taken") {
  const std::string domain_of_63_labels = std::string(63, 'd') + ".example";
  CHECK(forward("<" + std::string(64, 'l') + "@" + domain_of_63_labels + ">").error.empty());

  const auto path_of = [](std::size_t octets) { return "<a@" + std::string(octets - 4, 'd') + ">"; };
  CHECK(path_of(256).size() == 256);
  CHECK(forward(path_of(255)).error.empty());
  CHECK(forward(path_of(256)).error.empty());
  CHECK(forward(path_of(257)).error == "The path is longer than 256 octets");
}

TEST_CASE("an address is parted at the last at-sign outside quotes") {
  CHECK(local_part("ann@example.com") == "ann");
  CHECK(domain_part("ann@example.com") == "example.com");
  CHECK(local_part(R"("a@b"@example.com)") == R"("a@b")");
  CHECK(domain_part(R"("a@b"@example.com)") == "example.com");
  CHECK(local_part(R"("a@b")") == R"("a@b")");
  CHECK(domain_part(R"("a@b")").empty());
  CHECK(local_part("a@[x-y:foo@bar]") == "a");
  CHECK(domain_part("a@[x-y:foo@bar]") == "[x-y:foo@bar]");
  CHECK(local_part("a@b@c") == "a@b");
  CHECK(domain_part("a@b@c") == "c");
  CHECK(local_part("postmaster") == "postmaster");
  CHECK(domain_part("postmaster").empty());
  CHECK(local_part("").empty());
  CHECK(domain_part("").empty());
  CHECK(domain_part("ann@").empty());
}

TEST_CASE("a domain is a host name or an address literal") {
  for (const char* domain : {"a", "example.com", "example.com.", "a-b.c", "x_y.example", "1.2", "[192.0.2.1]"}) {
    CAPTURE(domain);
    CHECK(is_domain(domain));
  }
  for (const char* wrong : {"", ".", ".a", "a..b", "-a", "a b", "a..", "[]", "[", "a@b", "a/b", "a\tb", "[a", "a]"}) {
    CAPTURE(wrong);
    CHECK_FALSE(is_domain(wrong));
  }
}

TEST_CASE("no octet string makes the parser read beyond its end") {
  const std::string alphabet = "<>@\":,\\[]. ab";
  // All strings of up to four of these octets, each in memory of its own.
  std::vector<std::string> texts{""};
  for (std::size_t i = 0; i < texts.size() && texts[i].size() < 4; ++i) {
    for (const char c : alphabet) texts.push_back(texts[i] + c);
  }
  for (const std::string& text : texts) {
    const std::vector<char> exact(text.begin(), text.end());
    const std::string_view view(exact.data(), exact.size());
    for (const PathKind kind : {PathKind::Forward, PathKind::Reverse}) {
      const Path path = parse_path(view, kind);
      if (!path.error.empty()) continue;
      INFO(text);
      // Whatever is taken for a path stands in brackets, and nothing of it is lost.
      REQUIRE(text.find('<' + std::string(path.mailbox) + '>' + std::string(path.rest)) != std::string::npos);
    }
  }
}
