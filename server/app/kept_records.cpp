#include "app/kept_records.hpp"

#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

#include "storage/journal_recorder.hpp"
#include "storage/mail_writer.hpp"

namespace smtp_double {
namespace {

Complaints::Report to_log(std::string_view option) {
  return [option](const std::string& text) { spdlog::error("{}: {}", option, text); };
}

// False when making it throws, which is told.
bool try_folder(const std::optional<Given>& folder, StartReport& report, const auto& use) {
  if (!folder) return true;
  try {
    use(folder->text);
    return true;
  } catch (const std::exception& error) {
    report.error(std::string(folder->from) + ": cannot be used: " + error.what());
    return false;
  }
}

}  // namespace

KeptRecords::KeptRecords() = default;
KeptRecords::~KeptRecords() = default;

std::unique_ptr<KeptRecords> KeptRecords::open(const ServeSettings& settings, StartReport& report) {
  std::unique_ptr<KeptRecords> made(new KeptRecords);
  if (settings.durable && !settings.mail_dir) report.warning("durable: without a mail-dir no message is kept anywhere");
  const bool has_journals = try_folder(settings.journal_dir, report, [&](const std::string& folder) {
    made->journals_ = std::make_unique<JournalRecorder>(folder, to_log("journal-dir"));
  });
  const bool has_mail = try_folder(settings.mail_dir, report, [&](const std::string& folder) {
    made->mail_ = std::make_unique<MailWriter>(folder, MailOptions{.is_durable = settings.durable}, to_log("mail-dir"));
  });
  return has_journals && has_mail ? std::move(made) : nullptr;
}

void KeptRecords::take(const std::shared_ptr<Double>& from) {
  if (mail_ != nullptr) from->keeper = mail_->keeper_of(from->name);
  if (journals_ != nullptr) journals_->follow(from->name, from);
}

void KeptRecords::start() {
  if (mail_ != nullptr) mail_->start();
  if (journals_ != nullptr) journals_->start();
}

void KeptRecords::stop() {
  if (mail_ != nullptr) mail_->stop();
  if (journals_ != nullptr) journals_->stop();
}

}  // namespace smtp_double
