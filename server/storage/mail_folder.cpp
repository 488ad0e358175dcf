#include "storage/mail_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <utility>

namespace smtp_double {
namespace {

// '/' and ':' have a meaning in a Maildir's names.
std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  std::string safe;
  for (const char* c = name.data(); *c != '\0'; ++c) {
    if (*c == '/') {
      safe += "\\057";
    } else if (*c == ':') {
      safe += "\\072";
    } else {
      safe += *c;
    }
  }
  return safe;
}

}  // namespace

MailNames::MailNames() : host_(host_name()) {}

std::string MailNames::next() {
  using std::chrono::microseconds;
  const auto now =
      std::chrono::duration_cast<microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  return std::to_string(now / 1'000'000) + ".M" + std::to_string(now % 1'000'000) + 'P' + std::to_string(getpid()) +
         'Q' + std::to_string(++made_) + '.' + host_ + ".eml";
}

MailFolder::MailFolder(std::string path) : path_(std::move(path)) {
  for (const char* name : {"/tmp", "/new", "/cur", "/envelopes"}) {
    make_folder(path_ + name);
    if (access((path_ + name).c_str(), W_OK | X_OK) != 0) fail_on(path_ + name);
  }
  new_ = open_file(path_ + "/new", O_RDONLY | O_DIRECTORY);
  envelopes_ = open_file(path_ + "/envelopes", O_RDONLY | O_DIRECTORY);
}

MailDraft MailFolder::write(const std::string& name, std::string_view content, std::string_view envelope) {
  File message = open_file(tmp(name), O_WRONLY | O_CREAT | O_EXCL);
  try {
    write_all(message, content, tmp(name));
    MailDraft draft = write_envelope(name, envelope);
    draft.message = std::move(message);
    return draft;
  } catch (...) {
    unlink(tmp(name).c_str());
    throw;
  }
}

MailDraft MailFolder::write_envelope(std::string name, std::string_view envelope) {
  const std::string path = tmp_envelope(name);
  MailDraft draft{.name = std::move(name), .message = {}, .envelope = open_file(path, O_WRONLY | O_CREAT | O_EXCL)};
  try {
    write_all(draft.envelope, envelope, path);
  } catch (...) {
    unlink(path.c_str());
    throw;
  }
  return draft;
}

void MailFolder::sync(const MailDraft& draft) {
  smtp_double::sync(draft.envelope, tmp_envelope(draft.name));
  if (draft.message.is_open()) smtp_double::sync(draft.message, tmp(draft.name));
}

void MailFolder::deliver(const MailDraft& draft) {
  const std::string envelope = path_ + "/envelopes/" + draft.name + ".json";
  if (!draft.message.is_open()) return replace_file_by(tmp_envelope(draft.name), envelope);
  move_file(tmp_envelope(draft.name), envelope);
  try {
    move_file(tmp(draft.name), path_ + "/new/" + draft.name);
  } catch (...) {
    unlink(envelope.c_str());
    throw;
  }
}

void MailFolder::sync_names() {
  smtp_double::sync(envelopes_, path_ + "/envelopes");
  smtp_double::sync(new_, path_ + "/new");
}

void MailFolder::remove(const MailDraft& draft) noexcept {
  unlink(tmp_envelope(draft.name).c_str());
  if (draft.message.is_open()) unlink(tmp(draft.name).c_str());
}

}  // namespace smtp_double
