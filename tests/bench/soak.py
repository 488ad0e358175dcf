#!/usr/bin/env python3
"""Full speed for as long as it is told, with the record at its bounds: what recording costs, and whether memory stays flat.

    soak.py LOAD_GENERATOR SMTP_DOUBLE [--seconds N]

Three servers take turns: one with no journal (`limits: {journal: none}`), one with it, and one whose admin port is asked
all the time as well. Costs are CPU time per message; latencies are those of a client beside the load. Times are told and
never judged: the status is 1 only when a message went wrong or memory grew.
"""
import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import measure

WARM_UP = 1 / 3  # of the rounds: until then the bounds fill
SLACK = 1.05, 3_000_000  # what memory may grow by behind that
# Each of the four arenas of the C library keeps room for the largest answer that one of its threads has ever made: a
# thread of the admin port that is new makes a step of one that has had none.
STEPS = {"without": 0, "recorded": 0, "asked": 64_000_000}
LEAK = 8192  # octets that most rounds add; steps are few
CONNECTIONS, PER_SESSION = 8, 50
LIMITS = {"without": "journal: none, memory: 8MB", "recorded": "journal: 4MiB, memory: 8MB"}
LIMITS["asked"] = LIMITS["recorded"]


class Server:
    def __init__(self, program, variant, folder):
        scenario = Path(folder, f"{variant}.yaml")
        scenario.write_text(f"server: {{limits: {{{LIMITS[variant]}}}}}\n", encoding="utf-8")
        self.process = subprocess.Popen(
            [program, scenario, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--log-level", "warning"],
            stdout=subprocess.PIPE, text=True)
        ready = dict(word.split("=", 1) for word in self.process.stdout.readline().split()[1:])
        self.port = int(ready["smtp"].rpartition(":")[2])
        self.admin = "http://" + ready["admin"]
        self.costs, self.latencies, self.memory, self.lags = [], [], [], []

    def get(self, path):
        with urllib.request.urlopen(self.admin + path, timeout=60) as answer:
            return answer.read()

    def lag(self):
        """The latest that an event loop came to a timer since this was asked before, in ms."""
        lines = self.get("/metrics").decode().splitlines()
        return max(1000 * float(line.split()[-1]) for line in lines
                   if line.startswith("smtp_double_event_loop_lag_seconds") and 'of="most"' in line)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


class Beside(threading.Thread):
    """Does something again and again until the round is over."""

    def __init__(self, act):
        super().__init__(daemon=True)
        self.over, self.act, self.failure = threading.Event(), act, None
        self.start()

    def run(self):
        try:
            while not self.over.is_set():
                self.act()
        except Exception as failure:  # told by end()
            self.failure = failure

    def end(self):
        self.over.set()
        self.join(120)
        if self.failure:
            raise self.failure


class Probe:
    """One client whose messages are timed."""

    def __init__(self, port):
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.connection.makefile("rb")
        self.latencies = []
        self.reply()
        self.ask(b"HELO probe.test\r\n")

    def reply(self):
        line = self.file.readline()
        if line[:1] not in (b"2", b"3"):
            raise RuntimeError(f"the probe was told {line!r}")

    def ask(self, line):
        self.connection.sendall(line)
        self.reply()

    def send(self):
        begun = time.perf_counter()
        for line in (b"MAIL FROM:<probe@example.org>\r\n", b"RCPT TO:<you@example.com>\r\n", b"DATA\r\n",
                     b"Subject: probe\r\n\r\nx\r\n.\r\n"):
            self.ask(line)
        self.latencies.append(time.perf_counter() - begun)


def ask_everything(server):
    for path in ("sessions?limit=1000&order=desc", "messages?limit=200", "deliveries", "unmatched?limit=100", "rules"):
        server.get(f"/v1/doubles/main/{path}")


def play(generator, server, sessions):
    done = subprocess.run([generator, "--port", str(server.port), "--connections", str(CONNECTIONS), "--sessions",
                           str(sessions), "--messages-per-session", str(PER_SESSION), "--timeout", "600"],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"the load went wrong: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)["messages"]


def run_round(generator, server, variant, sessions):
    probe = Probe(server.port)
    beside = [Beside(probe.send)]
    if variant == "asked":
        beside.append(Beside(lambda: ask_everything(server)))
    server.lag()
    begun = measure.cpu_ns(server.process.pid)
    messages = play(generator, server, sessions)
    spent = measure.cpu_ns(server.process.pid) - begun
    for one in beside:
        one.end()
    server.costs.append(spent / (messages + len(probe.latencies)) / 1000)
    server.latencies += probe.latencies
    server.lags.append(server.lag())
    server.memory.append(measure.memory(server.process.pid).rss)


def grew(memory, steps):
    """Whether it passed by much what it had when it was warm, or goes on growing round after round."""
    warm = max(1, int(len(memory) * WARM_UP))
    bound = max(memory[:warm]) * SLACK[0] + SLACK[1] + steps
    added = [after - before for before, after in zip(memory[warm:], memory[warm + 1:])]
    return max(memory[warm:], default=0) > bound or statistics.median(added or [0]) > LEAK


def p99(values):
    return statistics.quantiles(values, n=100)[98] * 1000 if len(values) > 1 else float("nan")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("generator")
    parser.add_argument("program")
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="smtp-double-soak-") as folder:
        servers = {variant: Server(options.program, variant, folder) for variant in LIMITS}
        try:
            deadline = time.monotonic() + options.seconds
            rounds = 0
            while time.monotonic() < deadline or rounds < 6:
                for variant, server in servers.items():
                    run_round(options.generator, server, variant, sessions=CONNECTIONS * 4)
                rounds += 1
        finally:
            for server in servers.values():
                server.stop()
    base = servers["without"]
    print(f"{rounds} rounds of {CONNECTIONS * 4 * PER_SESSION} messages each")
    print(f"{'':10}{'CPU us/message':>16}{'':>8}{'p99 ms':>9}{'':>8}{'loop lag ms':>13}{'RSS MB, first to last':>25}")
    for variant, server in servers.items():
        cost, tail = statistics.median(server.costs), p99(server.latencies)
        ratio, tail_ratio = cost / statistics.median(base.costs), tail / p99(base.latencies)
        print(f"{variant:10}{cost:16.1f}{ratio:7.2f}x{tail:9.2f}{tail_ratio:7.2f}x{max(server.lags):13.1f}"
              f"{server.memory[0] / 1e6:15.1f} to {server.memory[-1] / 1e6:.1f}")
    swollen = [variant for variant, server in servers.items() if grew(server.memory, STEPS[variant])]
    for variant in swollen:
        print(f"{variant}: memory grew: {[round(octets / 1e6, 1) for octets in servers[variant].memory]}")
    return 1 if swollen else 0


if __name__ == "__main__":
    sys.exit(main())
