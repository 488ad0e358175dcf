"""What happens to a connection: ended by a rule, by a limit, by time; and clients that do not behave."""
import contextlib
import os
import resource
import threading
import time
import unittest

from server_process import PATIENCE, ServerProcess, is_sanitized, until
from smtp_peer import connect

ENDINGS = """
    rules:
      - {at: rcpt, when: {recipient.local: close}, reply: 550 5.1.1 Closing, then: close}
      - {at: rcpt, when: {recipient.local: quiet-close}, reply: none, then: close}
      - {at: rcpt, when: {recipient.local: reset}, reply: none, then: reset}
      - {at: rcpt, when: {recipient.local: busy}, reply: 421 4.3.2 Closing by its code}
      - {at: rcpt, when: {recipient.local: busy-on}, reply: 421 4.3.2 Not closing, then: continue}
      - {at: rcpt, when: {recipient.local: hang}, reply: none, then: hang}
      - {at: rcpt, when: {recipient.local: slow}, delay: 600ms, reply: 450 4.2.1 Late}
    """
# A pipelining client's next commands and the content it did not wait to send; much of it still unread at the end.
BEHIND = b"DATA\r\nSubject: hello\r\n\r\n" + b"x" * 70 + b"\r\n" * 20_000 + b".\r\nQUIT\r\n"


def in_transaction(server):
    client = connect(server)
    try:
        client.hello()
        client.send("MAIL FROM:<>\r\n")
        client.expect(250)
    except BaseException:
        client.socket.close()
        raise
    return client


def rcpt(local):
    return f"RCPT TO:<{local}@example.com>\r\n".encode()


class Endings(unittest.TestCase):
    def test_close_sends_the_reply_and_then_fin_whatever_is_unread(self):
        with ServerProcess(ENDINGS) as server:
            for local, reply in (("close", "550 5.1.1 Closing"), ("busy", "421 4.3.2 Closing by its code")):
                for behind in (b"", b"QUIT\r\n", BEHIND):
                    with self.subTest(local=local, behind=len(behind)), in_transaction(server) as client:
                        client.send(rcpt(local) + behind)
                        self.assertEqual(client.reply(), reply)
                        client.expect_end()
                        client.send(b"QUIT\r\n")  # still taken
                        client.expect_end()

    def test_close_without_a_reply_is_fin_too(self):
        with ServerProcess(ENDINGS) as server:
            for behind in (b"", BEHIND):
                with in_transaction(server) as client:
                    client.send(rcpt("quiet-close") + behind)
                    client.expect_end()

    def test_replies_before_it_are_sent(self):
        with ServerProcess(ENDINGS) as server, connect(server) as client:
            client.send(b"EHLO x\r\nMAIL FROM:<>\r\n" + rcpt("you") + rcpt("close") + rcpt("them") + BEHIND)
            for code in ("220", "250-", "250 2.1.0", "250 2.1.5", "550 5.1.1 Closing"):
                client.expect(code)
            client.expect_end()

    def test_reset_is_rst(self):
        with ServerProcess(ENDINGS) as server:
            for behind in (b"", b"QUIT\r\n"):
                with in_transaction(server) as client:
                    client.send(rcpt("reset") + behind)
                    client.expect_reset()
            server.log.wait_for("reset by a rule", count=2)

    def test_hang_keeps_the_connection_and_says_nothing(self):
        with ServerProcess(ENDINGS) as server, in_transaction(server) as client:
            client.send(rcpt("hang"))
            client.expect_silence(0.3)
            client.send("NOOP\r\nQUIT\r\n")
            client.expect_silence(0.3)
            with in_transaction(server) as other:
                self.assertEqual(other.ask("RCPT TO:<you@example.com>")[:3], "250")

    def test_continue_overrides_the_code(self):
        with ServerProcess(ENDINGS) as server, in_transaction(server) as client:
            client.send(rcpt("busy-on"))
            self.assertEqual(client.reply(), "421 4.3.2 Not closing")
            self.assertEqual(client.ask("NOOP")[:3], "250")

    def test_a_client_that_stops_sending_gets_what_is_due(self):
        with ServerProcess(ENDINGS) as server, connect(server) as client:
            client.send(b"EHLO x\r\nMAIL FROM:<>\r\n" + rcpt("slow") + b"NOOP\r\n")
            client.socket.shutdown(1)  # SHUT_WR, as `printf … | nc` does
            for code in ("220", "250-", "250", "450 4.2.1 Late", "250"):
                client.expect(code)
            client.expect_end()


class Time(unittest.TestCase):
    def test_a_delay_is_waited_out(self):
        with ServerProcess(ENDINGS) as server, in_transaction(server) as client:
            begun = time.monotonic()
            client.send(rcpt("slow") + b"NOOP\r\n")
            self.assertEqual(client.reply(), "450 4.2.1 Late")
            self.assertGreaterEqual(time.monotonic() - begun, 0.6)
            client.expect(250)

    def test_an_idle_client_gets_421_and_the_end(self):
        with ServerProcess("server: {timeout: 300ms}") as server, connect(server) as client:
            begun = time.monotonic()
            client.hello()
            self.assertRegex(client.reply(), r"\A421 4\.4\.2 mx\.example\.test ")
            self.assertGreaterEqual(time.monotonic() - begun, 0.29)
            client.expect_end()

    def test_one_that_is_idle_in_its_content_too(self):
        with ServerProcess("server: {timeout: 1s}") as server:
            with in_transaction(server) as client:
                client.send(rcpt("you") + b"DATA\r\n")
                client.expect(250)
                client.expect(354)
                client.send("Subject: half a mess")
                client.expect(421)
                client.expect_end()
            server.log.wait_for("session 1 from .*: 0 accepted")

    def test_a_client_that_goes_on_slowly_is_not_idle(self):
        with ServerProcess("server: {timeout: 1500ms}") as server, connect(server) as client:
            client.expect(220)
            for octet in "NOOP slow\r":
                client.send(octet)
                client.expect_silence(0.2)
            client.send("\n")
            client.expect(250)

    def test_a_client_that_waits_for_a_late_reply_is_not_idle(self):
        with ServerProcess("server: {timeout: 500ms}\n" + ENDINGS.replace("\n    ", "\n")) as server:
            with in_transaction(server) as client:
                client.send(rcpt("slow"))
                self.assertEqual(client.reply(), "450 4.2.1 Late")
                client.expect(421)  # only now


class EarlyTalkers(unittest.TestCase):
    SCENARIO = """
        rules:
          - {at: connect, delay: 800ms}
          - {at: mail, when: {early-talker: true}, reply: 554 5.7.1 You did not wait}
          - {at: mail, when: {early-talker: false}, reply: 250 2.1.0 Thank you for waiting}
        """

    def test_it_is_answered_after_the_greeting_and_known_from_then_on(self):
        with ServerProcess(self.SCENARIO) as server, connect(server) as client:
            client.send("EHLO x\r\nNOOP\r\n")
            client.expect(220)
            client.expect("250-")
            client.expect(250)
            self.assertEqual(client.ask("MAIL FROM:<>"), "554 5.7.1 You did not wait")

    def test_one_that_waits_is_none(self):
        with ServerProcess(self.SCENARIO) as server, connect(server) as client:
            client.hello()
            self.assertEqual(client.ask("MAIL FROM:<>"), "250 2.1.0 Thank you for waiting")


class Limits(unittest.TestCase):
    def test_one_connection_too_many(self):
        with ServerProcess("server: {limits: {connections: 2}}") as server:
            with connect(server) as first, connect(server) as second:
                first.hello()
                second.hello()
                for _ in range(3):
                    with connect(server) as third:
                        self.assertRegex(third.reply(), r"\A421 mx\.example\.test Too many connections")
                        third.expect_end()
                self.assertEqual(first.message()[:3], "250")
                second.ask("QUIT")

            def is_welcome():
                with connect(server) as client:
                    return client.reply().startswith("220")

            until(is_welcome, "room for a connection again")

    def test_no_descriptors_left(self):
        if is_sanitized():
            self.skipTest("a sanitizer needs descriptors of its own to look at memory")
        with ServerProcess(["accept"]) as server:
            most = len(os.listdir(f"/proc/{server.pid}/fd")) + 2
            resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (most, most))
            with connect(server) as first, connect(server) as second:
                first.hello()
                second.hello()
                with connect(server) as third:
                    server.log.wait_for("warning: cannot accept connections for now")
                    third.expect_silence(0.5)  # several tries
                    first.ask("QUIT")
                    first.socket.close()
                    third.hello()
                    self.assertEqual(third.message()[:3], "250")
            server.stop()
            self.assertEqual(server.log.text().count("cannot accept"), 1)

    def test_too_many_refused_commands(self):
        with ServerProcess("server: {limits: {errors: 5}}") as server, connect(server) as client:
            client.hello()
            client.send("NONSENSE\r\n" * 5 + "NOOP\r\n")
            for _ in range(5):
                client.expect(500)
            client.expect("421 4.7.0")
            client.expect_end()

    def test_a_message_that_is_too_long_is_read_to_its_end(self):
        lines = b"QUIT\r\nRSET\r\n..\r\nMAIL FROM:<inside@example.org>\r\n\n.\r\n" * 50_000
        with ServerProcess("server: {limits: {message-size: 10kB}}") as server:
            with connect(server) as client:
                client.hello()
                before = server.peak_memory()
                self.assertRegex(client.message(b"Subject: long\r\n\r\n" + lines), r"\A552 5\.3\.4 ")
                self.assertEqual(client.ask("VRFY outside")[:3], "252")
                self.assertEqual(client.message(b"Subject: short\r\n\r\n" + b"x" * 900 + b"\r\n")[:3], "250")
                self.assertLess(server.peak_memory() - before, 4_000_000)
            server.log.wait_for(r"session 1 from \S+: 1 accepted")

    def test_a_declared_size_that_is_too_much(self):
        with ServerProcess("server: {limits: {message-size: 10kB}}") as server, connect(server) as client:
            client.hello()
            self.assertRegex(client.ask("MAIL FROM:<> SIZE=10001"), r"\A552 5\.3\.4 ")
            self.assertEqual(client.ask("MAIL FROM:<> SIZE=10000")[:3], "250")


class Pipelining(unittest.TestCase):
    COMMANDS = 10_000

    def test_ten_thousand_commands_in_one_go_are_answered_in_order(self):
        scenario = 'rules: [{at: noop, reply: "250 {{argument}}"}]'
        for threads in (1, 2):
            with self.subTest(threads=threads), ServerProcess(scenario, "--threads", threads) as server:
                with connect(server) as client:
                    client.hello()
                    octets = "".join(f"NOOP {n}\r\n" for n in range(self.COMMANDS)).encode()
                    sender = threading.Thread(target=client.send, args=(octets,))
                    sender.start()
                    self.assertEqual(client.replies(self.COMMANDS), [f"250 {n}" for n in range(self.COMMANDS)])
                    sender.join(PATIENCE)
                    client.ask("QUIT")

    def test_a_thousand_messages_in_one_go(self):
        message = b"MAIL FROM:<>\r\nRCPT TO:<you@example.com>\r\nDATA\r\nSubject: x\r\n\r\nHi.\r\n.\r\n"
        with ServerProcess(["accept"]) as server:
            with connect(server) as client:
                client.hello()
                sender = threading.Thread(target=client.send, args=(message * 1000 + b"QUIT\r\n",))
                sender.start()
                codes = [reply[:3] for reply in client.replies(4000)]
                self.assertEqual(codes, ["250", "250", "354", "250"] * 1000)
                client.expect(221)
                client.expect_end()
                sender.join(PATIENCE)
            server.log.wait_for(r"session 1 from \S+: 1000 accepted")


class DeafClients(unittest.TestCase):
    def fill_the_journal(self, client):
        sender = threading.Thread(target=client.send, args=(b"NOOP\r\n" * 150_000,))
        sender.start()
        client.replies(150_000)
        sender.join(PATIENCE)

    def test_one_that_never_reads_disturbs_nobody_and_takes_no_memory(self):
        with ServerProcess(["accept"]) as server, connect(server, receive_buffer=4096) as deaf:
            with connect(server) as other:
                other.hello()
                self.fill_the_journal(other)
                before = server.peak_memory()
                sent = deaf.fill(b"NOOP\r\n")
                self.assertEqual(other.message()[:3], "250")
                self.assertLess(server.peak_memory() - before, 4_000_000)
            deaf.expect(220)  # it was not deaf after all: nothing was lost
            self.assertEqual({reply[:3] for reply in deaf.replies(sent)}, {"250"})

    def test_one_that_never_reads_is_let_go_in_the_end(self):
        with ServerProcess("server: {timeout: 2s}") as server, connect(server, receive_buffer=4096) as deaf:
            with contextlib.suppress(ConnectionError):  # it may be let go before it is full
                deaf.fill(b"NOOP\r\n")
            server.log.wait_for("session 1 from .* cut off$")
            with self.assertRaises(ConnectionError):
                deaf.send("NOOP\r\n")

    def test_clients_that_vanish_leave_nothing_behind(self):
        with ServerProcess(["accept"]) as server:
            for _ in range(50):
                with in_transaction(server) as client:
                    client.send(rcpt("you") + b"DATA\r\nSubject: half a mess")
            server.log.wait_for(r"session \d+ from \S+: 0 accepted", count=50)
            with connect(server) as client:
                client.hello()
                self.assertEqual(client.message()[:3], "250")
