r"""The scenarios of a page do what the page says of them. shown/PAGE.txt has a dialogue at least for each of them,
behind `== HEADING`, or `== HEADING #2` for the second one that stands there. The lines of a dialogue:

C: LINE                     the client says this
S: TEXT                     the next reply begins so; several such lines are the lines of one reply
mail: FROM TO => 250 451    messages in one session: how the last reply to each of them begins, or `reset`, `closed`
content: N                  N octets of content, without an end
octet-by-octet: TEXT        exactly this, with \r and \n for octets
octets: N in 900ms          N octets of a reply take that long at least
connect, hello              a new connection, the one before it is gone; hello greets and says EHLO, too
closed, reset, silent       what the server has done to the connection
advance: 10m                the clock of the double
tls, tls: NAME              STARTTLS and a handshake that is fine, asking for NAME; the certificate is not looked at
tls-fails: NAME TEXT        STARTTLS and a handshake that fails, with TEXT in the error; the certificate is looked at
expectations: hold          what the scenario expects, at the end; or what is said of one that failed
"""
import contextlib
import io
import json
import re
import ssl
import time
import unittest
import urllib.request
from pathlib import Path

import page_blocks
from server_process import ServerProcess
from smtp_peer import Peer

FOLDER = Path(__file__).with_name("shown")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
CONTENT = "Subject: hello\r\n\r\nHi.\r\n.\r\n"


def named_scenarios(page):
    """By the heading that each stands under, and its number there."""
    found, text = {}, page_blocks.prose(page).splitlines()
    for scenario in page_blocks.scenarios(page):
        if scenario.is_mistaken or scenario.is_settings or scenario.needs_files:
            continue
        above = text[:int(scenario.place.rpartition(":")[2])]
        heading = HEADING.findall("\n".join(above))[-1]
        number = 1 + sum(name.partition(" #")[0] == heading for name in found)
        found[heading if number == 1 else f"{heading} #{number}"] = scenario
    return found


def dialogues(path):
    for part in path.read_text(encoding="utf-8").split("\n== ")[1:]:
        heading, _, lines = part.partition("\n")
        yield heading.strip(), [line for line in lines.splitlines() if line and not line.startswith("#")]


def seconds(text):
    number, unit = re.fullmatch(r"(\d+)(ms|s)", text).groups()
    return int(number) / (1000 if unit == "ms" else 1)


class Client:
    """Plays one dialogue against a server."""

    def __init__(self, test, server, certificates):
        self.test = test
        self.server = server
        self.certificates = certificates
        self.peer = None
        self.was_reset = False

    def play(self, lines):
        replies = []
        for line in [*lines, ""]:
            if line.startswith("S: "):
                replies.append(line[3:])
                continue
            if replies:
                self.expect(replies)
                replies = []
            if line:
                word, rest = re.fullmatch(r"([\w-]+):? ?(.*)", line).groups()
                getattr(self, "do_" + word.lower().replace("-", "_"))(rest)

    def expect(self, expected):
        lines = self.peer.reply().split("\r\n")
        for line, begin in zip(lines[-1:] if len(expected) == 1 else lines, expected, strict=True):
            self.test.assertTrue(line.startswith(begin), f"expected {begin!r}, got {line!r}")

    def do_c(self, line):
        self.peer.send(line + "\r\n")

    def do_connect(self, _):
        self.leave()
        self.was_reset = False
        try:
            self.peer = Peer(self.server.addresses[0])
        except ConnectionResetError:  # as soon as that
            self.was_reset = True

    def do_hello(self, _):
        self.do_connect("")
        self.peer.expect(220)
        self.peer.send("EHLO client.example\r\n")
        self.peer.expect(250)

    def leave(self):
        if self.peer is not None:
            self.peer.socket.close()
        self.peer = None

    def do_mail(self, rest):
        envelope, _, outcomes = rest.partition(" => ")
        sender, recipient = envelope.split()
        for number, outcome in enumerate(outcomes.split(), 1):
            reply = self.message(sender, recipient)
            self.test.assertTrue(reply.startswith(outcome), f"message {number}: expected {outcome}, got {reply!r}")

    def message(self, sender, recipient):
        try:
            for line in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA", CONTENT[:-2]):
                self.peer.send(line + "\r\n")
                reply = self.peer.reply()
                if reply[0] not in "23":
                    self.peer.send("RSET\r\n")
                    if not reply.startswith("421"):
                        self.peer.expect(250)
                    break
        except ConnectionResetError:
            return "reset"
        except AssertionError as ended:
            self.test.assertIn("the server closed", str(ended))
            return "closed"
        return reply

    def do_content(self, count):
        line = "x" * 98 + "\r\n"
        try:
            self.peer.send(line * (int(count) // len(line)) + "x" * (int(count) % len(line)))
        except ConnectionResetError:  # which is told once, to whoever comes first
            self.was_reset = True

    def do_octets(self, rest):
        count, least = rest.split(" in ")
        begun = time.monotonic()
        while len(self.peer.unread) < int(count):
            self.peer.unread += self.peer.socket.recv(1)
        self.test.assertGreaterEqual(time.monotonic() - begun, seconds(least))

    def do_octet_by_octet(self, text):
        expected = text.replace("\\r", "\r").replace("\\n", "\n").encode()
        while len(self.peer.unread) < len(expected):
            more = self.peer.socket.recv(1)
            self.test.assertTrue(more, f"the end behind {self.peer.unread!r}")
            self.peer.unread += more
        self.test.assertEqual(self.peer.unread, expected)
        self.peer.unread = b""

    def do_closed(self, _):
        self.peer.expect_end()

    def do_reset(self, _):
        if not self.was_reset:
            self.peer.expect_reset()

    def do_silent(self, _):
        self.peer.expect_silence(0.2)

    def do_advance(self, duration):
        body = json.dumps({"advance": duration}).encode()
        request = urllib.request.Request(f"http://{self.server.admin}/v1/doubles/main/clock", body, method="POST")
        with urllib.request.urlopen(request) as answer:
            self.test.assertEqual(answer.status // 100, 2)

    def wrap(self, context, name):
        self.peer.send("STARTTLS\r\n")
        self.peer.expect(220)
        self.peer.socket = context.wrap_socket(self.peer.socket, server_hostname=name)

    def do_tls(self, name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.wrap(context, name or "localhost")
        self.peer.send("EHLO client.example\r\n")
        self.peer.expect("250")

    def do_tls_fails(self, rest):
        name, text = rest.split(" ", 1)
        context = ssl.create_default_context(cafile=str(self.certificates / "ca.pem"))
        # The Python of some systems has no least version: a server of TLSv1 fails there, too, but with other words.
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        with self.test.assertRaisesRegex(OSError, re.escape(text)):
            self.wrap(context, name)

    def do_expectations(self, text):
        self.leave()
        self.server.stop()
        failed = re.findall(r"error: .*: (expected .*)", self.server.log.text())
        if text == "hold":
            self.test.assertEqual((failed, self.server.process.returncode), ([], 0))
        else:
            self.test.assertIn(text, "\n".join(failed))
            self.test.assertEqual(self.server.process.returncode, 1)
            self.server.process.returncode = 0  # as it should be


class Shown(unittest.TestCase):
    def play(self, text, lines):
        with ServerProcess(text, "--tls-dir", "tls", admin="127.0.0.1:0") as server:
            client = Client(self, server, server.folder / "tls")
            try:
                client.play(lines)
                if not any(line.startswith("expectations:") for line in lines):
                    self.assertNotIn("expect:", text)
                    self.assertNotIn("verify:", text)
            finally:
                client.leave()

    def follow(self, path, page):
        there, shown = named_scenarios(page), set()
        for heading, lines in dialogues(path):
            with self.subTest(heading):
                self.assertIn(heading, there)
                shown.add(heading)
                self.play(there[heading].text, lines)
        self.assertEqual(there.keys() - shown, set(), "no dialogue shows these")

    def test_what_is_not_so_is_noticed(self):
        scenario = "rules: [{name: no, at: rcpt, reply: 550, expect: 1}]\n"
        good = ["hello", "mail: me@example.org ann@example.com => 550", "C: NOOP", "S: 250 2.0.0", "expectations: hold"]
        self.play(scenario, good)
        for number, bad in ((1, "mail: me@example.org ann@example.com => 250"), (3, "S: 251"), (3, "silent"),
                            (4, "expectations: expected 2 hits"), (0, "connect")):
            with self.subTest(bad), contextlib.redirect_stdout(io.StringIO()), self.assertRaises(AssertionError):
                self.play(scenario, [*good[:number], bad, *good[number + 1:]])
        with contextlib.redirect_stdout(io.StringIO()), self.assertRaises(AssertionError):
            self.play(scenario, ["hello"])


def add_tests():
    pages = {page_blocks.slug(page): page for page in page_blocks.pages()}
    for path in sorted(FOLDER.glob("*.txt")):
        setattr(Shown, f"test_{path.stem}", lambda self, path=path: self.follow(path, pages[path.stem]))


add_tests()

if __name__ == "__main__":
    unittest.main()
