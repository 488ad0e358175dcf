#!/usr/bin/env python3
"""Keeps the rooms apart: check_layout.py ROOT

Reports every include that goes against the direction of the rooms, every library outside the rooms it belongs to,
sleeping, and files that grew too long, each as file:line: rule.
"""
import re
import sys
from pathlib import Path

# What each room may include from this project, besides itself.
ROOMS = {
    "protocol": set(),
    "explain": {"protocol"},
    "sasl": {"protocol"},
    "scenario": {"sasl", "protocol"},
    "tls": {"scenario", "protocol"},
    "mime": set(),
    "journal": {"mime", "scenario", "protocol"},
    "storage": {"journal", "scenario", "protocol"},
    "network": {"journal", "tls", "scenario", "protocol"},
    "admin": {"config", "explain", "journal", "mime", "scenario", "protocol"},
    "config": {"scenario", "sasl", "protocol"},
    "app": {"protocol", "explain", "sasl", "scenario", "tls", "mime", "journal", "storage", "network", "admin", "config",
            "scenarios"},
}

# Libraries and the rooms they belong to, by the start of the include's name.
LIBRARIES = {
    "yaml-cpp/": {"config"},
    "re2/": {"scenario"},
    "openssl/": {"sasl", "tls"},
    "gmime/": {"mime"},
    "glib": {"mime"},
    "boost/asio": {"network", "admin", "app"},
    "spdlog/": {"network", "admin", "app"},
    "boost/json": {"explain", "admin"},
    "httplib": {"admin"},
    "prometheus/": {"admin"},
    "CLI/": {"app"},
    "catch2/": set(),
}

# Rooms whose outcome depends on their input alone.
PURE = {"protocol", "sasl", "scenario"}
IMPURE_HEADERS = {"thread", "random", "iostream", "fstream", "filesystem", "ctime", "cstdio"}
IMPURE_CALL = re.compile(r"_clock::now\b|\bstd::rand\b|\brandom_device\b|\bgetenv\b")

LONGEST_FILE = 500
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SLEEP = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep)\b|\btime\.sleep\b|(?<![\w.:>])sleep\(")
COMMENT = re.compile(r"//.*|^\s*#(?!\s*include).*")


def room_of(path):
    """The room of a source file, by its path below the root; None outside server/ and config/."""
    if path.parts[0] == "config":
        return "config"
    return path.parts[1] if path.parts[0] == "server" else None


def check_include(room, quote, name):
    """What is wrong with this include in this room, if anything is."""
    for library, homes in LIBRARIES.items():
        if name.startswith(library):
            if room in homes:
                return None
            return f"{library.rstrip('/')} belongs to {', '.join(sorted(homes)) or 'the tests'}, not to {room}"
    if quote == "<":
        if room == "protocol" and not re.fullmatch(r"[a-z0-9_]+", name):
            return f"protocol includes the standard library only, not <{name}>"
        if room in PURE and name in IMPURE_HEADERS:
            return f"{room} is pure: <{name}> does not belong there"
        return None
    target = name.split("/")[0]
    if "/" not in name or target not in ROOMS.keys() | {"scenarios"}:
        return f'"{name}" is not written as "room/file.hpp"'
    if target != room and target not in ROOMS[room]:
        return f"{room} must not include {target} (may: {', '.join(sorted(ROOMS[room])) or 'nothing of ours'})"
    return None


def check_file(root, path):
    lines = (root / path).read_text(encoding="utf-8").splitlines()
    room = room_of(path)
    if room is not None and room not in ROOMS:
        yield f"{path}:1: server/{room} is not a room"
        return
    if path.suffix == ".hpp" and "#pragma once" not in lines[:12]:
        yield f"{path}:1: a header starts with #pragma once"
    if path.parts[0] == "server" and len(lines) > LONGEST_FILE:
        yield f"{path}:{LONGEST_FILE + 1}: {len(lines)} lines; a file has at most {LONGEST_FILE}"
    for number, line in enumerate(lines, 1):
        include = INCLUDE.match(line) if room else None
        problem = check_include(room, *include.groups()) if include else None
        if problem:
            yield f"{path}:{number}: {problem}"
        code = COMMENT.sub("", line)
        # The load tools of tests/bench pace themselves and wait for processes.
        if SLEEP.search(code) and path.parts[:2] != ("tests", "bench"):
            yield f"{path}:{number}: nothing sleeps; wait for what is to happen"
        if room in PURE and IMPURE_CALL.search(code):
            yield f"{path}:{number}: {room} is pure: time, randomness and settings come in as values"


def check(root):
    """All that is wrong below root, one line each."""
    found = []
    for top in ("server", "config", "tests"):
        for file in sorted((root / top).rglob("*")):
            path = file.relative_to(root)
            if file.suffix not in (".cpp", ".hpp", ".py") or "node_modules" in path.parts:
                continue
            if path.parts[:2] == ("tests", "house"):  # names what it looks for
                continue
            found += check_file(root, path)
    return found


if __name__ == "__main__":
    problems = check(Path(sys.argv[1]).resolve())
    print("\n".join(problems) or "the rooms are in order")
    sys.exit(1 if problems else 0)
