#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/command.hpp"
#include "protocol/data_collector.hpp"
#include "protocol/dialogue.hpp"
#include "protocol/line_splitter.hpp"
#include "sasl/auth_exchange.hpp"
#include "scenario/content_budget.hpp"
#include "scenario/event.hpp"
#include "scenario/message.hpp"
#include "scenario/progress.hpp"
#include "scenario/reply_plan.hpp"
#include "scenario/rule_misses.hpp"
#include "scenario/rule_selection.hpp"
#include "scenario/scenario.hpp"
#include "scenario/switchboard.hpp"
#include "scenario/tls_facts.hpp"

namespace smtp_double {

/// Why the server itself ends a session: each is a 421, said unasked (Stage::Idle), or in place of a greeting. Only
/// of Idle rules are asked.
enum class Farewell : std::uint8_t { Idle, ShuttingDown, TooManyErrors, TooManyRecipients, TooManyConnections };

/// One point where the server speaks: what was asked, what answered, what is to be done. Lives until the
/// session is asked for the next one.
struct Turn {
  Stage stage = Stage::Unknown;
  std::string_view line;       ///< of the command; "" where there is none
  std::string_view shown;      ///< the same as it may be told: without the secrets of AUTH
  bool has_secret = false;     ///< the two differ
  const Rule* rule = nullptr;  ///< null: the built-in server answered
  std::uint64_t attempt = 0;
  std::uint64_t hit = 0;
  std::vector<Miss> misses;               ///< where no rule answered, and the session explains itself
  bool tells_line = false;                ///< the reply may have a part of the line in it
  ReplyCode code = ReplyCode::of<250>();  ///< the one that moved the session, sent or meant
  ReplyPlan plan;
  std::string why_refused;           ///< at Stage::AuthResult: whose credentials were wrong, and in what
  std::uint64_t dropped = 0;         ///< octets that the client sent behind STARTTLS
  bool lets_in = false;              ///< the client is authenticated from here on
  std::shared_ptr<Message> message;  ///< at Stage::Message, with the first and the last of its replies
  BudgetShare share;                 ///< what it takes of the budget until it is in the mailbox, or gone
  bool promises = false;             ///< its reply takes charge of the message, for all recipients or for one of LMTP's
  std::optional<Recipient> taker;    ///< which of LMTP's
  bool ends_message = false;         ///< this is the last of them
  bool accepted = false;             ///< the message belongs into the mailbox
  bool switched = false;             ///< it and all that follow are those of the double that the client has named
};

/// One SMTP session, from the greeting to the last reply, as a function of octets to plans. It knows no
/// socket and no clock: the caller reads, plays the plans in their order, and says when time is up.
///
///     session.start();
///     loop: while (Turn* turn = session.next_turn()) play(turn->plan);
///           session.receive(octets);
///
/// TLS is the caller's: behind a plan with BeginTls come client_hello(), its turn, and tls_is_up(), before any octets.
class Session {
 public:
  /// `progress` and `budget` are the double's and outlive the session.
  Session(std::shared_ptr<const Scenario> scenario, Progress& progress, ContentBudget& budget, std::uint64_t number,
          Peer peer, Variant variant = Variant::Smtp);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// The client is connected: the next turn is the greeting.
  void start() {
    begun_ = true;
    greeting_due_ = true;
  }
  /// The same behind implicit TLS: the greeting comes once TLS is up.
  void start_with_tls();
  /// A ClientHello comes next, and not a command.
  bool awaits_tls() const { return awaits_tls_; }
  /// The next turn is that of the handshake (Stage::Tls). `server_name` is what the client asked for, "" for nothing.
  void client_hello(std::string_view server_name);
  /// The handshake is complete: octets are commands again.
  void tls_is_up(TlsFacts facts);
  /// How it is to be, from the turn of the handshake on.
  const TlsSettings& tls_settings() const { return tls_settings_; }
  /// Null outside TLS.
  const TlsFacts* tls_facts() const { return tls_ ? &*tls_ : nullptr; }
  /// A client that names another double goes over to it. It outlives the session.
  void use(Switchboard& switchboard) { switchboard_ = &switchboard; }
  /// In plain sight are the secrets of AUTH then.
  void show_secrets() { shows_secrets_ = true; }
  /// Whom the connection is really from, where a proxy told. Before start().
  void set_peer(Peer peer);
  /// Hands over what the client sent. The octets stay where they are until next_turn() returns null, or
  /// keep_unread() copies those that are left.
  void receive(std::string_view octets);
  /// Turns that no rule answers tell which came near. It takes time: for logs and transcripts that are read.
  void explain_misses(bool explains = true) { explains_ = explains; }
  /// What time it is for the scenario; stays so until it is called again. To be called before octets are handed over.
  void set_time(std::chrono::microseconds since_start) { now_ = since_start; }
  /// Whether the next thing to come is a command, or the greeting: outside of content, of the replies to it, of an
  /// exchange of AUTH, of a handshake.
  bool is_between_commands() const;
  /// What comes from now on is answered by this scenario, an edit of the one before. To be called between commands;
  /// the progress outlives the session, the one before need not.
  void adopt(std::shared_ptr<const Scenario> scenario, Progress& progress);
  /// To be called before the octets go away while turns are left.
  void keep_unread();
  /// The client sent before the greeting was out.
  void note_early_talker() { early_talker_ = true; }
  /// The next turn is a 421 and the last, whatever was planned and is not played yet. Octets not yet answered are
  /// dropped.
  void dismiss(Farewell why);

  /// The next turn; null when there is none before more octets come, or ever.
  Turn* next_turn();

  /// It has been dismissed, and no rule has it go on.
  bool is_dismissed() const { return farewell_.has_value(); }
  /// Why it has been.
  std::optional<Farewell> farewell() const { return farewell_; }
  /// The connection is gone: a message whose recipients have not all been answered, as it is for those that were
  /// answered 2yz; null where there is none.
  std::shared_ptr<Message> abandon_message();
  /// The message that the turn is a reply to; null where it is none.
  std::shared_ptr<const Message> message_replied_to() const { return turn_.message != nullptr ? turn_.message : told_; }
  /// What the turn promises cannot be kept: its reply becomes 451 4.3.0. Before it is played.
  void refuse_unkept();

  /// Nothing will be answered any more.
  bool is_over() const { return over_; }
  /// Whether content is being received: a connection that ends now leaves an incomplete message.
  /// Octets that were received and not looked at yet.
  std::size_t unread() const { return input_.size(); }
  bool in_content() const { return content_.has_value(); }
  bool holds_content() const { return budgeted_ != 0; }
  bool waits_after_bare_lf() const { return lines_.waits_after_bare_lf(); }

  std::uint64_t number() const { return number_; }
  const Peer& peer() const { return peer_; }
  const Scenario& scenario() const { return *scenario_; }
  const Dialogue& dialogue() const { return dialogue_; }
  std::uint64_t messages_accepted() const { return accepted_messages_; }
  /// "" when nobody is authenticated, or when that was without a name.
  std::string_view auth_user() const { return dialogue_.is_authenticated() ? auth_user_ : std::string_view(); }

 private:
  // What a rule has answered before it was asked.
  struct Answered {
    ReplyCode code;
    const Rule* rule;
    std::uint64_t hit;
    std::string reply;  // as lines
  };

  // One BDAT.
  struct Chunk {
    std::uint64_t left;  // octets
    bool last;
    std::optional<BuiltInReply> refusal;  // for its order; its octets are dropped
  };

  Turn* greeting_turn();
  Turn* farewell_turn();
  Turn* handshake_turn();
  Turn* command_turn(const CommandLine& line);
  Turn* auth_turn(const ParsedLine& parsed, const BuiltInReply& judged);
  Turn* auth_response_turn(const CommandLine& line);
  Turn* content_turn();
  Turn* body_turn(std::uint64_t mark);
  Turn* chunk_turn();
  Turn* message_turn();
  Turn* recipient_turn();

  // Whether any rule may want to see an event of that stage; most commands of most scenarios need none.
  bool is_ruled(Stage stage) const { return explains_ || scenario_->index.has_rules(stage); }
  void go_by_command(const ParsedLine& parsed);
  void go_by_recipient(std::string_view mailbox);
  void go_by_user(Event& event);
  void judge_again();
  bool go_over(SelectBy by, std::string_view value);
  void be_served_by(std::shared_ptr<const Scenario> scenario, Progress& progress);
  static std::size_t longest_line(const Scenario& scenario);
  Event event_at(Stage stage) const;
  void note_envelope(Event& event, const ParsedLine& line) const;
  CommandLine bounded(const CommandLine& line) const;
  void after_command(const ParsedLine& parsed);
  void become_another(std::string_view attributes);
  void become(const ClientAttribute& attribute);
  void begin_turn(Stage stage, std::string_view line);
  void note_selection();
  void note_answered(std::optional<Answered>& answered);
  // Each fills in the plan; the turn's code is the one that moves the session.
  void answer(Event& event, const BuiltInReply& built_in);
  void choose(Event& event, const BuiltInReply& built_in);
  void answer_as_chosen(const Event& event, const BuiltInReply& built_in);
  void answer_by_rule(const Event& event, const BuiltInReply& built_in);
  void answer_built_in(const BuiltInReply& built_in);
  void answer_body(Event& event);
  void append_reply(const Event& event, const ReplyTemplate& reply);
  void append_raw(const RawBytes& raw, ReplyCode built_in);
  void append_built_in(const BuiltInReply& built_in);
  void break_reply(Malformation malformation);
  void begin_plan(const Event* event);
  void plan_sending(const Response* response);
  void finish_plan(const Response* response);
  void end_plan(Then then);
  void count_error();
  void budget_recipients();

  AuthReply begin_exchange(const Auth& auth);
  void answer_auth(Event& event);
  void note_auth(Event& event) const;
  void settle_auth();
  std::string why_refused() const;
  void redact(std::string shown);
  void redact_command(const ParsedLine& parsed);
  bool begins_tls(const Response* response) const;
  void plan_tls(const Response* response);
  void plan_handshake(const Response* response);
  void begin_anew();

  void begin_content(bool in_chunks);
  bool take_content(std::uint64_t octets);
  void take_chunk(std::uint64_t octets);
  bool answers_each() const;
  void accept_message();
  std::string told_reply() const;
  void unmap_address();
  void end_message();
  void budget_content();
  void drop_content();
  void drop_chunks();
  std::shared_ptr<Message> make_message();
  bool begin_chunk(const ParsedLine& parsed, const BuiltInReply& built_in);
  void skip_after(std::string_view argument);
  void skip_octets();

  std::string value_of(const TextTemplate::Variable& variable, const Event& event) const;
  std::string rendered(const TextTemplate& text, const Event& event) const;
  std::chrono::microseconds time_of(const Delay& delay, const Event* event) const;

  std::shared_ptr<const Scenario> scenario_;
  std::shared_ptr<const Scenario> turn_scenario_;  // that the last turn points into, where it is another
  std::uint64_t adopted_at_ = 0;                   // by turns_
  Progress* progress_;
  ContentBudget* budget_;
  std::uint64_t number_;
  Switchboard* switchboard_ = nullptr;
  Peer peer_;
  Dialogue dialogue_;
  LineSplitter lines_;
  std::string_view input_;
  std::string unread_;  // what keep_unread() copied; input_ points into it then
  std::optional<DataCollector> content_;
  std::uint64_t budgeted_ = 0;     // of content
  std::uint64_t reserved_ = 0;     // of it, before it has come
  std::uint64_t envelope_ = 0;     // of recipients
  std::uint64_t skipped_ = 0;      // octets that no command can be in, still to come
  std::optional<Chunk> chunk_;     // that is being received
  bool in_chunks_ = false;         // how the content comes: between chunks there are commands
  std::shared_ptr<Message> told_;  // the message that LMTP's recipients are answered for, one by one
  std::size_t next_recipient_ = 0;
  std::vector<Recipient> takers_;        // those that were answered 2yz
  std::vector<std::string> taken_with_;  // the replies of theirs
  std::string replied_before_;           // what answers this turn, and was said before it
  bool in_auth_ = false;                 // the next line is a response
  std::optional<AuthExchange> exchange_;
  // How it came about, where another double may have to judge it: the command's response first, if it had one.
  struct Heard {
    std::optional<std::string> initial_response;
    std::vector<std::string> lines;
    std::string hostname;
    std::uint64_t nonce = 0;
  };
  std::optional<Heard> heard_;
  AuthReply auth_reply_{ReplyCode::of<501>(), {}, {}, false};  // the built-in server's to the last line of AUTH
  std::string auth_user_;                                      // of a client that is authenticated
  std::string auth_mechanism_;
  std::string chunk_line_;  // of the last BDAT
  std::string shown_;       // what Turn::shown is a view of
  bool secret_is_due_ = false;
  std::optional<TlsFacts> tls_;
  TlsSettings tls_settings_;
  std::optional<std::string> server_name_;
  bool awaits_tls_ = false;
  bool hello_due_ = false;
  bool greeting_awaits_tls_ = false;
  bool shows_secrets_ = false;
  bool out_of_memory_ = false;
  bool begun_ = false;
  bool greeting_due_ = false;
  bool early_talker_ = false;
  bool over_ = false;
  bool explains_ = false;
  bool switched_ = false;  // since the last turn
  std::optional<Farewell> farewell_;
  std::uint64_t messages_ = 0;
  std::uint64_t accepted_messages_ = 0;
  std::uint32_t errors_ = 0;
  std::uint64_t turns_ = 0;
  std::size_t next_mark_ = 0;                 // of the scenario's content marks
  std::optional<Answered> content_answered_;  // while it still came
  std::optional<Answered> next_answered_;     // with the reply before it
  std::chrono::microseconds now_{0};
  Turn turn_;
  Selection selection_;
  std::vector<RuleIndex::RuleNumber> candidates_;
  std::vector<Pass> passes_;
};

}  // namespace smtp_double
