"""Many at once: counts stay exact, and memory stays within its bound, whatever the number of threads."""
import contextlib
import threading
import time
import unittest

from server_process import PATIENCE, ServerProcess
from smtp_peer import connect

SESSIONS = 200
ASKED = 10  # recipients per session, pipelined


@contextlib.contextmanager
def sessions(server, count=SESSIONS):
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(server)) for _ in range(count)]
        for client in clients:
            client.send("EHLO x\r\nMAIL FROM:<>\r\n")
        for client in clients:
            for code in ("220", "250-", "250"):
                client.expect(code)
        yield clients


def ask_all(clients, octets, replies):
    """Everybody sends before anybody reads; the replies of all of them."""
    for client in clients:
        client.send(octets)
    return [reply for client in clients for reply in client.replies(replies)]


class OnEachNumberOfThreads(unittest.TestCase):
    def each(self, scenario):
        for threads in (1, 2):
            with ServerProcess(scenario, "--threads", threads) as server, sessions(server) as clients:
                yield server, clients


class Counting(OnEachNumberOfThreads):
    def count(self, selection, expected):
        scenario = f"rules: [{{at: rcpt, {selection}, reply: 451 4.3.0 once more}}]"
        for _, clients in self.each(scenario):
            replies = ask_all(clients, b"RCPT TO:<you@example.com>\r\n" * ASKED, ASKED)
            self.assertEqual(len(replies), SESSIONS * ASKED)
            self.assertEqual(replies.count("451 4.3.0 once more"), expected)
            self.assertEqual(replies.count("250 2.1.5 Recipient OK"), SESSIONS * ASKED - expected)

    def test_times(self):
        self.count("times: 2", 2)

    def test_skip_and_times(self):
        self.count("skip: 1990, times: 500", 10)

    def test_every(self):
        self.count("every: 3", SESSIONS * ASKED // 3)

    def test_times_for_each_key(self):
        recipients = [f"user{n}@example.com" for n in range(ASKED)]
        ask = "".join(f"RCPT TO:<{recipient}>\r\n" for recipient in recipients).encode()
        scenario = 'rules: [{at: rcpt, per: [recipient], times: 2, reply: "451 4.3.0 {{recipient}} {{hit}}"}]'
        for _, clients in self.each(scenario):
            replies = ask_all(clients, ask, ASKED)
            deferred = sorted(reply for reply in replies if reply != "250 2.1.5 Recipient OK")
            self.assertEqual(deferred, sorted(f"451 4.3.0 {recipient} {hit}" for recipient in recipients
                                              for hit in (1, 2)))

    def test_a_sequence_for_each_key_in_a_window_of_its_own(self):
        scenario = """
            rules:
              - at: rcpt
                per: [recipient.local, session]
                window: 1h
                responses: [{reply: "450 4.2.1 first", repeat: 2}, "451 4.3.0 third"]
                exhausted: pass
            """
        for _, clients in self.each(scenario):
            for client in clients:
                client.send(b"RCPT TO:<you@example.com>\r\nRCPT TO:<me@example.com>\r\n" * 4)
            for client in clients:
                codes = [reply[:3] for reply in client.replies(8)]
                self.assertEqual(codes, ["450"] * 4 + ["451"] * 2 + ["250"] * 2)

    def test_as_many_are_drawn_whatever_the_order(self):
        drawn = set()
        for _, clients in self.each("{seed: 7, rules: [{at: noop, probability: 30%, reply: 450 4.3.0 drawn}]}"):
            drawn.add(ask_all(clients, b"NOOP\r\n" * ASKED, ASKED).count("450 4.3.0 drawn"))
        self.assertEqual(len(drawn), 1)
        self.assertAlmostEqual(drawn.pop() / (SESSIONS * ASKED), 0.3, delta=0.05)

    def test_one_session_moves_a_state_and_no_other(self):
        scenario = """
            states: {per: [recipient]}
            rules:
              - {at: rcpt, in: start, goto: taken, reply: 250 2.1.5 mine}
              - {at: rcpt, reply: 450 4.2.1 taken}
            """
        ask = b"".join(b"RCPT TO:<%d@example.com>\r\n" % n for n in range(ASKED))
        for _, clients in self.each(scenario):
            replies = ask_all(clients, ask, ASKED)
            self.assertEqual(replies.count("250 2.1.5 mine"), ASKED)
            self.assertEqual(replies.count("450 4.2.1 taken"), (SESSIONS - 1) * ASKED)

    def test_hits_are_told_once_each(self):
        for _, clients in self.each('rules: [{at: noop, reply: "250 {{hit}}"}]'):
            hits = [int(reply.split()[1]) for reply in ask_all(clients, b"NOOP\r\n" * ASKED, ASKED)]
            self.assertEqual(sorted(hits), list(range(1, SESSIONS * ASKED + 1)))

    def test_sessions_are_numbered_once_each(self):
        for _, clients in self.each('rules: [{at: noop, reply: "250 {{session}}"}]'):
            numbers = [int(reply.split()[1]) for reply in ask_all(clients, b"NOOP\r\n", 1)]
            self.assertEqual(sorted(numbers), list(range(1, SESSIONS + 1)))

    def test_the_log_has_every_session_and_every_hit(self):
        scenario = "rules: [{at: rcpt, every: 10, reply: 451 4.3.0 once more}]"
        for server, clients in self.each(scenario):
            ask_all(clients, b"RCPT TO:<you@example.com>\r\n" * ASKED, ASKED)
            ask_all(clients, b"QUIT\r\n", 1)
            for client in clients:
                client.socket.close()
            server.log.wait_for(r"info: session \d+ rcpt: 451 by rule 'rules\[0\]' .*, hit \d+$", count=SESSIONS)
            server.log.wait_for(r"info: session \d+ from \S+: 0 accepted, 14 replies, \d+ ms, closed", count=SESSIONS)


class Waiting(OnEachNumberOfThreads):
    def test_sessions_wait_beside_each_other(self):
        for _, clients in self.each("rules: [{at: noop, delay: 500ms}]"):
            begun = time.monotonic()
            self.assertEqual(set(ask_all(clients, b"NOOP\r\n", 1)), {"250 2.0.0 OK"})
            self.assertLess(time.monotonic() - begun, SESSIONS * 0.5 / 4)  # a quarter of one after the other


class Memory(unittest.TestCase):
    """All content together is much more than may be held."""
    LIMIT = 4_000_000
    MESSAGES = 40
    CONTENT = b"Subject: much\r\n\r\n" + (b"x" * 998 + b"\r\n") * 1500
    SCENARIO = f"server: {{limits: {{memory: {LIMIT}, message-size: 10MB}}}}"

    def test_concurrent_messages_share_a_bound(self):
        for threads in (1, 2):
            with self.subTest(threads=threads), ServerProcess(self.SCENARIO, "--threads", threads) as server:
                with sessions(server, self.MESSAGES) as clients:
                    before = server.peak_memory()
                    ask_all(clients, b"RCPT TO:<you@example.com>\r\nDATA\r\n", 2)
                    self.send_all(clients, self.CONTENT)
                    replies = ask_all(clients, b".\r\n", 1)
                    accepted = sum(reply.startswith("250 ") for reply in replies)
                    refused = sum(reply.startswith("452 4.3.1 ") for reply in replies)
                    self.assertEqual(accepted + refused, self.MESSAGES, replies)
                    self.assertGreater(accepted, 0)
                    self.assertGreater(refused, 0)
                    self.assert_bounded(server, before)

    def test_what_was_refused_is_not_kept(self):
        refusing = self.SCENARIO + "\nrules: [{at: message, reply: 451 4.3.0 Not now}]"
        with ServerProcess(refusing) as server, sessions(server, self.MESSAGES) as clients:
            before = server.peak_memory()
            for client in clients:
                client.send("RCPT TO:<you@example.com>\r\nDATA\r\n")
                client.expect(250)
                client.expect(354)
                client.send(self.CONTENT + b".\r\n")
                client.expect(451)  # and it stays, idle
            self.assertLess(server.peak_memory() - before, 2 * self.LIMIT)

    def test_one_after_the_other_there_is_room_for_all(self):
        with ServerProcess(self.SCENARIO) as server, connect(server) as client:
            client.hello()
            before = server.peak_memory()
            for _ in range(self.MESSAGES):
                self.assertEqual(client.message(self.CONTENT)[:3], "250")
            self.assert_bounded(server, before)

    def test_clients_that_vanish_give_it_back(self):
        with ServerProcess(self.SCENARIO) as server:
            for _ in range(4):
                with sessions(server, 4) as clients:
                    ask_all(clients, b"RCPT TO:<you@example.com>\r\nDATA\r\n", 2)
                    self.send_all(clients, self.CONTENT)
            server.log.wait_for(r"info: session \d+ from .*: 0 accepted", count=16)
            with connect(server) as client:
                client.hello()
                self.assertEqual(client.message(self.CONTENT * 2)[:3], "250")

    def assert_bounded(self, server, before):
        # Octets are what is bounded. Pieces that are not full, a text that is made of them, and what the allocator
        # keeps of memory in pieces come on top.
        self.assertLess(server.peak_memory() - before, 3 * self.LIMIT)

    def send_all(self, clients, octets):
        senders = [threading.Thread(target=client.send, args=(octets,)) for client in clients]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join(PATIENCE)
