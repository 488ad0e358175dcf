// Every stage that has a reply × every kind of response, over real sockets: the exact octets, and the exact end of the
// connection. What is expected is put together here, from the RFC's grammar and a table of broken replies.

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/poll_clients.hpp"
#include "support/rules.hpp"
#include "support/running_server.hpp"
#include "support/transaction.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using namespace std::string_literals;
using test::accepted;
using test::envelope;
using test::envelope_replies;
using test::go_ahead;
using test::greeting;
using test::ok;
using test::PollClient;
using test::PollClients;
using test::response;
using test::where;
using PeerEnd = PollClient::End;

namespace {

struct StageRow {
  const char* stage;
  std::string before;          // what the client says first
  std::string before_replies;  // and what comes back for that, the greeting included
  std::string line;            // what the rule answers
  int built_in_class;          // of what the server would answer
};

const std::vector<StageRow>& stages() {
  static const std::string after_helo = greeting + "250 mx.example.test\r\n";
  static const std::string after_mail = greeting + "250 mx.example.test\r\n250 2.1.0 Sender OK\r\n";
  static const std::vector<StageRow> rows{
      {"connect", "", "", "", 2},
      {"helo", "", greeting, "HELO a\r\n", 2},
      {"ehlo", "", greeting, "EHLO a\r\n", 2},
      {"lhlo", "", greeting, "LHLO a\r\n", 5},
      {"starttls", "", greeting, "STARTTLS\r\n", 5},
      {"auth", "", greeting, "AUTH PLAIN AGEAYg==\r\n", 5},
      {"auth-response", "HELO a\r\nAUTH LOGIN\r\n", after_helo + "334 VXNlcm5hbWU6\r\n", "YW5u\r\n", 3},
      {"auth-result", "HELO a\r\n", after_helo, "AUTH PLAIN AGEAYg==\r\n", 2},
      {"mail", "HELO a\r\n", greeting + "250 mx.example.test\r\n", "MAIL FROM:<a@b>\r\n", 2},
      {"rcpt", "HELO a\r\nMAIL FROM:<a@b>\r\n", after_mail, "RCPT TO:<c@d>\r\n", 2},
      {"data", envelope, greeting + envelope_replies, "DATA\r\n", 3},
      {"body", envelope + "DATA\r\n", greeting + envelope_replies + go_ahead, "x", 2},
      {"message", envelope + "DATA\r\nx\r\n", greeting + envelope_replies + go_ahead, ".\r\n", 2},
      {"bdat", "", greeting, "BDAT 4\r\nNOOP", 5},
      {"bdat", envelope, greeting + envelope_replies, "BDAT 4\r\nNOOP", 2},
      {"message", envelope, greeting + envelope_replies, "BDAT 4 LAST\r\nNOOP", 2},
      {"rset", "", greeting, "RSET\r\n", 2},
      {"noop", "", greeting, "NOOP\r\n", 2},
      {"vrfy", "", greeting, "VRFY a\r\n", 2},
      {"expn", "", greeting, "EXPN a\r\n", 2},
      {"help", "", greeting, "HELP\r\n", 2},
      {"quit", "", greeting, "QUIT\r\n", 2},
      {"etrn", "", greeting, "ETRN a\r\n", 5},
      {"unknown", "", greeting, "FOO\r\n", 5},
  };
  return rows;
}

struct Case {
  std::string what;
  Response response;
  std::string octets;  // that the rule's response is on the wire
  int code = 0;        // that moves the session; 0: that of the built-in server
  bool early = false;  // the next reply is among the octets
};

bool is_at(const StageRow& row, std::string_view stage) { return row.stage == stage; }

int class_of(const StageRow& row, const Case& one) { return one.code == 0 ? row.built_in_class : one.code / 100; }

PeerEnd end_of(const StageRow& row, const Case& one) {
  if (one.response.then) {
    switch (*one.response.then) {
      case Then::Continue: return PeerEnd::Open;
      case Then::Close:
      case Then::HalfClose: return PeerEnd::Fin;
      case Then::Reset: return PeerEnd::Rst;
      case Then::Hang:
      case Then::StopReading: return PeerEnd::Open;
    }
  }
  return one.code == 421 || (is_at(row, "quit") && class_of(row, one) == 2) ? PeerEnd::Fin : PeerEnd::Open;
}

// The next line is a handshake then; nobody answers one that is none.
bool begins_tls(const StageRow& row, const Case& one) {
  return is_at(row, "starttls") && class_of(row, one) == 2 && !one.response.then;
}

// The server's answer to NOOP as a response of AUTH.
std::string after_response(const StageRow& row) {
  if (is_at(row, "auth")) return "503 5.5.1 Send EHLO first\r\n";
  if (is_at(row, "auth-result")) return "235 2.7.0 Authentication succeeded\r\n";
  return "501 5.5.2 LOGIN wants UTF-8 that is not empty and has no NUL\r\n";
}

// What the client says to see that the session goes on as it should, and what it hears.
struct Probe {
  std::string line;
  std::string replies;
};

Probe probe_for(const StageRow& row, const Case& one) {
  std::string line;
  std::vector<std::string> replies;
  const bool in_content = is_at(row, "data") && class_of(row, one) == 3;
  if (is_at(row, "body") || in_content) line += "\r\n.\r\n";
  if (in_content || (is_at(row, "body") && one.octets.empty())) replies.push_back(accepted);
  if (begins_tls(row, one)) return {"NOOP\r\n", ""};
  const bool refused = is_at(row, "connect") && class_of(row, one) == 5;
  for (int i = 0; i < 2; ++i) {
    line += "NOOP\r\n";
    replies.push_back(refused ? "503 5.5.1 The greeting refused this session; only QUIT is left\r\n" : ok);
  }
  // So is what is taken for a response of AUTH.
  if (std::string_view(row.stage).starts_with("auth") && class_of(row, one) == 3) {
    replies.front() = after_response(row);
  }
  if (one.early) replies.erase(replies.begin());
  std::string all;
  for (const std::string& reply : replies) all += reply;
  return {line, all};
}

// RFC 5321 4.2, with nothing but the standard library.
std::string wire(int code, const std::vector<std::string>& lines) {
  std::string all;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    all += std::to_string(code) + (i + 1 < lines.size() ? '-' : ' ') + lines[i] + "\r\n";
  }
  return all;
}

What reply(int code, const std::vector<std::string>& lines) { return test::reply(std::to_string(code), lines); }

void add_codes(std::vector<Case>& cases) {
  std::vector<int> codes{354, 421, 100, 599};
  for (int first = 1; first <= 5; ++first) {
    for (int second = 0; second <= 9; ++second) codes.push_back(100 * first + 10 * second + (first + second) % 10);
  }
  for (const int code : codes) {
    cases.push_back({"code " + std::to_string(code), response(reply(code, {"text"})), wire(code, {"text"}), code});
  }
  const std::vector<std::string> lines{"5.7.1 first", "", "5.7.1 -third"};
  cases.push_back({"lines", response(reply(550, lines)), wire(550, lines), 550});
}

struct BrokenRow {
  Malformation malformation;
  std::string octets;  // of "@ OK": @ is the code, > its first digit, # the second, < the last two
};

// 2yz and 3yz stand against 5yz; a reply of 3yz can have no enhanced code but of class 2.
const std::vector<BrokenRow>& broken_rows() {
  static const auto x = [](std::size_t count) { return std::string(count, 'x'); };
  static const std::vector<BrokenRow> rows{
      {Malformation::BareLf, "@ OK\n"},
      {Malformation::BareCr, "@ OK\r"},
      {Malformation::NoNewline, "@ OK"},
      {Malformation::LfInside, "@-OK\n@ OK\r\n"},
      {Malformation::NoText, "@\r\n"},
      {Malformation::NoSpace, "@OK\r\n"},
      {Malformation::CodeSpace, "@ \r\n"},
      {Malformation::CodeTab, "@\tOK\r\n"},
      {Malformation::LeadingSpace, " @ OK\r\n"},
      {Malformation::NegativeSign, "-@ OK\r\n"},
      {Malformation::TwoDigit, "># OK\r\n"},
      {Malformation::FourDigit, "@0 OK\r\n"},
      {Malformation::Letters, "XYZ OK\r\n"},
      {Malformation::FirstDigit0, "0< OK\r\n"},
      {Malformation::FirstDigit1, "1< OK\r\n"},
      {Malformation::FirstDigit6, "6< OK\r\n"},
      {Malformation::FirstDigit9, "9< OK\r\n"},
      {Malformation::MixedCodes, "@-OK\r\n5< OK\r\n"},
      {Malformation::Unterminated, "@-OK\r\n"},
      {Malformation::OverlongLine, "@ OK" + x(505) + "\r\n"},
      {Malformation::HugeLine, "@ OK" + x(65528) + "\r\n"},
      {Malformation::NonAscii, "@ OK \xC3\xBC\xE2\x82\xAC\r\n"},
      {Malformation::Latin1, "@ OK \xFC\r\n"},
      {Malformation::Nul, "@ O\0K\r\n"s},
      {Malformation::BlankLine, "\r\n@ OK\r\n"},
      {Malformation::EnhancedMismatch, "@ 5.1.1 OK\r\n"},
      {Malformation::EnhancedDiffers, "@-2.1.1 OK\r\n@ 2.7.1 OK\r\n"},
      {Malformation::EnhancedLeadingZero, "@ 2.01.1 OK\r\n"},
      {Malformation::Twice, "@ OK\r\n@ OK\r\n"},
      {Malformation::Garbage, "HTTP/1.1 400 Bad Request\r\n"},
      {Malformation::TlsInClear, "\x16\x03\x01\0\x2E\x02\0\0\x2A\x03\x03"s},
  };
  return rows;
}

std::string with_code(const std::string& pattern, const std::string& code) {
  std::string octets;
  for (const char c : pattern) {
    switch (c) {
      case '@': octets += code; break;
      case '>': octets += code[0]; break;
      case '#': octets += code[1]; break;
      case '<': octets += code.substr(1); break;
      default: octets += c;
    }
  }
  return octets;
}

// What a client that pipelines nothing would be told next.
std::string next_reply(const StageRow& row) {
  if (is_at(row, "connect")) return "250 mx.example.test\r\n";
  if (std::strstr("helo ehlo lhlo", row.stage) != nullptr) return "250 2.1.0 Sender OK\r\n";
  if (is_at(row, "mail")) return "250 2.1.5 Recipient OK\r\n";
  if (is_at(row, "rcpt")) return go_ahead;
  return ok;
}

void add_broken(std::vector<Case>& cases, const StageRow& row) {
  const int code = is_at(row, "data") ? 354 : 250;
  const auto add = [&](Malformation malformation, std::string octets) -> Case& {
    Case one{std::string(name(malformation)), response(reply(code, {"OK"})), std::move(octets), code};
    one.response.malformed = malformation;
    return cases.emplace_back(std::move(one));
  };
  for (const BrokenRow& broken : broken_rows()) {
    add(broken.malformation, with_code(broken.octets, std::to_string(code)));
  }
  add(Malformation::Early, wire(code, {"OK"}) + next_reply(row)).early = true;
}

void add_others(std::vector<Case>& cases, const StageRow& row) {
  const int code = is_at(row, "data") ? 354 : 250;
  const std::string octets = wire(code, {"a", "b"});
  const auto add = [&](std::string what, Response made, std::string sent, int moves) {
    cases.push_back({std::move(what), std::move(made), std::move(sent), moves});
  };
  Response made = response(reply(code, {"a", "b"}));
  made.pace = Pace{3, PaceUnit::Octets, 500us};
  add("pace of octets", made, octets, code);
  made.pace = Pace{1, PaceUnit::Lines, 1ms};
  add("pace of lines", made, octets, code);
  for (const std::size_t size : {1U, 7U, 12U}) {
    made.truncate = size;
    add("truncate " + std::to_string(size), made, octets.substr(0, size), code);
  }
  add("delay", response(reply(code, {"x"}), std::nullopt, 2ms), wire(code, {"x"}), code);
  add("raw", response(RawBytes{"4\r\n\0"s}), "4\r\n\0"s, 0);
  add("raw code", response(RawBytes{"599\n"}), "599\n", 599);
  add("none", response(NoReply{}), "", 0);
  add("421 and on", response(reply(421, {"x"}), Then::Continue), wire(421, {"x"}), 421);
  for (const Then then : {Then::Continue, Then::Close, Then::Reset, Then::HalfClose, Then::Hang, Then::StopReading}) {
    const std::string number = std::to_string(static_cast<int>(then));
    add("then " + number, response(reply(code, {"x"}), then), wire(code, {"x"}), code);
    add("none, then " + number, response(NoReply{}, then), "", 0);
    made = response(reply(450, {"x"}), then);
    made.then_after = 3ms;
    add("then " + number + " after a pause", made, wire(450, {"x"}), 450);
  }
}

std::vector<Case> cases_at(const StageRow& row) {
  std::vector<Case> cases;
  add_codes(cases);
  add_broken(cases, row);
  add_others(cases, row);
  return cases;
}

bool is_deaf(const Case& one) { return one.response.then == Then::Hang || one.response.then == Then::StopReading; }

// More than any buffer of the kernel's holds, of a kind that does no harm.
const std::string& much() {
  static const std::string octets(8'000'000, 'x');
  return octets;
}

struct RunningCase {
  const StageRow* row;
  Case one;
  PollClient* client = nullptr;
};

void check_all(std::vector<RunningCase>& all, std::uint16_t port) {
  PollClients clients;
  for (RunningCase& running : all) {
    running.client = &clients.connect(port);
    running.client->send(running.row->before + running.row->line);
    running.client->expect(running.row->before_replies + running.one.octets);
    running.client->expect_end(end_of(*running.row, running.one));
  }
  clients.run();
  for (RunningCase& running : all) {
    const bool open = end_of(*running.row, running.one) == PeerEnd::Open;
    if (open && is_deaf(running.one)) {
      running.client->flood(much());
    } else if (open) {
      const Probe probe = probe_for(*running.row, running.one);
      running.client->send(probe.line);
      running.client->expect(probe.replies);
      if (begins_tls(*running.row, running.one)) running.client->expect_end(PeerEnd::Fin);
    } else if (end_of(*running.row, running.one) == PeerEnd::Fin) {
      running.client->send("NOOP\r\n");  // is taken, and no RST comes back for it
    }
  }
  clients.run();
  clients.listen(60ms);
  for (const RunningCase& running : all) {
    INFO("at " << running.row->stage << ", " << running.one.what);
    CHECK(running.client->problem() == "");
    if (!is_deaf(running.one) || end_of(*running.row, running.one) != PeerEnd::Open) continue;
    const bool stopped = running.one.response.then == Then::StopReading;
    CHECK(running.client->is_stuck() == stopped);
    CHECK(running.client->has_sent_all() == !stopped);
  }
}

}  // namespace

TEST_CASE("each response at each stage: exact octets, and the exact end") {
  std::vector<RunningCase> all;
  for (const StageRow& row : stages()) {
    for (Case& one : cases_at(row)) all.push_back({&row, std::move(one)});
  }
  // Those of which nothing comes are waited for once, all together.
  std::stable_partition(all.begin(), all.end(), [](const RunningCase& running) { return !is_deaf(running.one); });
  std::vector<Rule> rules;
  for (const RunningCase& running : all) {
    // Connections are made one after the other, so that each session's number is known.
    rules.push_back(test::rule(running.row->stage, running.one.response, where("session", Equals{rules.size() + 1})));
    rules.back().times = 1;  // what is said behind it is the server's own
  }
  test::RunningServer server(test::scenario_of(std::move(rules)));
  constexpr std::size_t at_once = 150;
  for (std::size_t done = 0; done < all.size(); done += at_once) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(done);
    std::vector<RunningCase> batch(begin, begin + static_cast<std::ptrdiff_t>(std::min(at_once, all.size() - done)));
    check_all(batch, server.port());
  }
  CHECK(all.size() > 2'000);
}

TEST_CASE("an endless reply comes at each stage, and goes with its client") {
  std::vector<Rule> rules;
  for (const StageRow& row : stages()) {
    Response endless = response(reply(250, {std::string(26, 'x')}));
    endless.malformed = Malformation::Endless;
    rules.push_back(test::rule(row.stage, endless, where("session", Equals{rules.size() + 1})));
  }
  std::string flood;
  while (flood.size() < 200'000) flood += "250-" + std::string(26, 'x') + "\r\n";
  test::RunningServer server(test::scenario_of(std::move(rules)));
  PollClients clients;
  for (const StageRow& row : stages()) {
    PollClient& client = clients.connect(server.port());
    client.send(row.before + row.line);
    client.expect(row.before_replies + flood);
    client.allow_more();
  }
  clients.run();
  for (const PollClient& client : clients) CHECK(client.problem() == "");
}

TEST_CASE("a reset is RST also for a client that has not read what came before") {
  test::RunningServer server(test::scenario_of({test::rule("noop", response(NoReply{}, Then::Reset))}));
  PollClients clients;
  PollClient& client = clients.connect(server.port());
  client.send("HELP\r\nHELP\r\nNOOP\r\n");
  client.wait_for_error();
  CHECK(client.socket_error() == ECONNRESET);
}
