#include "network/connection.hpp"

#include <poll.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <utility>

#include "journal/moment.hpp"
#include "network/log_text.hpp"

namespace smtp_double {
namespace {

// How long the client has to take a last reply and close, and how much it may send meanwhile.
constexpr auto linger_time = std::chrono::seconds(5);
constexpr std::size_t linger_octets = 64UL * 1024 * 1024;
// Nothing is read during a pause, so that a client that leaves has to be looked for.
constexpr auto client_check_time = std::chrono::seconds(1);

constexpr auto forever = std::chrono::hours(24 * 365);
constexpr int narrow_buffer = 1;  // the kernel makes it the least it has
constexpr std::uint64_t slow_reads_per_second = 20;
constexpr std::uint64_t least_paced_buffer = 4UL * 1024;
constexpr std::uint64_t most_paced_buffer = 128UL * 1024;

std::chrono::microseconds time_for(std::uint64_t octets, std::uint64_t octets_per_second) {
  return std::chrono::microseconds(octets * 1'000'000 / octets_per_second);
}

std::optional<Pause> pause_of(const Demand& demand) {
  if (const auto* pause = std::get_if<Pause>(&demand)) return *pause;
  if (std::holds_alternative<Hold>(demand)) return Pause{forever};
  const auto* slow = std::get_if<SlowDown>(&demand);
  return slow != nullptr ? std::optional(Pause{time_for(slow->octets, slow->octets_per_second), true}) : std::nullopt;
}

bool says_goodbye(const Demand& demand) {
  const auto* ending = std::get_if<Ending>(&demand);
  return ending != nullptr && (*ending == Ending::Close || *ending == Ending::HalfClose);
}

}  // namespace

Connection::Connection(Socket socket, EventLoop& loop, std::shared_ptr<Double> owner, CertificateStore& certificates,
                       Arrival arrival)
    : socket_(std::move(socket)),
      loop_(loop),
      double_(std::move(owner)),
      version_(double_->version()),
      served_(double_->served()),
      session_(served_->scenario, served_->progress, double_->budget, double_->sessions.fetch_add(1) + 1,
               std::move(arrival.peer), arrival.kind == ListenerKind::Lmtp ? Variant::Lmtp : Variant::Smtp),
      player_(session_),
      tls_(session_, certificates, std::move(arrival.local_address)),
      kind_(arrival.kind),
      proxy_due_(arrival.proxied),
      logs_dialogue_(spdlog::should_log(spdlog::level::debug)) {
  loop_.add(*this);
  player_.hold_while([this](Turn& turn) { return must_hold(turn); });
  offer_switch();
  if (double_->shows_secrets) session_.show_secrets();
  if (double_->connections.fetch_add(1) >= session_.scenario().server.limits.connections) {
    leave_place();
    session_.dismiss(Farewell::TooManyConnections);
  }
}

// NOLINTNEXTLINE(bugprone-exception-escape): for want of memory only, and that ends the process
Connection::~Connection() {
  leave_place();
  forget_keeping();
  loop_.remove(*this);
}

void Connection::leave_place() {
  if (std::exchange(has_place_, false)) double_->connections.fetch_sub(1);
}

void Connection::start(std::unique_ptr<Connection> connection) {
  Connection& started = *connection;
  started.serve(std::move(connection));
}

// All that has to be waited for is awaited here: a coroutine for each part would be a frame for each.
Detached Connection::serve(std::unique_ptr<Connection> self) {
  record_start();
  std::optional<EndCause> cause;
  try {
    if (!proxy_due_) begin_session();
    while (!cause) {
      const Demand demand = play();
      Io written = write(loop_.output());
      if (written == Io::Again) {
        std::string rest = take_rest();
        while (written == Io::Again && !cut_) {
          co_await readiness(socket_, Socket::wait_write);
          wake();
          written = write_on(rest);
        }
      }
      if (written != Io::Done) {
        cause = cut_ ? EndCause::Cut : EndCause::ClientReset;
      } else if (const auto* ending = std::get_if<Ending>(&demand)) {
        cause = begin_end(*ending);
        if (*ending == Ending::StopReading) {
          Timer timer(loop_.context().get_executor());
          begin_pause(timer, {forever});
          if (!interrupted_) co_await expiry(timer);
          cause = end_pause().value_or(EndCause::Cut);
        }
        while (!cause) {
          boost::system::error_code error;
          if (!interrupted_) error = co_await readiness(socket_, Socket::wait_read);
          cause = drain(error, *ending);
        }
      } else if (std::holds_alternative<TlsBegins>(demand)) {
        tls_.begin();
      } else if (const auto* handshake = std::get_if<TlsGoesOn>(&demand)) {
        tls_.go_on(handshake->half, loop_.opened(), loop_.sealed());
      } else if (const auto pause = pause_of(demand)) {
        Timer timer(loop_.context().get_executor());
        begin_pause(timer, *pause);
        if (is_waiting_for(demand)) co_await expiry(timer);
        cause = std::holds_alternative<Hold>(demand) ? end_hold() : end_pause();
      } else if (const auto* need = std::get_if<NeedInput>(&demand)) {
        if (session_.waits_after_bare_lf()) warn_of_bare_lf();
        set_deadline(session_.scenario().server.limits.timeout);
        boost::system::error_code error;
        if (!interrupted_) error = co_await readiness(socket_, Socket::wait_read);
        cause = take_input(error, need->octets_per_second);
        if (!cause && read_debt_.count() > 0) {
          Timer timer(loop_.context().get_executor());
          session_.keep_unread();
          begin_pause(timer, {std::exchange(read_debt_, {}), true});
          if (!interrupted_) co_await expiry(timer);
          cause = end_pause();
        }
      }
    }
  } catch (const std::exception& error) {
    loop_.output().clear();
    loop_.sealed().clear();
    spdlog::error("session {}: {}", session_.number(), error.what());
  }
  self->record_end(cause.value_or(EndCause::ClientReset));
}

Demand Connection::play() {
  Demand demand = NeedInput{};
  if (tls_.has_failed() || is_refused_) {
    demand = Ending::Close;
  } else if (session_.is_dismissed() || !(proxy_due_ || tls_.waits())) {
    demand = player_.play(loop_.output(), [this](Turn& turn) { on_turn(turn); });
    if (waits_ && waits_->is_of_sending && !std::holds_alternative<Pause>(demand)) record_waits();
    if (std::holds_alternative<NeedInput>(demand) && tls_.is_closed()) {
      client_left_ = true;
      demand = Ending::Close;
    }
  }
  octets_.begin_batch(loop_.output().size(), tls_.is_established());
  if (tls_.is_on()) {
    tls_.seal(loop_.output(), loop_.sealed(), says_goodbye(demand));
    if (tls_.is_established() && tls_.has_failed()) octets_.begin_batch(0, true);  // it is dropped
  }
  if (pause_of(demand)) session_.keep_unread();
  if (session_.holds_content()) double_->mailbox.trim(double_->budget.held(), double_->budget.limit());
  return demand;
}

bool Connection::take_interrupt() {
  if (!interrupted_) return false;
  session_.dismiss(*interrupted_);
  interrupted_.reset();
  return true;
}

void Connection::wake() {
  woken_at_ = double_->now();
  if (double_->version() != version_) keep_up();
  session_.explain_misses(logs_dialogue_ || explains_misses());
  if (served_->asks_time) session_.set_time(served_->clock.now());
}

std::optional<EndCause> Connection::take_input(const boost::system::error_code& error,
                                               std::uint64_t octets_per_second) {
  wake();
  if (cut_) return EndCause::Cut;
  if (take_interrupt()) return std::nullopt;
  std::size_t octets = 0;
  std::size_t most = EventLoop::read_size;
  keep_pace(octets_per_second);
  if (octets_per_second > 0) {
    most = std::clamp<std::uint64_t>(octets_per_second / slow_reads_per_second, 1, EventLoop::read_size);
  }
  const Io result = error ? Io::Failed : read_now(octets, most);
  if (result == Io::Failed) return EndCause::ClientReset;
  if (result == Io::Again) return std::nullopt;
  if (octets == 0) return EndCause::ClientClosed;
  const auto cause = take_octets({loop_.read_buffer(), octets});
  // What TLS has to say by itself must not wait in a buffer that is everybody's.
  if (octets_per_second > 0 && loop_.sealed().empty()) read_debt_ = time_for(octets, octets_per_second);
  return cause;
}

std::optional<EndCause> Connection::begin_end(Ending ending) {
  ending_ = true;
  boost::system::error_code ignored;
  switch (ending) {
    case Ending::Reset:
      // Closing with a linger time of 0 is what makes the kernel send RST.
      socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
      socket_.close(ignored);
      return EndCause::Reset;
    case Ending::Close:
      socket_.shutdown(boost::asio::socket_base::shutdown_send, ignored);
      set_deadline(linger_time);
      return std::nullopt;
    case Ending::HalfClose:
      socket_.shutdown(boost::asio::socket_base::shutdown_send, ignored);
      set_deadline(std::chrono::microseconds::max());
      return std::nullopt;
    case Ending::StopReading: narrow_window(narrow_buffer); return std::nullopt;
    case Ending::GoSilent: set_deadline(std::chrono::microseconds::max()); return std::nullopt;
  }
  return EndCause::Closed;
}

// A socket closed with octets unread sends RST, which can take the last reply from the client.
std::optional<EndCause> Connection::drain(const boost::system::error_code& error, Ending ending) {
  std::size_t octets = 0;
  const bool stopped = cut_ || interrupted_;
  const Io result = error || stopped ? Io::Failed : read_now(octets);
  drained_ += octets;
  const bool closed = result == Io::Done && octets == 0;
  const bool enough = ending == Ending::Close && drained_ >= linger_octets;
  if (result != Io::Failed && !closed && !enough) return std::nullopt;
  if (ending == Ending::Close) return client_left_ ? EndCause::ClientClosed : EndCause::Closed;
  if (closed) return EndCause::ClientClosed;
  return stopped || result != Io::Failed ? EndCause::Cut : EndCause::ClientReset;
}

void Connection::begin_pause(Timer& timer, Pause pause) {
  deadline_ = Clock::time_point::max();
  timer.expires_after(pause.time);
  timer_ = &timer;
  pause_ = pause;
  paused_at_ = Clock::now();
  if (pause.time > client_check_time) set_deadline(client_check_time);
}

// One that has only said that it will send no more may still read, but holds its place no longer than one that is idle.
void Connection::check_client() {
  pollfd client{.fd = socket_.native_handle(), .events = POLLRDHUP, .revents = 0};
  poll(&client, 1, 0);
  if ((client.revents & (POLLERR | POLLHUP)) != 0) {
    gone_ = EndCause::ClientReset;
  } else if ((client.revents & POLLRDHUP) != 0 &&
             Clock::now() - paused_at_ > session_.scenario().server.limits.timeout) {
    gone_ = EndCause::ClientClosed;
  } else {
    set_deadline(client_check_time);
    return;
  }
  timer_->cancel();
}

std::optional<EndCause> Connection::end_pause() {
  timer_ = nullptr;
  wake();
  if (pause_.time != forever) record_pause();
  if (cut_) return EndCause::Cut;
  if (gone_) return gone_;
  if (take_interrupt()) abandon_turn();
  boost::system::error_code ignored;
  if (player_.is_greeting() && socket_.available(ignored) > 0) session_.note_early_talker();
  return std::nullopt;
}

// One write for the replies to all that was read; the socket's buffer nearly always takes them at once.
Connection::Io Connection::write(std::string& octets) {
  if (octets.empty()) return Io::Done;
  boost::system::error_code error;
  const std::size_t written = socket_.write_some(boost::asio::buffer(octets), error);
  octets.erase(0, written);
  octets_.write(written, octets.empty());
  if (octets.empty()) return Io::Done;
  if (!error || error == boost::asio::error::would_block) return Io::Again;
  octets.clear();  // the loop's output is every connection's: nobody else is to get these octets
  return Io::Failed;
}

std::string Connection::take_rest() {
  session_.keep_unread();
  set_deadline(session_.scenario().server.limits.timeout);
  return std::exchange(loop_.output(), {});
}

Connection::Io Connection::write_on(std::string& rest) {
  // It does not read: nothing more can be said to it.
  if (interrupted_ == Farewell::Idle) cut_ = timed_out_ = true;
  if (cut_) return Io::Failed;
  const std::size_t left = rest.size();
  const Io result = write(rest);
  if (rest.size() < left) set_deadline(session_.scenario().server.limits.timeout);
  return result;
}

// The kernel takes what it has room for, whoever reads it.
void Connection::narrow_window(int octets) {
  boost::system::error_code ignored;
  socket_.set_option(boost::asio::socket_base::receive_buffer_size(octets), ignored);
}

// The client is to see the pace of the content, and no more than that: its next message is as fast as ever.
void Connection::keep_pace(std::uint64_t octets_per_second) {
  if (octets_per_second == read_pace_) return;
  boost::system::error_code ignored;
  if (read_pace_ == 0) {
    boost::asio::socket_base::receive_buffer_size usual;
    socket_.get_option(usual, ignored);
    usual_buffer_ = usual.value() / 2;  // the kernel tells twice what it was given
  }
  read_pace_ = octets_per_second;
  const std::uint64_t at_once = octets_per_second / slow_reads_per_second * 4;
  const auto paced = static_cast<int>(std::clamp<std::uint64_t>(at_once, least_paced_buffer, most_paced_buffer));
  narrow_window(octets_per_second == 0 ? usual_buffer_ : paced);
}

Connection::Io Connection::read_now(std::size_t& octets, std::size_t most) {
  boost::system::error_code error;
  octets = socket_.read_some(boost::asio::buffer(loop_.read_buffer(), most), error);
  octets_.read(octets);
  if (!error || error == boost::asio::error::eof) return Io::Done;
  return error == boost::asio::error::would_block ? Io::Again : Io::Failed;
}

void Connection::set_deadline(std::chrono::microseconds from_now) {
  if (from_now == std::chrono::microseconds::max()) {
    deadline_ = Clock::time_point::max();
    return;
  }
  deadline_ = Clock::now() + from_now;
  loop_.watch(deadline_);
}

void Connection::expire() {
  deadline_ = Clock::time_point::max();
  if (timer_ != nullptr) {
    check_client();
  } else if (ending_) {
    cut();
  } else {
    interrupt(Farewell::Idle);
  }
}

void Connection::interrupt(Farewell why) {
  interrupted_ = why;
  if (timer_ != nullptr) timer_->cancel();
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Connection::cut() {
  cut_ = true;
  if (timer_ != nullptr) timer_->cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace smtp_double
