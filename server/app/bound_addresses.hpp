#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "network/endpoint.hpp"

namespace smtp_double {

/// Where a process is reached.
struct BoundAddresses {
  const std::vector<ListenerAddress>& listeners;  ///< of `main`
  std::optional<Endpoint> admin = std::nullopt;
};

/// "smtp=A,B", "lmtp=C", "admin=D": the addresses of each kind that there is, as `print` writes an endpoint.
template <class Print>
std::vector<std::string> by_kind(const BoundAddresses& bound, Print print) {
  std::vector<std::string> lists;
  for (const ListenerKind kind : {ListenerKind::Smtp, ListenerKind::Smtps, ListenerKind::Lmtp}) {
    std::string list;
    for (const ListenerAddress& address : bound.listeners) {
      if (address.kind != kind) continue;
      list += list.empty() ? std::string(name(kind)) + '=' : ",";
      list += print(address.endpoint);
    }
    if (!list.empty()) lists.push_back(std::move(list));
  }
  if (bound.admin) lists.push_back("admin=" + print(*bound.admin));
  return lists;
}

}  // namespace smtp_double
