"""The measurements. Each takes the servers in turn, round by round, so that a slow minute hits all of them."""
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, replace

import measure
from servers import Running, free_port
from workloads import WORKLOADS

IDLE_CONNECTIONS = 10_000
IDLE_TLS_CONNECTIONS = 1_000


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def in_turn(kinds, rounds):
    """(round, kind): nobody always comes first."""
    for number in range(rounds):
        shift = number % len(kinds)
        for kind in kinds[shift:] + kinds[:shift]:
            yield number, kind


def median_ratio(ours, theirs):
    return statistics.median(a / b for a, b in zip(ours, theirs))


class Comparison:
    """Of servers that all speak plain text, or all TLS."""

    def __init__(self, kinds, generator, core, rounds):
        self.kinds, self.generator, self.core, self.rounds = kinds, generator, core, rounds

    def cpu(self, names):
        """Server CPU per message in nanoseconds: {workload: {server: [one per round]}}."""
        spent = {name: {kind.name: [] for kind in self.kinds} for name in names}
        running = {}
        try:
            for kind in self.kinds:
                running[kind.name] = Running(kind, self.core)
            for name in names:
                say(f"CPU time, {name}")
                load = WORKLOADS[name]
                for server in running.values():  # warm: caches, allocators, branch predictors
                    self.generator.play(server.port, replace(load, sessions=max(load.connections, load.sessions // 20)))
                for _, kind in in_turn(self.kinds, self.rounds):
                    spent[name][kind.name].append(self._cpu_per_message(running[kind.name], load))
        finally:
            for server in running.values():
                server.stop()
        return spent

    def _cpu_per_message(self, server, load):
        before = measure.cpu_ns(server.pid)
        self.generator.play(server.port, load)
        time.sleep(0.02)  # the last connections are still being closed
        return (measure.cpu_ns(server.pid) - before) / load.units(load.sessions, load.messages_per_session)

    def instructions(self, names):
        """User instructions per message: {workload: {server: number}}."""
        wrapper = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
        return self._counted("instructions", names, wrapper, r"Collected : (\d+)")

    def system_calls(self, names):
        wrapper = ("strace", "-f", "-c")
        return self._counted("system calls", names, wrapper, r"(?m)^ *100\.00 +\S+ +\S+ +(\d+) .*total$")

    def _counted(self, what, names, wrapper, pattern):
        counted = {}
        for name in names:
            say(f"{what}, {name}")
            load = WORKLOADS[name]
            few, more = load.counted_sessions
            counted[name] = {}
            for kind in self.kinds:
                difference = (self._count(kind, wrapper, pattern, name, more) -
                              self._count(kind, wrapper, pattern, name, few))
                counted[name][kind.name] = difference / load.units(more - few, load.counted_messages_per_session)
        return counted

    def _count(self, kind, wrapper, pattern, name, sessions):
        with tempfile.TemporaryFile("w+") as report:
            with Running(kind, self.core, wrapper, stderr=report) as server:
                self.generator.play_counted(server.port, WORKLOADS[name], sessions)
            report.seek(0)
            text = report.read()
        found = re.search(pattern, text)
        if not found:
            raise RuntimeError(f"no count from {wrapper[0]}: {text[-2000:]}")
        return int(found[1])

    def starts(self):
        """Microseconds from exec to the first 220: {server: [one per round]}."""
        say("exec to the first 220")
        took = {kind.name: [] for kind in self.kinds}
        for _, kind in in_turn(self.kinds, 2 * self.rounds + 1):
            took[kind.name].append(self.generator.first_220(free_port(), kind, self.core))
        return took

    def idle(self, wanted=IDLE_CONNECTIONS):
        """Memory of a server that waits, alone and with so many connections: {server: {…}}."""
        limit = measure.allow_descriptors(2 * wanted)
        connections = min(wanted, limit - 200)
        result = {}
        for kind in self.kinds:
            say(f"idle memory, {kind.name}")
            with Running(kind, self.core) as server:
                time.sleep(0.3)
                before = measure.memory(server.pid)
                held, after = self._memory_while_held(server, connections)
            ready = held["ready"]
            result[kind.name] = {"alone": asdict(before), "holding": asdict(after), "connections": ready,
                                 "failed": held["failed"],
                                 "octets_per_connection": (after.rss - before.rss) / max(ready, 1)}
        return result

    def _memory_while_held(self, server, connections):
        with self.generator.hold(server.port, connections, server.kind.tls) as holder:
            try:
                held = json.loads(holder.stdout.readline())
                time.sleep(0.5)
                return held, measure.memory(server.pid)
            finally:
                try:
                    holder.communicate("\n", timeout=30)
                except subprocess.TimeoutExpired:
                    holder.kill()
