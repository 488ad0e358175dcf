#include "storage/mail_folder.hpp"

#include <filesystem>
#include <set>
#include <system_error>

#include "support/catch.hpp"
#include "support/folder.hpp"

using namespace smtp_double;

TEST_CASE("names of messages are as a Maildir has them, and never the same") {
  MailNames names;
  std::set<std::string> made;
  for (int i = 0; i < 1000; ++i) made.insert(names.next());
  CHECK(made.size() == 1000);
  CHECK(made.begin()->find_first_of("/:") == std::string::npos);
  CHECK(made.begin()->find(".M") != std::string::npos);
  CHECK(made.begin()->ends_with(".eml"));
}

TEST_CASE("a message is seen when it is delivered, its envelope before it") {
  const Folder folder({});
  MailFolder mail(folder.path());
  const std::string octets("Subject: x\r\n\r\n\0\xFF\n.", 19);
  const MailDraft draft = mail.write("a.eml", octets, "{}\n");
  CHECK(names_in(folder.file("new")).empty());
  CHECK(names_in(folder.file("envelopes")).empty());
  mail.sync(draft);
  mail.deliver(draft);
  mail.sync_names();
  CHECK(octets_of(folder.file("new/a.eml")) == octets);
  CHECK(octets_of(folder.file("envelopes/a.eml.json")) == "{}\n");
  CHECK(names_in(folder.file("tmp")).empty());
  CHECK(names_in(folder.file("cur")).empty());
}

TEST_CASE("an envelope can be replaced, wherever a reader has put the message") {
  const Folder folder({});
  MailFolder mail(folder.path());
  mail.deliver(mail.write("a.eml", "text", "one"));
  std::filesystem::rename(folder.file("new/a.eml"), folder.file("cur/a.eml:2,S"));
  mail.deliver(mail.write_envelope("a.eml", "two"));
  CHECK(octets_of(folder.file("envelopes/a.eml.json")) == "two");
  CHECK(names_in(folder.file("new")).empty());
  CHECK(names_in(folder.file("tmp")).empty());
}

TEST_CASE("a name that was used before is used by nobody again") {
  const Folder folder({});
  MailFolder mail(folder.path());
  mail.deliver(mail.write("a.eml", "first", "first"));
  const MailDraft second = mail.write("a.eml", "second", "second");
  CHECK_THROWS_AS(mail.deliver(second), std::system_error);
  CHECK(octets_of(folder.file("new/a.eml")) == "first");
  CHECK(octets_of(folder.file("envelopes/a.eml.json")) == "first");
  mail.remove(second);
  CHECK(names_in(folder.file("tmp")).empty());
  CHECK_NOTHROW(mail.write("a.eml", "third", "third"));
}

TEST_CASE("no envelope stays of a message that could not be delivered") {
  const Folder folder({});
  MailFolder mail(folder.path());
  const MailDraft draft = mail.write("a.eml", "x", "x");
  std::filesystem::remove_all(folder.file("new"));
  CHECK_THROWS_WITH(mail.deliver(draft), has_part("/new/a.eml"));
  CHECK(names_in(folder.file("envelopes")).empty());
}

TEST_CASE("a mail folder that cannot be used is named") {
  const Folder folder({});
  std::ofstream(folder.file("new")) << "a file";
  CHECK_THROWS_WITH(MailFolder(folder.path()), has_part(folder.file("new")));
}
