"""Ten thousand sessions that wait: each is a small object, and in nobody's way."""
import contextlib
import re
import resource
import socket
import unittest
from pathlib import Path

from server_process import PATIENCE, ServerProcess, is_sanitized, until
from smtp_peer import connect

SESSIONS = 10_000
SOURCES = 4  # local addresses, each with ports of its own
OTHERS = 200  # descriptors for the rest of both programs
IN_TIME = 2  # seconds from the signal to the end
SCENARIO = """
    server: {timeout: 10m}
    rules:
      - {at: noop, delay: 10m}
      - {at: rset, reply: none, then: hang}
      - {at: vrfy, reply: none, then: stop-reading}
    """


def sessions_there_may_be():
    """As many as there are descriptors for, here and in the server, which inherits the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < SESSIONS + OTHERS:
        print(f"only {hard} descriptors: {hard - OTHERS} sessions instead of {SESSIONS}", flush=True)
        return hard - OTHERS
    return SESSIONS


def resident(server):
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    return 1024 * int(re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE).group(1))


def queue_is_empty(port):
    """Whether the server has read all that was sent to it."""
    local = f"{port:04X}"
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        words = line.split()
        if words[1].endswith(":" + local) and words[3] == "01" and words[4].split(":")[1] != "00000000":
            return False
    return True


@unittest.skipIf(is_sanitized(), "a sanitizer's memory tells nothing")
class Waiting(unittest.TestCase):
    def setUp(self):
        self.limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.sessions = sessions_there_may_be()
        resource.setrlimit(resource.RLIMIT_NOFILE,
                           (max(self.limits[0], min(self.sessions + OTHERS, self.limits[1])), self.limits[1]))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, self.limits)
        self.clients = contextlib.ExitStack()
        self.addCleanup(self.clients.close)

    def open_sessions(self, server, count):
        clients = [self.clients.enter_context(contextlib.closing(self.connected(server.port, number)))
                   for number in range(count)]
        for client in clients:
            self.assertTrue(client.recv(100).startswith(b"220 "))
        return clients

    def connected(self, port, number):
        client = socket.socket()
        client.settimeout(PATIENCE)
        client.bind((f"127.0.0.{1 + number % SOURCES}", 0))
        client.connect(("127.0.0.1", port))
        return client

    def test_they_cost_little_more_than_idle_ones_and_disturb_nobody(self):
        for line in (b"NOOP\r\n", b"RSET\r\n", b"VRFY a\r\n"):
            with self.subTest(line=line), ServerProcess(SCENARIO, "--log-level", "warning") as server:
                before = resident(server)
                clients = self.open_sessions(server, self.sessions)
                idle = resident(server) - before
                for client in clients:
                    client.sendall(line)
                until(lambda: queue_is_empty(server.port), "the server has read it all")
                with connect(server) as other:  # and answers behind all of them
                    other.hello()
                    self.assertEqual(other.message()[:3], "250")
                    waiting = resident(server) - before
                    self.assertEqual(other.ask("QUIT")[:3], "221")
                print(f"{self.sessions} sessions: {idle // self.sessions} octets each when idle, "
                      f"{waiting // self.sessions} behind {line!r}", flush=True)
                self.assertLess(waiting, 1.3 * idle)
                self.assertLess(server.stop(), IN_TIME)
                self.clients.close()


if __name__ == "__main__":
    unittest.main()
