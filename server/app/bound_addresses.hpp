#pragma once

#include <string>
#include <vector>

#include "network/endpoint.hpp"

namespace smtp_double {

/// "smtp=A,B", "lmtp=C": the addresses of each kind that there is, as `print` writes an endpoint.
template <class Print>
std::vector<std::string> by_kind(const std::vector<ListenerAddress>& bound, Print print) {
  std::vector<std::string> lists;
  for (const ListenerKind kind : {ListenerKind::Smtp, ListenerKind::Smtps, ListenerKind::Lmtp}) {
    std::string list;
    for (const ListenerAddress& address : bound) {
      if (address.kind != kind) continue;
      list += list.empty() ? std::string(name(kind)) + '=' : ",";
      list += print(address.endpoint);
    }
    if (!list.empty()) lists.push_back(std::move(list));
  }
  return lists;
}

}  // namespace smtp_double
