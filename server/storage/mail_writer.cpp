#include "storage/mail_writer.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <set>
#include <utility>

#include "storage/envelope.hpp"

namespace smtp_double {
namespace {

// So many are written with one wait for the disk.
constexpr std::size_t longest_batch = 100;
constexpr std::uint64_t octets_around = 1024;  // of a message in the queue, roughly

struct Place {
  std::string double_name;
  MailFolder folder;
};

struct Request {
  MessageToKeep kept;
  MessageKeeper::Then then;
  std::shared_ptr<Place> place;
  std::optional<MailDraft> draft = {};
  bool has_failed = false;

  std::uint64_t octets() const { return kept.message->content.size() + octets_around; }
};

using Batch = std::vector<Request>;

}  // namespace

// What the writer, its thread and its keepers share.
struct MailWriter::Shared {
  Shared(MailOptions chosen, Complaints::Report report) : options(chosen), complaints(std::move(report)) {}

  std::optional<bool> add(Request request);
  Batch next_batch();
  void finish(Batch& batch);
  void run();

  void write(Batch& batch);
  void try_each(Batch& batch, const std::function<void(Request&)>& step);
  void sync_names(Batch& batch);
  void fail(Request& request, const std::exception& error);

  const MailOptions options;
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<Request> queue;
  std::uint64_t octets = 0;  // of the queue
  bool is_stopping = false;
  std::uint64_t kept = 0;
  std::uint64_t lost = 0;

  // Of the thread alone.
  MailNames names;
  Complaints complaints;
};

class MailWriter::Keeper final : public MessageKeeper {
 public:
  Keeper(std::shared_ptr<Shared> shared, std::shared_ptr<Place> place)
      : shared_(std::move(shared)), place_(std::move(place)) {}

  std::optional<bool> keep(MessageToKeep message, Then then) override {
    return shared_->add({.kept = std::move(message), .then = std::move(then), .place = place_});
  }

 private:
  std::shared_ptr<Shared> shared_;
  std::shared_ptr<Place> place_;
};

std::optional<bool> MailWriter::Shared::add(Request request) {
  const std::lock_guard lock(mutex);
  if (is_stopping) {
    ++lost;
    return !options.is_durable;
  }
  const bool has_room = octets + request.octets() <= options.most_octets && queue.size() < options.most_messages;
  // Only who has to wait is told.
  const bool waits = request.then && (options.is_durable || !has_room);
  if (!waits) request.then = nullptr;
  octets += request.octets();
  queue.push_back(std::move(request));
  changed.notify_one();
  return waits ? std::nullopt : std::optional(true);
}

Batch MailWriter::Shared::next_batch() {
  std::unique_lock lock(mutex);
  changed.wait(lock, [this] { return is_stopping || !queue.empty(); });
  Batch batch;
  while (!queue.empty() && batch.size() < longest_batch) {
    batch.push_back(std::move(queue.front()));
    queue.pop_front();
  }
  return batch;
}

void MailWriter::Shared::finish(Batch& batch) {
  {
    const std::lock_guard lock(mutex);
    for (const Request& request : batch) {
      octets -= request.octets();
      ++(request.has_failed ? lost : kept);
    }
  }
  for (const Request& request : batch) {
    if (request.then) request.then(!request.has_failed || !options.is_durable);
  }
}

void MailWriter::Shared::run() {
  while (true) {
    Batch batch = next_batch();
    if (batch.empty()) return;
    write(batch);
    finish(batch);
  }
}

// One part after the other for all of them: the disk waits once for many.
void MailWriter::Shared::write(Batch& batch) {
  try_each(batch, [this](Request& request) {
    const bool is_new = request.kept.kept_as->name.empty();
    const std::string name = is_new ? names.next() : request.kept.kept_as->name;
    const std::string envelope = envelope_json(request.kept, request.place->double_name, name);
    MailFolder& folder = request.place->folder;
    request.draft =
        is_new ? folder.write(name, request.kept.message->content, envelope) : folder.write_envelope(name, envelope);
  });
  if (options.is_durable) {
    try_each(batch, [](Request& request) { request.place->folder.sync(*request.draft); });
  }
  try_each(batch, [](Request& request) {
    request.place->folder.deliver(*request.draft);
    request.kept.kept_as->name = request.draft->name;
  });
  if (options.is_durable) sync_names(batch);
  for (Request& request : batch) {
    if (request.has_failed && request.draft) request.place->folder.remove(*request.draft);
  }
}

// Those that have not failed before.
void MailWriter::Shared::try_each(Batch& batch, const std::function<void(Request&)>& step) {
  for (Request& request : batch) {
    if (request.has_failed) continue;
    try {
      step(request);
    } catch (const std::exception& error) {
      fail(request, error);
    }
  }
}

void MailWriter::Shared::sync_names(Batch& batch) {
  std::set<Place*> places;
  for (const Request& request : batch) places.insert(request.place.get());
  for (Place* place : places) {
    try {
      place->folder.sync_names();
    } catch (const std::exception& error) {
      for (Request& request : batch) {
        if (request.place.get() == place && !request.has_failed) fail(request, error);
      }
    }
  }
}

void MailWriter::Shared::fail(Request& request, const std::exception& error) {
  request.has_failed = true;
  complaints.lost(1, "messages", error.what());
}

MailWriter::MailWriter(std::string folder, MailOptions options, Complaints::Report report)
    : folder_(std::move(folder)), shared_(std::make_shared<Shared>(options, std::move(report))) {
  MailFolder tried(folder_);
}

MailWriter::~MailWriter() { stop(); }

void MailWriter::start() {
  thread_ = std::jthread([shared = shared_] { shared->run(); });
}

std::shared_ptr<MessageKeeper> MailWriter::keeper_of(const std::string& double_name) {
  const std::string path = double_name == "main" ? folder_ : folder_ + "/." + double_name;
  auto place = std::make_shared<Place>(Place{double_name, MailFolder(path)});
  return std::make_shared<Keeper>(shared_, std::move(place));
}

void MailWriter::stop() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->is_stopping = true;
  }
  shared_->changed.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::uint64_t MailWriter::kept() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->kept;
}

std::uint64_t MailWriter::lost() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->lost;
}

}  // namespace smtp_double
