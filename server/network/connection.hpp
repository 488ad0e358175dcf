#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "journal/double.hpp"
#include "network/asio_types.hpp"
#include "network/coroutine.hpp"
#include "network/double_switch.hpp"
#include "network/endpoint.hpp"
#include "network/event_loop.hpp"
#include "network/plan_player.hpp"
#include "network/tls_channel.hpp"
#include "scenario/session.hpp"

namespace smtp_double {

/// How a connection came to its end, as seen from here.
enum class EndCause : std::uint8_t {
  ClientClosed,  ///< FIN of the client
  ClientReset,   ///< RST of the client, or a broken network
  Closed,        ///< ours, after the last reply
  Reset,         ///< RST of ours, a rule asked for it
  Cut,           ///< ours, with work undone: shutting down, or a client that does not read
};

/// What a connection comes with.
struct Arrival {
  Peer peer;
  ListenerKind kind = ListenerKind::Smtp;
  bool proxied = false;            ///< it begins with a PROXY header
  std::string local_address = {};  ///< "" on a Unix socket
};

/// One client's connection: reads, hands the octets to its session, and plays what the session plans.
class Connection : public LoopHook {
 public:
  /// `certificates` outlives the connection.
  Connection(Socket socket, EventLoop& loop, std::shared_ptr<Double> owner, CertificateStore& certificates,
             Arrival arrival);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Serves the connection until it has ended, or its loop is gone.
  static void start(std::unique_ptr<Connection> connection);

  const Double& owner() const { return *double_; }
  const ServedScenario& served() const { return *served_; }
  /// Whether it counts as one of the connections that there may be.
  bool has_place() const { return has_place_; }
  Clock::time_point deadline() const { return deadline_; }
  /// The deadline has passed.
  void expire();
  /// Ends whatever is being waited for; the session says goodbye and closes.
  void interrupt(Farewell why);
  /// Ends the connection at once.
  void cut();

 private:
  enum class Io : std::uint8_t { Done, Again, Failed };

  // `self` keeps the connection meanwhile.
  Detached serve(std::unique_ptr<Connection> self);

  // Each part of it up to where it waits, and from there on; a cause is the end.
  Demand play();
  std::optional<EndCause> take_input(const boost::system::error_code& error, std::uint64_t octets_per_second);
  std::optional<EndCause> take_octets(std::string_view octets);
  std::optional<EndCause> take_proxy_header(std::string_view octets);
  void begin_session();
  void note(std::string_view text);
  void begin_pause(Timer& timer, std::chrono::microseconds time);
  std::optional<EndCause> end_pause();
  /// Cuts off a client that is not there any more to see the end of the pause.
  void check_client();
  std::optional<EndCause> begin_end(Ending ending);
  /// Reads and drops what the client sends until it closes.
  std::optional<EndCause> drain(const boost::system::error_code& error, Ending ending);

  Io write(std::string& octets);
  /// What could not be written at once, and the next part of it.
  std::string take_rest();
  Io write_on(std::string& rest);
  /// Reads into the loop's buffer; no octets with Done is the end of the stream.
  Io read_now(std::size_t& octets, std::size_t most = EventLoop::read_size);
  /// Leaves the client little room to send into.
  void narrow_window(int octets);
  void keep_pace(std::uint64_t octets_per_second);
  /// The session is told what time it is.
  void wake();
  /// The double serves something else: the session goes over to it where it is an edit, and as soon as it can.
  void keep_up();
  /// The session may go over to other doubles, where there is a choice.
  void offer_switch();
  /// It has.
  void go_over();
  /// Lets another connection have this one's place among those there may be.
  void leave_place();
  /// Whether the session has been told to end, by its farewell.
  bool take_interrupt();
  void on_turn(Turn& turn);
  void set_deadline(std::chrono::microseconds from_now);
  void record(EntryKind kind, std::string_view text);
  void warn_of_bare_lf();
  void record_start();
  void record_end(EndCause cause);

  Socket socket_;
  EventLoop& loop_;
  std::shared_ptr<Double> double_;
  std::uint64_t version_;                   // of the double, when served_ was looked at last
  std::shared_ptr<ServedScenario> served_;  // to the end, or as its lineage goes on, whatever the double serves by then
  std::unique_ptr<DoubleSwitch> switch_;    // null where there is no choice
  Session session_;
  std::uint64_t number_ = session_.number();  // as far as it was recorded
  PlanPlayer player_;
  TlsChannel tls_;
  const ListenerKind kind_;
  bool proxy_due_;            // its header comes first
  std::string proxy_header_;  // as far as it has come
  const bool logs_dialogue_;  // asked once: every turn needs to know
  Clock::time_point begun_ = Clock::now();
  Clock::time_point deadline_ = Clock::time_point::max();
  std::chrono::microseconds woken_at_{0};  // by the wall clock, read once per wake-up
  Timer* timer_ = nullptr;                 // of the pause that is being made
  Clock::time_point paused_at_;
  std::optional<EndCause> gone_;  // the client, during the pause
  std::optional<Farewell> interrupted_;
  bool cut_ = false;
  bool ending_ = false;       // the session has had its last word
  bool has_place_ = true;     // counts as one of the connections there may be
  bool is_refused_ = false;   // without a word
  bool client_left_ = false;  // by close_notify
  bool warned_ = false;
  std::string_view closed_ = "closed";  // why, in the end
  std::size_t drained_ = 0;
  std::uint64_t read_pace_ = 0;
  int usual_buffer_ = 0;
  std::chrono::microseconds read_debt_{0};  // how long the last octets of content should have taken
  std::uint64_t commands_ = 0;
};

}  // namespace smtp_double
