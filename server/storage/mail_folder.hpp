#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/file.hpp"

namespace smtp_double {

/// Makes names of files as a Maildir has them: TIME.MusecPpidQn.HOST.eml. None is made twice, by no process.
class MailNames {
 public:
  MailNames();

  std::string next();

 private:
  std::string host_;
  std::uint64_t made_ = 0;
};

/// A message on its way into a Maildir: written, and seen by nobody.
struct MailDraft {
  std::string name;
  File message;  ///< none when it is there already
  File envelope;
};

/// A Maildir: messages appear in `new`, whole, under names that are never used again. Beside it the folder `envelopes`
/// has a file NAME.json for each, which is there first. Readers take no notice of it.
///
/// Each function throws std::system_error, which names what could not be used.
class MailFolder {
 public:
  /// Makes the folders, and tries whether they can be written.
  explicit MailFolder(std::string path);

  /// Nothing can be seen of it before it is delivered. A draft that is not leaves at most a file in `tmp`.
  MailDraft write(const std::string& name, std::string_view content, std::string_view envelope);
  /// Another envelope for a message that is there.
  MailDraft write_envelope(std::string name, std::string_view envelope);
  /// Has what was written outlive a loss of power.
  void sync(const MailDraft& draft);
  void deliver(const MailDraft& draft);
  /// Has what was delivered outlive a loss of power.
  void sync_names();
  /// Forgets a draft that cannot be delivered.
  void remove(const MailDraft& draft) noexcept;

 private:
  std::string tmp(const std::string& name) const { return path_ + "/tmp/" + name; }
  std::string tmp_envelope(const std::string& name) const { return tmp(name) + ".json"; }

  std::string path_;
  File new_;
  File envelopes_;
};

}  // namespace smtp_double
