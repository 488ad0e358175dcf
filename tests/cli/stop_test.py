"""How it ends: SIGTERM, SIGINT, and what the clients see of it."""
import contextlib
import itertools
import signal
import threading
import time
import unittest

from server_process import PATIENCE, ServerProcess, is_sanitized
from smtp_peer import Peer, connect

IN_TIME = 6 if is_sanitized() else 2  # seconds from the signal to the end

SLOW = """
    scenario: slow
    rules:
      - {at: connect, when: {client.ip: 127.0.0.2}, delay: 10m}
      - {at: ehlo, when: {helo: slow.example}, delay: 10m}
      - {at: quit, delay: 10m}
      - {at: noop, delay: 10m, reply: 421 4.3.0 never said}
      - {at: vrfy, delay: 10m, reply: none, then: reset}
      - {at: rcpt, when: {recipient.local: slow}, delay: 10m, reply: 550 never said}
      - {at: rcpt, when: {recipient.local: hang}, reply: none, then: hang}
      - {at: rcpt, when: {recipient.local: hang-later}, reply: 250 and then nothing, then: hang}
      - {at: rcpt, when: {recipient.local: close}, reply: 250 and then the end, then: close}
      - {at: message, delay: 10m}
    """


class Stopping(unittest.TestCase):
    def setUp(self):
        self.clients = contextlib.ExitStack()
        self.addCleanup(self.clients.close)

    def client(self, server, **keywords):
        return self.clients.enter_context(connect(server, **keywords))

    def in_transaction(self, server):
        client = self.client(server)
        client.hello()
        self.assertEqual(client.ask("MAIL FROM:<>")[:3], "250")
        return client

    def expect_farewell(self, client):
        reply = client.reply()
        self.assertRegex(reply, r"\A421 4\.3\.2 mx\.example\.test [^\n]*\Z")
        client.expect_end()

    def test_by_either_signal(self):
        for by in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(by=by), ServerProcess() as server, connect(server) as client:
                client.hello()
                server.process.send_signal(by)
                self.expect_farewell(client)
                client.socket.close()
                server.wait()
                self.assertEqual(server.process.returncode, 0)

    def waiting_clients(self, server):
        """One client in each place where a server lets its clients wait."""
        yield self.client(server, source="127.0.0.2")
        greeted = self.client(server)
        greeted.expect(220)
        yield greeted
        in_hello = self.client(server)
        in_hello.expect(220)
        in_hello.send("EHLO slow.example\r\n")
        yield in_hello
        for sent, replies in (("RCPT TO:<yo", ()),
                              ("QUIT\r\n", ()),
                              ("NOOP\r\n", ()),
                              ("VRFY you\r\n", ()),
                              ("RCPT TO:<slow@example.com>\r\nRCPT TO:<you@example.com>\r\nDATA\r\n", ()),
                              ("RCPT TO:<you@example.com>\r\nDATA\r\nSubject: half a mess", (250, 354)),
                              ("RCPT TO:<you@example.com>\r\nDATA\r\nSubject: whole\r\n\r\nHi.\r\n.\r\n", (250, 354))):
            client = self.in_transaction(server)
            client.send(sent)
            for code in replies:
                client.expect(code)
            yield client

    def test_whoever_waits_is_told(self):
        for threads in (1, 2):
            with self.subTest(threads=threads), ServerProcess(SLOW, "--threads", threads) as server:
                clients = list(self.waiting_clients(server))
                begun = time.monotonic()
                server.process.send_signal(signal.SIGTERM)
                for client in clients:
                    self.expect_farewell(client)
                    client.socket.close()
                server.wait()
                self.assertLess(time.monotonic() - begun, IN_TIME)

    def test_one_that_hangs_is_just_closed(self):
        with ServerProcess(SLOW) as server:
            hanging = self.in_transaction(server)
            hanging.send("RCPT TO:<hang@example.com>\r\n")
            hanging_later = self.in_transaction(server)
            hanging_later.send("RCPT TO:<hang-later@example.com>\r\n")
            hanging_later.expect(250)
            closed = self.in_transaction(server)
            closed.send("RCPT TO:<close@example.com>\r\n")
            closed.expect(250)
            closed.expect_end()
            server.log.wait_for("rcpt: 250, (silent from here on|closed) by rule", count=2)
            self.assertLess(server.stop(), IN_TIME)
            for client in (hanging, hanging_later):
                client.expect_end()

    def test_clients_that_do_not_close_are_no_reason_to_stay(self):
        with ServerProcess(["accept"]) as server:
            clients = [self.client(server) for _ in range(20)]
            for client in clients:
                client.hello()
            self.assertLess(server.stop(), IN_TIME)
            for client in clients:
                self.expect_farewell(client)

    def test_a_client_that_does_not_read_is_no_reason_to_stay(self):
        with ServerProcess(["accept"]) as server:
            self.client(server, receive_buffer=4096).fill(b"NOOP\r\n")
            self.assertLess(server.stop(), IN_TIME)

    def test_nobody_is_let_in_any_more(self):
        with ServerProcess(["accept"]) as server, connect(server) as client:
            client.hello()
            server.process.send_signal(signal.SIGTERM)
            self.expect_farewell(client)  # it stays until this one has closed, or the grace is over
            with self.assertRaises(ConnectionError), connect(server) as late:
                late.expect(220)

    def test_a_second_signal_changes_nothing(self):
        with ServerProcess(["accept"]) as server, connect(server) as client:
            client.hello()
            server.process.send_signal(signal.SIGTERM)
            self.expect_farewell(client)
            server.process.send_signal(signal.SIGTERM)
            client.socket.close()
            server.wait()

    def test_at_once_when_nobody_is_there(self):
        with ServerProcess(["accept"]) as server:
            self.assertLess(server.stop(), IN_TIME)

    def test_under_load(self):
        for threads in (1, 2):
            with self.subTest(threads=threads), ServerProcess(["accept"], "--threads", threads) as server:
                at_work = threading.Barrier(9)
                ends = []
                senders = [threading.Thread(target=send_until_the_end, args=(server.port, at_work, ends))
                           for _ in range(8)]
                for sender in senders:
                    sender.start()
                at_work.wait(PATIENCE)
                self.assertLess(server.stop(), IN_TIME)
                for sender in senders:
                    sender.join(PATIENCE)
                self.assertEqual(ends, ["421"] * 8)


def send_until_the_end(port, at_work, ends):
    """Message after message, as long as all is well; then what was not."""
    with Peer(port) as client:
        client.hello()
        client.message()
        at_work.wait(PATIENCE)
        for line in itertools.cycle(("MAIL FROM:<>", "RCPT TO:<you@example.com>", "DATA", "Subject: x\r\n\r\n.")):
            code = client.ask(line)[:3]
            if code not in ("250", "354"):
                ends.append(code)
                return
