#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace smtp_double::test {

/// How a connection stands after what was read.
enum class ConnectionState : std::uint8_t {
  Open,    ///< nothing more came in time
  Closed,  ///< FIN
  Reset,   ///< RST
};

/// A client on the loopback that never blocks for ever: what does not happen in time is told as such.
class TcpClient {
 public:
  /// Longer than any machine under load needs; a test that passes never waits for it.
  static constexpr auto patience = std::chrono::seconds(20);

  /// Throws when the connection is not to be had.
  explicit TcpClient(std::uint16_t port);
  static TcpClient at_unix_path(const std::string& path);
  ~TcpClient();
  TcpClient(TcpClient&& other) noexcept;
  TcpClient& operator=(TcpClient&&) = delete;
  TcpClient(const TcpClient&) = delete;
  TcpClient& operator=(const TcpClient&) = delete;

  /// Sends all of it; a peer that is gone or does not read in time shows later, in what comes back.
  void send(std::string_view octets);
  /// As much as goes without waiting; how much that was.
  std::size_t send_now(std::string_view octets);
  /// No more will be sent.
  void finish_sending();
  /// RST.
  void reset();

  /// Everything up to and including this text; what came instead when it does not come.
  std::string read_until(std::string_view end, std::chrono::milliseconds at_most = patience);
  /// As many octets; fewer when they do not come.
  std::string read(std::size_t octets, std::chrono::milliseconds at_most = patience);
  /// What is there, or else comes first; "" when nothing does.
  std::string read_some(std::chrono::milliseconds at_most = patience);
  /// Everything to the end of the connection; how it ended is in connection().
  std::string read_all(std::chrono::milliseconds at_most = patience);
  ConnectionState connection() const { return connection_; }

 private:
  explicit TcpClient(int handle, int) : handle_(handle) {}
  // Reads once, at the latest until the deadline; false when nothing more is to be had.
  bool receive(std::chrono::steady_clock::time_point deadline);
  std::string take(std::size_t octets);

  int handle_;
  std::string received_;
  ConnectionState connection_ = ConnectionState::Open;
};

}  // namespace smtp_double::test
