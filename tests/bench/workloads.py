"""What is played against each server."""
import json
import os
import subprocess
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Workload:
    connections: int
    sessions: int
    messages_per_session: int = 20
    pipelining: str = "none"
    size: int = 1024
    # What is counted is the difference of two runs of so many sessions, so that starting up is in neither; the
    # sessions are long, so that connecting is in "sess" alone.
    counted_sessions: tuple = (1, 5)
    counted_messages_per_session: int = 100
    tls: bool = False

    def units(self, sessions, messages_per_session):
        """What the costs are divided by: messages, or sessions that have none."""
        return sessions * max(messages_per_session, 1)


WORKLOADS = {
    "sess": Workload(16, 4000, messages_per_session=1, counted_sessions=(50, 250), counted_messages_per_session=1),
    "many": Workload(16, 800),
    "pipe": Workload(16, 1500, pipelining="message"),
    "deep": Workload(16, 2500, pipelining="deep"),
    "100k": Workload(4, 60, size=100_000, counted_messages_per_session=10),
    "handshakes": Workload(16, 1500, messages_per_session=0, tls=True, counted_sessions=(20, 70),
                           counted_messages_per_session=0),
    "tls": Workload(16, 160, messages_per_session=100, tls=True),
    "tls-100k": Workload(4, 60, size=100_000, counted_messages_per_session=10, tls=True),
}


class Generator:
    def __init__(self, program, core):
        self.program, self.core = str(program), core

    def command(self, port, *options, tls=False):
        return ["taskset", "-c", str(self.core), self.program, "--port", str(port), *(["--tls"] if tls else []),
                *map(str, options)]

    def play(self, port, load):
        """All of a workload. Anything but the expected replies ends the comparison: it would compare nothing."""
        done = subprocess.run(
            self.command(port, "--connections", load.connections, "--sessions", load.sessions,
                         "--messages-per-session", load.messages_per_session, "--pipelining", load.pipelining,
                         "--size", load.size, "--timeout", 120, tls=load.tls), capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"the load went wrong: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def play_counted(self, port, load, sessions):
        """One connection: how many events a wake-up brings, and with it every count, then repeats exactly."""
        return self.play(port, replace(load, connections=1, sessions=sessions,
                                       messages_per_session=load.counted_messages_per_session))

    def first_220(self, port, kind, core):
        done = subprocess.run(self.command(port, "--first-220", "--command-cpu", core, "--", *kind.command(port)),
                              capture_output=True, text=True, env={**os.environ, **kind.environment})
        if done.returncode != 0:
            raise RuntimeError(f"{kind.name} did not start: {done.stderr}")
        return int(done.stdout)

    def hold(self, port, connections, tls):
        """A generator process that holds idle connections; its first line tells how many it has."""
        return subprocess.Popen(self.command(port, "--idle", connections, "--timeout", 120, tls=tls),
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
