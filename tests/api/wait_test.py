"""Waiting for messages, sessions and hits."""
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from api import ApiCase
from server_process import PATIENCE


class ForMessages(ApiCase):
    def test_what_is_there_counts(self):
        self.double.send()
        self.double.send("Subject: two\r\n\r\n")
        for request in (None, {}, {"count": 2}, {"for": "messages", "count": 1, "timeout_ms": 0}, {"timeout": "0s"}):
            with self.subTest(request=request):
                answer = self.double.post("wait", request).json()
                self.assertEqual(answer["count"], 2)
                self.assertEqual([message["id"] for message in answer["messages"]], [1, 2])

    def test_it_ends_when_the_last_one_comes(self):
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(self.double.post, "wait", {"count": 3, "timeout_ms": PATIENCE * 1000})
            for _ in range(3):
                self.double.send()
            self.assertEqual(waiting.result(PATIENCE).json()["count"], 3)

    def test_only_those_that_are_asked_for(self):
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(self.double.post, "wait",
                                  {"where": {"recipient": "bob@*", "subject": "Hi*", "header.X-A": "1"}})
            self.double.send("Subject: Hi\r\nX-A: 1\r\n\r\n", recipient="ann@example.com")
            self.double.send("Subject: Ho\r\nX-A: 1\r\n\r\n", recipient="bob@example.com")
            self.double.send("Subject: Hi\r\nX-A: 2\r\n\r\n", recipient="bob@example.com")
            self.double.send("Subject: Hi there\r\nX-A: 1\r\n\r\n", recipient="bob@example.com")
            answer = waiting.result(PATIENCE).json()
            self.assertEqual((answer["count"], [message["id"] for message in answer["messages"]]), (1, [4]))

    def test_in_vain_it_tells_what_came_near(self):
        self.double.send("Subject: Hi\r\n\r\n")
        begun = time.monotonic()
        answer = self.double.post("wait", {"timeout_ms": 50, "where": {"subject": "Bye"}}, 408)
        self.assertGreaterEqual(time.monotonic() - begun, 0.05)
        self.assertEqual(answer.json()["count"], 0)
        self.assertEqual(answer.json()["nearest"], ["message 1: subject is 'Hi', not 'Bye'"])
        self.assertEqual(answer.json()["evicted"], {"entries": 0, "messages": 0, "keys": 0})
        self.assertDetail(answer, "there are 0 of the 1")
        answer = self.double.post("wait", {"timeout_ms": 0, "count": 2}, 408)
        self.assertEqual(answer.json()["count"], 1)

    def test_in_vain_it_tells_what_was_refused(self):
        self.double.post("rules", "{name: full, at: rcpt, reply: 452 4.2.2 Mailbox full}", 201)
        with self.double.greeted() as client:
            client.ask("MAIL FROM:<ann@example.org>")
            client.ask("RCPT TO:<bob@example.com>")
            client.ask("QUIT")
        told = ["session 1: refused at rcpt: 452 4.2.2 Mailbox full"]
        answer = self.double.post("wait", {"timeout_ms": 0, "where": {"recipient": "bob@*"}}, 408).json()
        self.assertEqual(answer["nearest"], told)
        answer = self.double.post("wait", {"timeout_ms": 0, "where": {"recipient": "eve@*"}}, 408).json()
        self.assertEqual(answer["nearest"], [])
        answer = self.double.post("verify", {"messages": {"count": 1}}, 406).json()
        self.assertEqual(answer["failed"][0]["nearest"], told)
        self.assertIn(told[0], answer["text"])

    def test_many_wait_at_once(self):
        with ThreadPoolExecutor(40) as pool:
            waiting = [pool.submit(self.double.post, "wait",
                                   {"count": 1 + number % 3, "timeout": "1m"}) for number in range(40)]
            for _ in range(3):
                self.double.send()
            self.assertEqual({answer.result(PATIENCE).status for answer in waiting}, {200})

    def test_a_client_that_goes_away_leaves_nothing_behind(self):
        for _ in range(50):
            connection = self.double.connection()
            connection.request("POST", f"{self.double.path}/wait", b'{"count": 9, "timeout": "5m"}',
                               {"Content-Type": "application/json"})
            connection.close()
        self.double.send()
        self.assertEqual(self.double.wait()["count"], 1)
        self.double.delete("")

    def test_what_cannot_be(self):
        for request in ({"count": -1}, {"count": 1.5}, {"count": "2"},
                        {"timeout_ms": -1}, {"timeout_ms": "1"},
                        {"timeout_ms": 300_001}, {"timeout": "301s"}, {"timeout": "soon"}, {"timeout": "-1s"},
                        {"timeout": "1s", "timeout_ms": 1},
                        {"for": "mail"}, {"for": 1}, {"cuont": 1}, {"where": []}, {"where": {"recipent": "x"}},
                        {"where": {"sender": 1}},
                        {"where": {"header.": "x"}}, {"where": {"rule": "x"}},
                        {"for": "sessions", "where": {"subject": "x"}},
                        {"for": "sessions", "where": {"ended": "yes"}},
                        {"for": "sessions", "where": {"outcome": "fine"}},
                        {"for": "hits"}, {"for": "hits", "where": {}}, {"for": "hits", "where": {"rule": 1}}, []):
            with self.subTest(request=request):
                self.double.post("wait", request, 400)
        self.assertDetail(self.double.post("wait", {"where": {"recipent": "x"}}, 400), "did you mean 'recipient'")


class ForSessions(ApiCase):
    scenario = "rules:\n  - {name: no, at: rcpt, when: {recipient.local: nobody}, reply: 550 5.1.1 No}\n"

    def test_by_what_became_of_them(self):
        with ThreadPoolExecutor(2) as pool:
            refused = pool.submit(self.double.wait,
                                  **{"for": "sessions", "where": {"outcome": "refused", "ended": True}})
            named = pool.submit(self.double.wait,
                                **{"for": "sessions", "where": {"helo": "*.two.example", "client": "127.*"}})
            self.double.send()
            with self.double.client() as client:
                client.hello("a.two.example")
                self.assertEqual([session["id"] for session in named.result(PATIENCE)["sessions"]], [2])
                client.ask("MAIL FROM:<>")
                client.ask("RCPT TO:<nobody@example.com>")
                client.ask("QUIT")
            (session,) = refused.result(PATIENCE)["sessions"]
            self.assertEqual((session["id"], session["end"]), (2, "client-quit"))

    def test_open_ones_count_unless_they_are_to_have_ended(self):
        with self.double.greeted():
            self.assertEqual(self.double.wait(**{"for": "sessions"})["count"], 1)
            self.assertEqual(self.double.wait(**{"for": "sessions", "where": {"ended": False}})["count"], 1)
            answer = self.double.post("wait", {"for": "sessions", "where": {"ended": True}, "timeout_ms": 10}, 408)
            self.assertEqual(len(answer.json()["nearest"]), 1)
        self.assertEqual(self.double.wait(**{"for": "sessions", "where": {"ended": True}})["count"], 1)


class ForHits(ApiCase):
    scenario = "rules:\n  - {name: defer, at: rcpt, times: 3, reply: 450}\n"

    def test_of_a_rule(self):
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(self.double.wait, **{"for": "hits", "count": 2, "where": {"rule": "defer"}})
            with self.double.greeted() as client:
                client.ask("MAIL FROM:<>")
                for _ in range(2):
                    client.ask("RCPT TO:<a@example.com>")
                told = waiting.result(PATIENCE)
                self.assertEqual((told["count"], told["hits"]), (2, 2))

    def test_in_vain(self):
        answer = self.double.post("wait", {"for": "hits", "where": {"rule": "defer"}, "timeout_ms": 1}, 408)
        self.assertEqual(answer.json()["count"], 0)

    def test_a_rule_that_is_none(self):
        self.assertDetail(self.double.post("wait", {"for": "hits", "where": {"rule": "deffer"}}, 404),
                          "did you mean 'defer'")


if __name__ == "__main__":
    unittest.main()
