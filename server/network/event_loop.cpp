#include "network/event_loop.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "network/connection.hpp"
#include "network/listener.hpp"

namespace smtp_double {
namespace {

constexpr auto sweep_distance = std::chrono::milliseconds(10);
constexpr auto explaining_time = std::chrono::milliseconds(100);
constexpr unsigned most_explained = 50;

}  // namespace

EventLoop::EventLoop()
    : read_buffer_(std::make_unique_for_overwrite<char[]>(read_size)),
      context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),  // sockets stay with their thread; posts may come from others
      sweeper_(context_.get_executor()),
      cutter_(context_.get_executor()),
      caller_(context_.get_executor()),
      lag_(context_) {}

EventLoop::~EventLoop() { stopping_ = false; }  // connections that end with the context find no timer to cancel

bool EventLoop::may_explain(std::chrono::microseconds now) {
  if (now - explaining_since_ >= explaining_time) {
    explaining_since_ = now;
    explained_ = 0;
  }
  return ++explained_ <= most_explained;
}

void EventLoop::add(Connection& connection) { connections_.push_back(connection); }

void EventLoop::remove(Connection& connection) {
  connections_.erase(connections_.iterator_to(connection));
  if (auto gone = departures_.note(&connection); !gone.empty()) {
    // Later: its session, and what that holds, have not gone yet.
    boost::asio::post(context_, [gone = std::move(gone)] {});
  }
  if (stopping_ && connections_.empty()) cutter_.cancel();
}

void EventLoop::watch(Clock::time_point deadline) {
  if (deadline < armed_for_ && !stopping_) arm(deadline);
}

// One timer for all: a connection that hears from its client moves its deadline and leaves the timer alone.
// When it fires, those that are due are told, and the next one is looked for.
void EventLoop::arm(Clock::time_point time) {
  armed_for_ = time;
  sweeper_.expires_at(time);
  sweeper_.async_wait([this](const boost::system::error_code& error) {
    // One that has expired already cannot be cancelled; stop() has said all there is to say.
    if (!error && !stopping_) sweep();
  });
}

void EventLoop::sweep() {
  const auto now = Clock::now();
  auto next = Clock::time_point::max();
  for (auto it = connections_.begin(); it != connections_.end();) {
    Connection& connection = *it++;
    if (connection.deadline() <= now) connection.expire();
    next = std::min(next, connection.deadline());  // which expire() may have moved
  }
  armed_for_ = Clock::time_point::max();
  if (next != Clock::time_point::max()) arm(std::max(next, now + sweep_distance));
}

void EventLoop::call_later(std::chrono::milliseconds delay, std::function<void()> action) {
  if (stopping_) return;
  to_call_ = std::move(action);
  caller_.expires_after(delay);
  caller_.async_wait([this](const boost::system::error_code& error) {
    // One that had expired when the next replaced it has called that one: there may be nothing left.
    if (!error && !stopping_ && to_call_ != nullptr) std::exchange(to_call_, nullptr)();
  });
}

void EventLoop::end_connections(const Double& owner, Ended which, std::shared_ptr<void> gone) {
  const auto current = owner.served();
  std::vector<const void*> ended;
  for (Connection& connection : connections_) {
    const bool is_meant = which == Ended::All || &connection.served() != current.get();
    if (&connection.owner() != &owner || !is_meant) continue;
    ended.push_back(&connection);
    connection.cut();  // which has it go later
  }
  departures_.expect(ended, std::move(gone));
}

bool EventLoop::is_idle() const {
  return std::ranges::none_of(connections_, &Connection::has_place) &&
         std::ranges::none_of(listeners_, &Listener::has_waiting);
}

void EventLoop::stop(std::chrono::milliseconds grace) {
  if (stopping_) return;
  stopping_ = true;
  while (!listeners_.empty()) listeners_.back()->close();
  sweeper_.cancel();
  caller_.cancel();
  lag_.stop();
  for (auto it = connections_.begin(); it != connections_.end();) (it++)->interrupt(Farewell::ShuttingDown);
  if (connections_.empty()) return;
  cutter_.expires_after(grace);
  cutter_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    for (auto it = connections_.begin(); it != connections_.end();) (it++)->cut();
  });
}

}  // namespace smtp_double
