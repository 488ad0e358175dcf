#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace smtp_double::test {

/// One of many clients that are served by one thread. It says what it is told, and compares what comes with what is
/// expected, octet by octet.
class PollClient {
 public:
  enum class End : std::uint8_t { Open, Fin, Rst };

  explicit PollClient(std::uint16_t port);
  ~PollClient();
  PollClient(const PollClient&) = delete;
  PollClient& operator=(const PollClient&) = delete;

  void send(std::string_view octets) { to_send_ += octets; }
  void expect(std::string_view octets) { expected_ += octets; }
  void expect_end(End end) { expected_end_ = end; }
  /// What comes behind the expected octets is not looked at.
  void allow_more() { more_ = true; }
  /// As much of it as the other side takes. The octets are not copied.
  void flood(std::string_view octets);
  /// Some of it is left, and none of it was taken for a while.
  bool is_stuck() const;
  bool has_sent_all() const { return to_send_.empty() && flood_.empty(); }

  /// What is not as it should be; "" for nothing.
  std::string problem() const;

  /// Sends, and waits until the socket has an error, without reading from it.
  void wait_for_error();
  /// SO_ERROR.
  int socket_error() const;

 private:
  friend class PollClients;

  // Whether all that is expected has come, and all has been sent that goes.
  bool is_done() const;
  short events() const;
  void take(short events);
  void write();
  void read();

  int handle_;
  std::string to_send_;
  std::string_view flood_;  // comes behind it
  std::chrono::steady_clock::time_point sent_at_;
  std::string expected_;
  std::string received_;
  bool more_ = false;
  End expected_end_ = End::Open;
  End end_ = End::Open;
};

class PollClients {
 public:
  /// The connection is made when it returns: the server accepts them in this order.
  PollClient& connect(std::uint16_t port) { return clients_.emplace_back(port); }

  /// Serves all of them until each has what it expects, or no time is left.
  void run();
  /// Reads what nobody expects, for so long.
  void listen(std::chrono::milliseconds time);

  auto begin() const { return clients_.begin(); }
  auto end() const { return clients_.end(); }

 private:
  void poll_until(std::chrono::steady_clock::time_point deadline, bool to_the_deadline);

  std::deque<PollClient> clients_;
};

}  // namespace smtp_double::test
