#include "app/doubles.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

constexpr std::string_view main_name = "main";

std::vector<HostedListener> hosted(const std::vector<ListenerAddress>& bound) {
  std::vector<HostedListener> listeners;
  listeners.reserve(bound.size());
  for (const auto& [endpoint, kind] : bound) {
    listeners.push_back({std::string(name(kind)), to_string(endpoint), endpoint.address(), endpoint.port()});
  }
  return listeners;
}

std::string host_of(const std::vector<ListenerAddress>& bound) {
  const auto found = std::ranges::find_if(bound, [](const auto& address) { return !address.endpoint.is_unix(); });
  return found == bound.end() ? "127.0.0.1" : found->endpoint.address();
}

ListenerAddress free_port(const std::string& host, std::string_view kind) {
  constexpr std::array kinds{ListenerKind::Smtp, ListenerKind::Smtps, ListenerKind::Lmtp};
  const auto meant = std::ranges::find_if(kinds, [kind](ListenerKind it) { return name(it) == kind; });
  if (meant == kinds.end()) throw std::invalid_argument("'" + std::string(kind) + "' is no kind of listener");
  return {std::get<Endpoint>(Endpoint::parse(host_and_port(host, 0))), *meant};
}

std::string_view word_of(DoubleSelector::By by) {
  switch (by) {
    case DoubleSelector::By::Helo: return "helo";
    case DoubleSelector::By::AuthUser: return "auth.user";
    case DoubleSelector::By::RecipientDomain: return "recipient.domain";
    case DoubleSelector::By::RecipientTag: return "recipient.tag";
  }
  return {};
}

// Names of hosts are the same in any case.
bool are_same(const DoubleSelector& a, const DoubleSelector& b) {
  if (a.by != b.by) return false;
  const bool is_host = a.by == DoubleSelector::By::Helo || a.by == DoubleSelector::By::RecipientDomain;
  return is_host ? equals_ignoring_case(a.value, b.value) : a.value == b.value;
}

}  // namespace

/// Gives the name back, unless the double has come about.
class Doubles::Reservation {
 public:
  Reservation(Doubles& doubles, std::shared_ptr<Entry> entry) : doubles_(doubles), entry_(std::move(entry)) {}
  ~Reservation() {
    if (!kept_) doubles_.forget(entry_);
  }
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;

  HostedDouble keep() {
    const std::lock_guard lock(doubles_.mutex_);
    kept_ = true;
    entry_->is_there = true;
    return entry_->hosted;
  }

 private:
  Doubles& doubles_;
  std::shared_ptr<Entry> entry_;
  bool kept_ = false;
};

Doubles::Doubles(EventLoops& loops, CertificateStore& certificates, const ScenarioPreparation& preparation,
                 std::shared_ptr<Double> main, const std::vector<ListenerAddress>& bound,
                 std::shared_ptr<DoubleRegistry> selected, KeptRecords* kept)
    : loops_(loops),
      certificates_(certificates),
      preparation_(preparation),
      main_(std::move(main)),
      selected_(std::move(selected)),
      kept_(kept),
      host_(host_of(bound)) {
  auto entry = std::make_shared<Entry>();
  entry->hosted = {std::string(main_name), main_, hosted(bound), std::nullopt, std::chrono::system_clock::now()};
  entry->is_there = true;
  entries_.push_back(std::move(entry));
}

std::vector<HostedDouble> Doubles::all() const {
  std::vector<HostedDouble> there;
  const std::lock_guard lock(mutex_);
  for (const auto& entry : entries_) {
    if (entry->is_there) there.push_back(entry->hosted);
  }
  return there;
}

std::optional<HostedDouble> Doubles::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const Entry* entry = entry_called(name);
  return entry != nullptr && entry->is_there ? std::optional(entry->hosted) : std::nullopt;
}

std::variant<HostedDouble, HostError> Doubles::create(NewDouble wanted) {
  auto reserved = reserve(wanted);
  if (auto* error = std::get_if<HostError>(&reserved)) return std::move(*error);
  auto& entry = std::get<std::shared_ptr<Entry>>(reserved);
  Reservation reservation(*this, entry);
  try {
    serve(*entry, wanted);
  } catch (const std::system_error& error) {  // no port, or no folder for its mail
    return HostError{HostError::Kind::CannotListen, error.what()};
  }
  return reservation.keep();
}

// Whoever looks for it from here on finds none; when the name is used anew meanwhile, that is another double.
bool Doubles::remove(std::string_view name) {
  std::shared_ptr<Entry> removed;
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find_if(
        entries_, [name](const auto& entry) { return entry->is_there && entry->hosted.name == name; });
    if (found == entries_.end() || found == entries_.begin()) return false;
    removed = std::move(*found);
    entries_.erase(found);
  }
  // First, so that nobody is on the way to it when its connections are ended.
  if (const auto& select = removed->hosted.select) selected_->remove(select->by, select->value);
  removed->listeners->close();
  loops_.end_connections(*removed->hosted.served, Ended::All);
  removed->hosted.served->changes.close();  // nobody waits for it any more
  return true;
}

void Doubles::close_sessions(const Double& served) { loops_.end_connections(served, Ended::Outdated); }

bool Doubles::is_ready() const { return !loops_.is_stopping(); }

std::vector<LoopLag> Doubles::loop_lags() {
  std::vector<LoopLag> lags;
  for (const MeasuredLag& measured : loops_.lags()) lags.push_back({measured.last, measured.most});
  return lags;
}

LoadedScenario Doubles::prepare(std::string yaml, std::string file) {
  FoundSources found;
  found.sources.emplace_back(std::move(file), std::move(yaml));
  return preparation_.load(found, draw_seed());
}

std::variant<std::shared_ptr<Doubles::Entry>, HostError> Doubles::reserve(NewDouble& wanted) {
  const std::lock_guard lock(mutex_);
  if (entries_.size() > most) {
    return HostError{HostError::Kind::TooMany,
                     "there are " + std::to_string(most) + " doubles besides main: delete one of them first"};
  }
  if (wanted.name.empty()) wanted.name = made_up_name();
  if (entry_called(wanted.name) != nullptr) {
    return HostError{HostError::Kind::NameTaken, "there is a double '" + wanted.name + "' already"};
  }
  const auto rival = std::ranges::find_if(entries_, [&](const auto& entry) {
    return wanted.select && entry->hosted.select && are_same(*entry->hosted.select, *wanted.select);
  });
  if (rival != entries_.end()) {
    return HostError{HostError::Kind::SelectorTaken, std::string(word_of(wanted.select->by)) + " '" +
                                                         wanted.select->value + "' selects double '" +
                                                         (*rival)->hosted.name + "' already"};
  }
  auto entry = std::make_shared<Entry>();
  entry->hosted.name = wanted.name;
  entry->hosted.select = wanted.select;
  entries_.push_back(entry);
  return entry;
}

void Doubles::forget(const std::shared_ptr<Entry>& entry) {
  const std::lock_guard lock(mutex_);
  std::erase(entries_, entry);
}

std::string Doubles::made_up_name() {
  std::string name;
  do {
    name = "d" + std::to_string(++names_made_up_);
  } while (entry_called(name) != nullptr);
  return name;
}

const Doubles::Entry* Doubles::entry_called(std::string_view name) const {
  const auto found = std::ranges::find_if(entries_, [name](const auto& entry) { return entry->hosted.name == name; });
  return found == entries_.end() ? nullptr : found->get();
}

// Nobody else looks at what is filled in here: the entry is not there yet.
void Doubles::serve(Entry& entry, const NewDouble& wanted) {
  auto served = std::make_shared<Double>(wanted.scenario);
  served->name = wanted.name;
  served->shows_secrets = main_->shows_secrets;
  served->explains_misses = main_->explains_misses.load();
  if (kept_ != nullptr) kept_->take(served);
  std::vector<ListenerAddress> addresses;
  addresses.reserve(wanted.listen.size());
  for (const std::string& kind : wanted.listen) addresses.push_back(free_port(host_, kind));
  entry.listeners =
      std::make_unique<DoubleListeners>(loops_, served, certificates_, addresses, DoubleListeners::Share::OneLoop);
  entry.hosted.served = std::move(served);
  entry.hosted.listeners = hosted(entry.listeners->bound());
  entry.hosted.created = std::chrono::system_clock::now();
  if (wanted.select) selected_->add(wanted.select->by, wanted.select->value, entry.hosted.served);
}

}  // namespace smtp_double
