// Replies to messages that are kept somewhere wait for that, and nothing else does.

#include <condition_variable>
#include <deque>
#include <mutex>

#include "journal/message_keeper.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"
#include "support/running_server.hpp"
#include "support/tcp_client.hpp"

using namespace smtp_double;
using test::endpoint;
using test::reply;
using test::response;
using test::rule;
using test::RunningServer;
using test::scenario_of;
using test::TcpClient;

namespace {

// Keeps nothing until a test says how it is to end.
class FakeKeeper final : public MessageKeeper {
 public:
  std::optional<bool> keep(MessageToKeep message, Then then) override {
    const std::lock_guard lock(mutex_);
    asked_.push_back(std::move(message));
    waiting_.push_back(std::move(then));
    changed_.notify_all();
    return std::nullopt;
  }

  /// Waits until something is to be kept; says how that ends.
  MessageToKeep end_next(bool is_kept) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_.empty(); });
    MessageToKeep asked = std::move(asked_.front());
    const Then then = std::move(waiting_.front());
    asked_.pop_front();
    waiting_.pop_front();
    lock.unlock();
    then(is_kept);
    return asked;
  }
  void wait_until_asked() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_.empty(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<MessageToKeep> asked_;
  std::deque<Then> waiting_;
};

class KnowingKeeper final : public MessageKeeper {
 public:
  explicit KnowingKeeper(bool is_kept) : is_kept_(is_kept) {}
  std::optional<bool> keep(MessageToKeep, Then) override { return is_kept_; }

 private:
  bool is_kept_;
};

struct Kept {
  explicit Kept(Scenario scenario, ListenerKind kind = ListenerKind::Smtp)
      : server(std::move(scenario), {{endpoint("127.0.0.1:0"), kind}}, 1, RunningServer::Start::Later) {
    server.owner().keeper = keeper;
    server.start();
  }

  std::shared_ptr<FakeKeeper> keeper = std::make_shared<FakeKeeper>();
  RunningServer server;
};

const std::string data_from_ann = "MAIL FROM:<ann@a.example>\r\nRCPT TO:<bob@b.example>\r\nDATA\r\n";
const std::string mail_from_ann = data_from_ann + "Subject: x\r\n\r\ntext\r\n.\r\n";

std::string last_line(const std::string& said) {
  const std::size_t end = said.rfind("\r\n", said.size() - 3);
  return end == std::string::npos ? said : said.substr(end + 2);
}

}  // namespace

TEST_CASE("a reply waits until its message is kept, and others are served meanwhile") {
  Kept kept(scenario_of({}));
  TcpClient client(kept.server.port());
  client.send("HELO me.test\r\n" + mail_from_ann + "QUIT\r\n");
  kept.keeper->wait_until_asked();
  CHECK(kept.server.owner().mailbox.accepted() == 0);
  TcpClient other(kept.server.port());
  other.send("HELO other.test\r\nQUIT\r\n");
  CHECK(other.read_all().find("221 ") != std::string::npos);
  const MessageToKeep asked = kept.keeper->end_next(true);
  CHECK(asked.message->content == "Subject: x\r\n\r\ntext\r\n");
  CHECK(asked.message->helo == "me.test");
  CHECK(asked.recipients == std::vector<Recipient>{{"bob@b.example", ""}});
  CHECK(asked.outcome.starts_with("250 "));
  CHECK(asked.client.starts_with("127.0.0.1:"));
  CHECK(asked.at.time.count() > 0);
  const std::string said = client.read_all();
  CHECK(said.find("354 ") < said.find("Message accepted"));
  CHECK(said.find("221 ") != std::string::npos);
  CHECK(kept.server.owner().mailbox.accepted() == 1);
}

TEST_CASE("a message that cannot be kept is refused, and the session goes on") {
  Kept kept(scenario_of({}));
  TcpClient client(kept.server.port());
  client.send("HELO me.test\r\n" + mail_from_ann + mail_from_ann + "QUIT\r\n");
  kept.keeper->end_next(false);
  kept.keeper->end_next(true);
  const std::string said = client.read_all();
  const std::size_t refused = said.find("451 4.3.0 The message could not be stored\r\n");
  CHECK(refused != std::string::npos);
  CHECK(said.find("Message accepted", refused) != std::string::npos);
  CHECK(kept.server.owner().mailbox.accepted() == 1);
  kept.server.stop();
  CHECK(kept.server.transcript(1).find("S: 451 4.3.0 The message could not be stored") != std::string::npos);
}

TEST_CASE("what is known at once needs no wait") {
  for (const bool is_kept : {true, false}) {
    RunningServer server(scenario_of({}), 1, {"127.0.0.1:0"}, RunningServer::Start::Later);
    server.owner().keeper = std::make_shared<KnowingKeeper>(is_kept);
    server.start();
    TcpClient client(server.port());
    client.send("HELO me.test\r\n" + mail_from_ann + "QUIT\r\n");
    CHECK((client.read_all().find("451 4.3.0") == std::string::npos) == is_kept);
    CHECK(server.owner().mailbox.accepted() == (is_kept ? 1U : 0U));
  }
}

TEST_CASE("what is refused anyway is kept nowhere") {
  RunningServer server(scenario_of({rule("message", response(reply("554", {"No"})))}), 1, {"127.0.0.1:0"},
                       RunningServer::Start::Later);
  server.owner().keeper = std::make_shared<FakeKeeper>();
  server.start();
  TcpClient client(server.port());
  client.send("HELO me.test\r\n" + mail_from_ann + "QUIT\r\n");
  CHECK(client.read_all().find("554 No") != std::string::npos);
}

TEST_CASE("LMTP has each of its replies when that can be kept") {
  Kept kept(scenario_of({}), ListenerKind::Lmtp);
  TcpClient client(kept.server.port());
  client.send(
      "LHLO me.test\r\nMAIL FROM:<>\r\nRCPT TO:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nRCPT TO:<c@x.example>\r\n"
      "DATA\r\ntext\r\n.\r\nQUIT\r\n");
  CHECK(kept.keeper->end_next(true).recipients.size() == 1);
  const MessageToKeep refused = kept.keeper->end_next(false);
  CHECK(refused.recipients.back().mailbox == "b@x.example");
  const MessageToKeep last = kept.keeper->end_next(true);
  CHECK(last.recipients == std::vector<Recipient>{{"a@x.example", ""}, {"c@x.example", ""}});
  CHECK(last.outcomes.size() == 2);
  CHECK(last.kept_as == refused.kept_as);
  const std::string said = client.read_all();
  const std::size_t second = said.find("451 4.3.0");
  CHECK(said.rfind("250 ", second) != std::string::npos);
  CHECK(said.find("250 ", second) != std::string::npos);
  const auto kept_message = kept.server.owner().mailbox.find(1);
  REQUIRE(kept_message != nullptr);
  CHECK(kept_message->recipients == std::vector<Recipient>{{"a@x.example", ""}, {"c@x.example", ""}});
  CHECK(kept_message->outcomes.size() == 2);
}

TEST_CASE("LMTP's last reply, and all of them, may be the ones that cannot be kept") {
  for (const bool first_is_kept : {true, false}) {
    Kept kept(scenario_of({}), ListenerKind::Lmtp);
    TcpClient client(kept.server.port());
    client.send(
        "LHLO me.test\r\nMAIL FROM:<>\r\nRCPT TO:<a@x.example>\r\nRCPT "
        "TO:<b@x.example>\r\nDATA\r\ntext\r\n.\r\nQUIT\r\n");
    kept.keeper->end_next(first_is_kept);
    kept.keeper->end_next(false);
    client.read_all();
    CHECK(kept.server.owner().mailbox.accepted() == (first_is_kept ? 1U : 0U));
    if (first_is_kept) CHECK(kept.server.owner().mailbox.find(1)->recipients.size() == 1);
  }
}

TEST_CASE("a connection that ends while its message is being kept is gone, whatever becomes of that") {
  Kept kept(scenario_of({}));
  {
    TcpClient client(kept.server.port());
    client.send("HELO me.test\r\n" + mail_from_ann);
    kept.keeper->wait_until_asked();
  }
  kept.server.stop();  // which cuts it off
  kept.keeper->end_next(true);
  CHECK(kept.server.owner().connections == 0);
}

TEST_CASE("a reply that goes on to close, or is not said at all, waits as well") {
  Kept kept(scenario_of({rule("message", response(NoReply{}, Then::Close))}));
  TcpClient client(kept.server.port());
  client.send("HELO me.test\r\n" + mail_from_ann);
  CHECK(kept.keeper->end_next(true).outcome.empty());
  CHECK(last_line(client.read_all()).starts_with("354 "));
  CHECK(kept.server.owner().mailbox.accepted() == 1);
}
