"""The servers that are compared, and how one of them is started, watched and ended."""
import os
import signal
import socket
import ssl
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import measure


@dataclass(frozen=True)
class Kind:
    name: str
    arguments: tuple  # "{port}" stands for the port in them
    environment: dict = field(default_factory=dict)
    tls: bool = False  # from the first octet on

    def command(self, port):
        return [str(argument).format(port=port) for argument in self.arguments]


def floor(tools):
    return Kind("floor", (tools / "floor_server", "--port", "{port}"))


def tls_floor(tools):
    return Kind("floor", (tools / "tls_floor_server", "--port", "{port}"), tls=True)


def knows(path, flag):
    """The server may be one from before the flag."""
    return flag in subprocess.run([path, "serve", "--help"], capture_output=True, text=True).stdout


def smtp_double(path, tls=False):
    # The admin API stays on, as it is for everyone who does not turn it off.
    admin = ("--admin", "127.0.0.1:0") if knows(path, "--admin") else ()
    listen = "--listen-tls" if tls else "--listen"
    return Kind("smtp-double", (path, "serve", "accept", listen, "127.0.0.1:{port}", *admin), tls=tls)


# What a hundred rules at each of ten stages ask for; nothing that the load has.
RULES_ASK = {"connect": "client.ip: 192.0.2.{n}", "ehlo": "helo: client{n}.example.net",
             "mail": "sender: sender{n}@example.net", "rcpt": "recipient: recipient{n}@example.net",
             "data": "recipient: recipient{n}@example.net", "message": "sender: sender{n}@example.net",
             "rset": "helo: client{n}.example.net", "noop": "helo: client{n}.example.net",
             "vrfy": "argument: user{n}", "quit": "helo: client{n}.example.net"}


def with_rules(kind, folder):
    """The same server with a thousand rules, to see what they cost when none of them answers."""
    path = Path(folder, "thousand-rules.yaml")
    rules = [f"  - {{at: {stage}, when: {{{asked.format(n=n)}}}, times: {n + 1}, reply: 450 4.3.0 Rule {n}}}"
             for stage, asked in RULES_ASK.items() for n in range(100)]
    path.write_text("\n".join(["rules:", *rules, ""]), encoding="utf-8")
    return Kind("1,000 rules", tuple(path if word == "accept" else word for word in kind.arguments), kind.environment)


def smtp_sink(path):
    path = Path(path)
    # It refuses to run as root without being told whom to become.
    user = ("-u", "nobody") if os.geteuid() == 0 else ()
    beside = path.parent.parent / "lib" / "postfix"  # unpacked, not installed: its libraries are not where it looks
    environment = {"LD_LIBRARY_PATH": str(beside)} if beside.is_dir() else {}
    return Kind("smtp-sink", (path, *user, "-m", "20000", "127.0.0.1:{port}", "4096"), environment)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Running:
    """A server that answers, until the end of the `with` block; with `wrapper`, run by valgrind or strace."""

    def __init__(self, kind, core, wrapper=(), stderr=subprocess.DEVNULL, patience=30):
        self.kind = kind
        self.port = free_port()
        self.wrapped = bool(wrapper)
        self.process = subprocess.Popen(
            [*wrapper, *kind.command(self.port)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr,
            env={**os.environ, **kind.environment}, preexec_fn=lambda: os.sched_setaffinity(0, {core}))
        try:
            self._wait_for_greeting(time.monotonic() + patience)
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def pid(self):
        return self.process.pid

    def _connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        if not self.kind.tls:
            return connection
        anything = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        anything.check_hostname, anything.verify_mode = False, ssl.CERT_NONE
        return anything.wrap_socket(connection, server_hostname="localhost")

    def _wait_for_greeting(self, deadline):
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.kind.name} ended with status {self.process.returncode}")
            try:
                with self._connect() as connection:
                    if connection.recv(512).startswith(b"220"):
                        connection.sendall(b"QUIT\r\n")
                        while connection.recv(512):
                            pass
                        return
            except OSError:
                time.sleep(0.01)
        raise RuntimeError(f"{self.kind.name} did not answer on port {self.port}")

    def stop(self):
        """Asks the server itself, so that a wrapper around it gets to write its summary."""
        if self.process.poll() is None:
            for pid in (measure.children(self.pid) if self.wrapped else []) or [self.pid]:
                os.kill(pid, signal.SIGTERM)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            for pid in reversed(measure.tree(self.pid)):
                os.kill(pid, signal.SIGKILL)
            self.process.wait()
