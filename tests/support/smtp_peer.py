"""A client that does just what a test tells it, octet by octet."""
import re
import select
import socket

from server_process import PATIENCE

LAST_LINE = re.compile(rb"^\d\d\d(?: [^\r\n]*)?\r\n", re.MULTILINE)


class Peer:
    """A connection. `unread` is what came and was not asked for yet."""

    def __init__(self, address, receive_buffer=None, source=None):
        self.unread = b""
        if isinstance(address, int):
            address = f"127.0.0.1:{address}"
        if address.startswith("unix:"):
            family, target = socket.AF_UNIX, address.removeprefix("unix:")
        else:
            host, _, port = address.rpartition(":")
            family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
            target = (host.strip("[]"), int(port))
        self.socket = socket.socket(family)
        try:
            self._connect(target, receive_buffer, source)
        except OSError:
            self.socket.close()
            raise

    def _connect(self, target, receive_buffer, source):
        self.socket.settimeout(PATIENCE)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source is not None:
            self.socket.bind((source, 0))
        self.socket.connect(target)
        if self.socket.family != socket.AF_UNIX:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, octets):
        self.socket.sendall(octets.encode() if isinstance(octets, str) else octets)

    def fill(self, line, most=100_000_000):
        """Sends this line again and again, until the server has taken none of it for a second. Returns how many
        whole ones it was; the last one may be there in part."""
        octets = line * (1_000_000 // len(line))
        sent = 0
        while sent < most:
            if not select.select([], [self.socket], [], 1)[1]:
                return sent // len(line)
            sent += self.socket.send(octets[sent % len(line):], socket.MSG_DONTWAIT)
        raise AssertionError(f"the server took {sent} octets and would take more")

    def _more(self):
        octets = self.socket.recv(65536)
        self.unread += octets
        return bool(octets)

    def reply(self):
        """The next whole reply, as text without its last CRLF."""
        while True:
            end = LAST_LINE.search(self.unread)
            if end is not None:
                whole, self.unread = self.unread[:end.end()], self.unread[end.end():]
                return whole.decode("latin-1").removesuffix("\r\n")
            if not self._more():
                raise AssertionError(f"the server closed, no reply in {self.unread!r}")

    def replies(self, count):
        """The next replies, which are one line each."""
        chunks = [self.unread]
        have = self.unread.count(b"\n")
        while have < count:
            chunks.append(self.socket.recv(1 << 20))
            if not chunks[-1]:
                raise AssertionError(f"the server closed after {have} of {count} replies")
            have += chunks[-1].count(b"\n")
        self.unread = b"".join(chunks)
        *lines, self.unread = self.unread.split(b"\r\n", count)
        return [line.decode("latin-1") for line in lines]

    def ask(self, line):
        self.send(f"{line}\r\n")
        return self.reply()

    def expect(self, code):
        """The next reply, which has to begin with this."""
        reply = self.reply()
        if not reply.startswith(str(code)):
            raise AssertionError(f"expected {code}, got {reply!r}")
        return reply

    def expect_silence(self, seconds):
        """Not an octet, and no end, for that long."""
        self.socket.settimeout(seconds)
        try:
            more = self._more()
        except TimeoutError:
            return
        finally:
            self.socket.settimeout(PATIENCE)
        raise AssertionError(f"expected silence, got {self.unread!r}" if more else "expected silence, got the end")

    def expect_reset(self):
        """RST, and nothing before it."""
        try:
            while self._more():
                pass
        except ConnectionResetError:
            if self.unread:
                raise AssertionError(f"before the reset: {self.unread!r}") from None
            return
        raise AssertionError(f"closed, not reset, after {self.unread!r}")

    def expect_end(self):
        """FIN, and nothing before it."""
        while self._more():
            pass
        if self.unread:
            raise AssertionError(f"before the end: {self.unread!r}")

    def rest(self):
        """Everything up to FIN."""
        while self._more():
            pass
        rest, self.unread = self.unread, b""
        return rest

    def hello(self, name="client.example"):
        self.expect(220)
        self.send(f"EHLO {name}\r\n")
        self.expect("250-")

    def envelope(self, sender="me@example.org", recipient="you@example.com"):
        for line in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>"):
            self.send(f"{line}\r\n")
            self.expect(250)

    def message(self, content="Subject: hello\r\n\r\nHi.\r\n", **envelope):
        """Sends one, and returns the reply to its content."""
        self.envelope(**envelope)
        self.send("DATA\r\n")
        self.expect(354)
        self.send((content if isinstance(content, bytes) else content.encode()) + b".\r\n")
        return self.reply()


def connect(server, **keywords):
    return Peer(server.addresses[0], **keywords)
