#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "journal/content_digest.hpp"
#include "journal/double.hpp"
#include "journal/end_cause.hpp"
#include "journal/moment.hpp"
#include "network/asio_types.hpp"
#include "network/coroutine.hpp"
#include "network/double_switch.hpp"
#include "network/endpoint.hpp"
#include "network/event_loop.hpp"
#include "network/octet_account.hpp"
#include "network/plan_player.hpp"
#include "network/tls_channel.hpp"
#include "scenario/session.hpp"

namespace smtp_double {

/// What a connection comes with.
struct Arrival {
  Peer peer;
  ListenerKind kind = ListenerKind::Smtp;
  bool proxied = false;            ///< it begins with a PROXY header
  std::string local_address = {};  ///< "" on a Unix socket
};

/// Pauses that are not recorded yet: one, or all between the parts of something slow.
struct Waits {
  std::chrono::microseconds asked{0};
  std::chrono::microseconds measured{0};
  std::uint64_t sent_before = 0;
  bool is_of_sending = false;
  Moment ended;
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
  void begin_pause(Timer& timer, Pause pause);
  std::optional<EndCause> end_pause();
  std::optional<EndCause> end_hold();
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
  void go_over(Stage now);
  /// Lets another connection have this one's place among those there may be.
  void leave_place();
  /// Whether the session has been told to end, by its farewell.
  bool take_interrupt();
  /// Whether what the turn promises is still on its way to where it is kept.
  bool must_hold(Turn& turn);
  void begin_keeping(const Turn& turn);
  MessageToKeep described(std::shared_ptr<const Message> message) const;
  void end_keeping(bool is_kept);
  void forget_keeping();
  /// Whether there is something to wait for.
  bool is_waiting_for(const Demand& demand) const;
  void set_deadline(std::chrono::microseconds from_now);

  // What is kept of it.
  void on_turn(Turn& turn);
  void record_exchange(Turn& turn, std::string_view sent);
  /// Puts a message whose end was seen where it belongs; what the journal is to say of it.
  JournalEntry keep_message(std::shared_ptr<Message> message, BudgetShare share, bool is_accepted,
                            const ContentDigest& digest);
  void record(JournalEntry entry);
  void note(std::string_view text);
  void note_tls(std::string_view text, std::string_view facts = {});
  void note_end_of_tls(EndCause cause);
  void warn_of_bare_lf();
  bool explains_misses();
  void record_opened();
  void record_what_was_said(const Double& before, Stage now);
  void record_start();
  void record_end(EndCause cause);
  EndCause told_cause(EndCause cause) const;
  void record_pause();
  void record_waits();
  /// Forgets what is left of the turn that is being played.
  void abandon_turn();
  void record_unsent();

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
  Moment woken_at_;         // read once per wake-up
  Timer* timer_ = nullptr;  // of the pause that is being made
  Clock::time_point paused_at_;
  Pause pause_{};  // that is being made
  std::optional<Waits> waits_;
  std::optional<EndCause> gone_;  // the client, during the pause
  std::optional<Farewell> interrupted_;
  struct Keeping;
  std::shared_ptr<Keeping> keeping_;         // that is going on
  std::optional<MessageToKeep> to_be_kept_;  // the message that is being answered
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
  Stage last_stage_ = Stage::Connect;
  bool timed_out_ = false;
  OctetAccount octets_;
};

}  // namespace smtp_double
