#include "storage/mail_writer.hpp"

#include <filesystem>
#include <future>
#include <system_error>

#include "support/catch.hpp"
#include "support/folder.hpp"

using namespace smtp_double;

namespace {

MessageToKeep message(const std::string& content) {
  auto made = std::make_shared<Message>();
  made->session = 3;
  made->number = 1;
  made->helo = "me.test";
  made->sender = "ann@example.com";
  made->parameters = "SIZE=5";
  made->recipients = {{"bob@example.com", "NOTIFY=NEVER"}};
  made->content = content;
  made->size = content.size();
  return {.message = made,
          .at = {std::chrono::microseconds(1), std::chrono::microseconds(2)},
          .client = "127.0.0.1:4711",
          .tls = "TLSv1.3",
          .auth_user = "",
          .recipients = made->recipients,
          .outcomes = {},
          .outcome = "250 2.0.0 OK"};
}

// Waits for what is told from another thread.
class Told {
 public:
  MessageKeeper::Then then() {
    return [this](bool is_kept) { told_.set_value(is_kept); };
  }
  bool wait() { return told_.get_future().get(); }

 private:
  std::promise<bool> told_;
};

std::string only_file(const std::string& folder) {
  const auto names = names_in(folder);
  REQUIRE(names.size() == 1);
  return folder + '/' + names[0];
}

}  // namespace

TEST_CASE("a message that is to be durable is there when that is told") {
  const Folder folder({});
  MailWriter writer(folder.path(), {.is_durable = true}, nullptr);
  writer.start();
  const auto keeper = writer.keeper_of("main");
  Told told;
  const MessageToKeep kept = message("Subject: x\r\n\r\ntext");
  CHECK(keeper->keep(kept, told.then()) == std::nullopt);
  CHECK(told.wait());
  const std::string path = only_file(folder.file("new"));
  CHECK(octets_of(path) == "Subject: x\r\n\r\ntext");
  CHECK(path.ends_with('/' + kept.kept_as->name));
  CHECK(
      octets_of(folder.file("envelopes/" + kept.kept_as->name + ".json")) ==
      "{\"id\":\"" + kept.kept_as->name +
          "\",\"double\":\"main\",\"session\":3,\"message\":1,\"at\":\"1970-01-01T00:00:00.000001Z\",\"elapsed_ms\":0."
          "002,\"client\":\"127.0.0.1:4711\",\"helo\":\"me.test\",\"tls\":\"TLSv1.3\",\"auth_user\":null,\"sender\":"
          "\"ann@example.com\","
          "\"parameters\":\"SIZE=5\",\"recipients\":[{\"mailbox\":\"bob@example.com\",\"parameters\":\"NOTIFY=NEVER\","
          "\"outcome\":\"250 2.0.0 OK\"}],\"size\":18,\"whole\":true,\"outcome\":\"250 2.0.0 OK\"}\n");
}

TEST_CASE("a message that need not be durable is taken at once, and is there when the writer stops") {
  const Folder folder({});
  MailWriter writer(folder.path(), {}, nullptr);
  writer.start();
  const auto keeper = writer.keeper_of("main");
  for (int i = 0; i < 300; ++i) CHECK(keeper->keep(message("x"), [](bool) { FAIL("nobody waits"); }) == true);
  writer.stop();
  CHECK(names_in(folder.file("new")).size() == 300);
  CHECK(writer.kept() == 300);
  CHECK(writer.lost() == 0);
}

TEST_CASE("who brings more than may wait is told when it is written") {
  const Folder folder({});
  MailWriter writer(folder.path(), {.most_octets = 1}, nullptr);
  writer.start();
  Told told;
  CHECK(writer.keeper_of("main")->keep(message("too much"), told.then()) == std::nullopt);
  CHECK(told.wait());
  CHECK(octets_of(only_file(folder.file("new"))) == "too much");
}

TEST_CASE("doubles have folders of their own") {
  const Folder folder({});
  MailWriter writer(folder.path(), {}, nullptr);
  writer.start();
  writer.keeper_of("main")->keep(message("of main"), nullptr);
  writer.keeper_of("t1")->keep(message("of t1"), nullptr);
  writer.stop();
  CHECK(octets_of(only_file(folder.file("new"))) == "of main");
  CHECK(octets_of(only_file(folder.file(".t1/new"))) == "of t1");
  CHECK(octets_of(only_file(folder.file(".t1/envelopes"))).find("\"double\":\"t1\"") != std::string::npos);
}

TEST_CASE("a message is kept once, its envelope as often as it changes") {
  const Folder folder({});
  MailWriter writer(folder.path(), {.is_durable = true}, nullptr);
  writer.start();
  const auto keeper = writer.keeper_of("main");
  MessageToKeep kept = message("text");
  Told first;
  keeper->keep(kept, first.then());
  CHECK(first.wait());
  kept.recipients.push_back({"eve@example.com", ""});
  kept.outcomes = {"250 for bob", "250 for eve"};
  Told second;
  keeper->keep(kept, second.then());
  CHECK(second.wait());
  CHECK(octets_of(only_file(folder.file("new"))) == "text");
  CHECK(octets_of(only_file(folder.file("envelopes"))).find("250 for eve") != std::string::npos);
}

TEST_CASE("a durable message that cannot be kept must not be acknowledged, and the next one may be") {
  const Folder folder({});
  std::vector<std::string> reports;
  MailWriter writer(folder.path(), {.is_durable = true}, [&](const std::string& text) { reports.push_back(text); });
  writer.start();
  const auto keeper = writer.keeper_of("main");
  std::filesystem::rename(folder.file("tmp"), folder.file("away"));
  for (int i = 0; i < 3; ++i) {
    Told told;
    keeper->keep(message("lost"), told.then());
    CHECK_FALSE(told.wait());
  }
  std::filesystem::rename(folder.file("away"), folder.file("tmp"));
  Told told;
  keeper->keep(message("kept"), told.then());
  CHECK(told.wait());
  writer.stop();
  CHECK(octets_of(only_file(folder.file("new"))) == "kept");
  CHECK(names_in(folder.file("tmp")).empty());
  CHECK(writer.lost() == 3);
  REQUIRE(reports.size() == 1);  // in this minute
  CHECK(reports[0].find(folder.path()) == 0);
  CHECK(reports[0].ends_with("No such file or directory: 1 messages could not be kept so far"));
}

TEST_CASE("one that is not durable and cannot be kept is counted") {
  const Folder folder({});
  MailWriter writer(folder.path(), {}, nullptr);
  writer.start();
  const auto keeper = writer.keeper_of("main");
  std::filesystem::remove_all(folder.file("tmp"));
  CHECK(keeper->keep(message("lost"), nullptr) == true);
  writer.stop();
  CHECK(writer.lost() == 1);
  CHECK(names_in(folder.file("envelopes")).empty());
}

TEST_CASE("a keeper that outlives its writer keeps nothing and says so") {
  const Folder folder({});
  std::shared_ptr<MessageKeeper> keeper;
  {
    MailWriter writer(folder.path(), {.is_durable = true}, nullptr);
    writer.start();
    keeper = writer.keeper_of("main");
  }
  CHECK(keeper->keep(message("late"), [](bool) {}) == false);
}

TEST_CASE("many threads bring messages at once") {
  const Folder folder({});
  MailWriter writer(folder.path(), {.most_octets = 20'000}, nullptr);
  writer.start();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([keeper = writer.keeper_of("main"), t] {
        for (int i = 0; i < 100; ++i) {
          Told told;
          const auto at_once = keeper->keep(message(std::to_string(t) + '-' + std::to_string(i)), told.then());
          if (!at_once) told.wait();
        }
      });
    }
  }
  writer.stop();
  CHECK(names_in(folder.file("new")).size() == 400);
}
