"""Sessions, their entries and transcripts."""
import socket
import struct
import unittest

from api import ApiCase

SCENARIO = """
rules:
  - {name: defer, at: rcpt, when: {recipient.local: later}, reply: 450 4.7.1 Greylisted}
  - {name: refuse, at: rcpt, when: {recipient.local: nobody}, reply: 550 5.1.1 No such user}
  - {name: slow, at: vrfy, delay: 30ms, reply: 252 Perhaps}
  - {name: cut, at: expn, reply: 250 All of it, truncate: 5, then: close}
  - {name: silent, at: help, reply: none, then: close}
"""


def kinds(session):
    return [entry["kind"] for entry in session["entries"]]


def reset(client):
    """Ends it with an RST."""
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.socket.close()


class Described(ApiCase):
    scenario = SCENARIO

    def session(self, number=1):
        """Once it has ended, with its entries."""
        self.double.ended(number)
        return self.double.get(f"sessions/{number}").json()

    def test_accepted(self):
        self.double.send()
        session = self.session()
        self.assertEqual((session["outcome"], session["end"], session["messages"], session["worst_code"]),
                         ("accepted", "client-quit", 1, None))
        self.assertEqual((session["helo"], session["listener"], session["tls"], session["auth_user"]),
                         ("client.example", "smtp", None, None))
        self.assertEqual(session["commands"], 6)  # the end of the content is one
        self.assertEqual({key: session["replies"][key] for key in "2345"}, {"2": 6, "3": 1, "4": 0, "5": 0})
        self.assertGreaterEqual(session["duration_ms"], 0)
        self.assertRegex(session["client"], r"\A127\.0\.0\.1:\d+\Z")
        self.assertEqual((kinds(session)[0], kinds(session)[-1]), ("opened", "closed"))
        self.assertIn("message", kinds(session))

    def test_refused(self):
        with self.double.greeted() as client:
            client.ask("MAIL FROM:<>")
            client.ask("RCPT TO:<later@example.com>")
            client.ask("RCPT TO:<nobody@example.com>")
            client.ask("RCPT TO:<ann@example.com>")
            client.ask("QUIT")
        session = self.session()
        self.assertEqual((session["outcome"], session["worst_code"], session["replies"]["4"], session["replies"]["5"]),
                         ("refused", 550, 1, 1))
        exchanges = [entry for entry in session["entries"] if entry["kind"] == "exchange"]
        later = next(entry for entry in exchanges if entry["received"] == "RCPT TO:<later@example.com>")
        self.assertEqual((later["stage"], later["sent"], later["code"], later["rule"], later["hit"]),
                         ("rcpt", "450 4.7.1 Greylisted\r\n", 450, "defer", 1))
        self.assertEqual((later["sent_octets"], later["left_octets"]), (22, 22))
        self.assertRegex(later["explanation"], r"\A450 4\.7\.1: .*transient failure")
        ann = next(entry for entry in exchanges if entry["received"] == "RCPT TO:<ann@example.com>")
        self.assertIsNone(ann["rule"])
        self.assertTrue(any("recipient.local" in miss and "nobody" in miss for miss in ann["misses"]), ann["misses"])

    def test_quiet_failed_and_open(self):
        with self.double.greeted() as client:
            client.ask("QUIT")
        self.assertEqual((self.session()["outcome"], self.session()["end"]), ("quiet", "client-quit"))
        client = self.double.greeted()
        self.assertEqual(self.double.get("sessions/2").json()["outcome"], "open")
        self.assertEqual([self.double.get("sessions/2").json()[key] for key in ("end", "duration_ms")], [None, None])
        reset(client)
        self.assertEqual((self.session(2)["outcome"], self.session(2)["end"]), ("failed", "client-reset"))
        with self.double.greeted() as client:
            client.send("HELP\r\n")
            client.expect_end()
        self.assertEqual((self.session(3)["outcome"], self.session(3)["end"]), ("failed", "closed"))
        with self.double.greeted() as client:
            client.send("DATA")
        self.assertEqual(self.session(4)["end"], "client-closed")

    def test_a_connection_that_dies_inside_the_content(self):
        with self.double.greeted() as client:
            client.envelope()
            client.ask("DATA")
            client.send("Subject: half\r\n")
        session = self.session()
        self.assertEqual((session["outcome"], session["messages"]), ("failed", 0))
        self.assertIn("incomplete", kinds(session))
        self.assertEqual(self.double.get("messages").json()["messages"], [])

    def test_what_left_is_counted(self):
        with self.double.greeted() as client:
            client.send("EXPN x\r\n")
            self.assertEqual(client.rest(), b"250 A")
        (cut,) = [entry for entry in self.session()["entries"] if entry.get("rule") == "cut"]
        self.assertEqual((cut["sent"], cut["sent_octets"], cut["left_octets"]), ("250 A", 5, 5))

    def test_waits_are_asked_and_measured(self):
        with self.double.greeted() as client:
            client.ask("VRFY ann")
            client.ask("QUIT")
        (waited,) = [entry for entry in self.session()["entries"] if entry["kind"] == "waited"]
        self.assertEqual(waited["asked_ms"], 30)
        self.assertGreaterEqual(waited["measured_ms"], 30)

    def test_the_order_is_that_of_the_wire(self):
        self.double.send()
        entries = self.session()["entries"]
        for key in ("sequence", "elapsed_ms", "at"):
            values = [entry[key] for entry in entries]
            self.assertEqual(values, sorted(values))
        self.assertEqual(len({entry["sequence"] for entry in entries}), len(entries))

    def test_secrets_are_redacted(self):
        with self.double.greeted() as client:
            self.assertEqual(client.ask("AUTH PLAIN AGFubgBzZWNyZXQ=")[:3], "235")
            self.assertEqual(client.ask("RSET")[:3], "250")
            client.ask("QUIT")
        session = self.session()
        self.assertEqual(session["auth_user"], "ann")
        for answer in (self.double.get("sessions/1"), self.double.get("sessions/1/transcript")):
            self.assertNotIn(b"AGFubgBzZWNyZXQ", answer.body)
        self.assertIn("AUTH PLAIN [redacted]", [entry.get("received") for entry in session["entries"]])

    def test_octets_that_are_no_text(self):
        with self.double.greeted() as client:
            client.ask("NOOP \x7f\x01")
            client.send(b"NOOP \xff\xfe<script>\r\n")
            client.reply()
            client.ask("QUIT")
        lines = [entry.get("received") for entry in self.session()["entries"]]
        self.assertIn("NOOP \ufffd\ufffd<script>", lines)

    def test_transcript(self):
        with self.double.greeted() as client:
            client.ask("MAIL FROM:<me@example.org>")
            client.ask("RCPT TO:<later@example.com>")
            client.ask("VRFY ann")
            client.ask("QUIT")
        self.double.ended()
        text = self.double.get("sessions/1/transcript").body.decode()
        for line in ("C: RCPT TO:<later@example.com>", "S: 450 4.7.1 Greylisted", "S: 221"):
            self.assertRegex(text, rf"(?m)^[^\n]*{line}")
        for word in ("rule 'defer'", "transient failure", "asked for 30ms"):
            self.assertIn(word, text)


class Listed(ApiCase):
    scenario = SCENARIO

    def setUp(self):
        super().setUp()
        for name, recipient in (("one.example", "ann"), ("two.example", "nobody"), ("three.example", "later"),
                                ("four.example", None), ("five.example", "ann")):
            with self.double.client() as client:
                client.hello(name)
                if recipient:
                    client.ask("MAIL FROM:<me@example.org>")
                    client.ask(f"RCPT TO:<{recipient}@example.com>")
                    if recipient == "ann":
                        client.ask("DATA")
                        client.ask("Subject: x\r\n\r\nHi.\r\n.")
                client.ask("QUIT")
                client.expect_end()
        self.double.ended(5)

    def ids(self, **query):
        return [session["id"] for session in self.double.get("sessions", **query).json()["sessions"]]

    def test_all(self):
        answer = self.double.get("sessions").json()
        self.assertEqual([session["id"] for session in answer["sessions"]], [1, 2, 3, 4, 5])
        self.assertEqual((answer["next"], answer["evicted"]), (None, {"entries": 0, "messages": 0, "keys": 0}))

    def test_by_pages(self):
        for order, expected in (("asc", [1, 2, 3, 4, 5]), ("desc", [5, 4, 3, 2, 1])):
            found, after = [], {}
            while after is not None:
                page = self.double.get("sessions", limit=2, order=order, **after).json()
                self.assertLessEqual(len(page["sessions"]), 2)
                found += [session["id"] for session in page["sessions"]]
                after = None if page["next"] is None else {"after": page["next"]}
            self.assertEqual(found, expected)
        self.assertEqual(self.ids(limit=5), [1, 2, 3, 4, 5])
        self.assertIsNone(self.double.get("sessions", limit=5).json()["next"])
        self.assertEqual(self.ids(after=3), [4, 5])
        self.assertEqual(self.ids(after=99), [])

    def test_by_what_they_are(self):
        self.assertEqual(self.ids(outcome="refused"), [2, 3])
        self.assertEqual(self.ids(outcome="accepted"), [1, 5])
        self.assertEqual(self.ids(outcome="quiet"), [4])
        self.assertEqual(self.ids(outcome="failed"), [])
        self.assertEqual(self.ids(helo="t*.example"), [2, 3])
        self.assertEqual(self.ids(helo="T*.EXAMPLE", outcome="refused", limit=1), [2])
        self.assertEqual(self.ids(client="127.0.0.1:*"), [1, 2, 3, 4, 5])
        self.assertEqual(self.ids(client="192.0.2.*"), [])
        with self.double.greeted():
            self.assertEqual(self.ids(open="true"), [6])
            self.assertEqual(self.ids(open="false"), [1, 2, 3, 4, 5])

    def test_filters_go_before_the_limit(self):
        self.assertEqual(self.ids(outcome="accepted", limit=1, after=1), [5])
        page = self.double.get("sessions", outcome="refused", limit=1).json()
        self.assertEqual(self.ids(outcome="refused", after=page["next"]), [3])

    def test_parameters_that_cannot_be(self):
        for query in ({"limit": 0}, {"limit": 1001}, {"limit": "many"}, {"limit": ""}, {"limit": -1}, {"limit": "1e2"},
                      {"after": -1},
                      {"after": "x"}, {"after": "1.5"}, {"after": "9" * 30}, {"order": "up"}, {"open": "maybe"},
                      {"outcome": "bad"}):
            with self.subTest(query=query):
                self.assertDetail(self.double.get("sessions", 400, **query), next(iter(query)))
        self.assertDetail(self.double.get("sessions", 400, outcom="refused"), "did you mean 'outcome'")

    def test_numbers_that_are_not_there(self):
        for number in ("6", "0", "-1", "x", "1.0", "9" * 30, "1%00"):
            for below in ("", "/transcript"):
                with self.subTest(number=number, below=below):
                    answer = self.double.ask("GET", f"sessions/{number}{below}")
                    self.assertIn(answer.status, (400, 404))
        self.double.get("sessions/6", 404)

    def test_emptied(self):
        self.double.delete("sessions")
        self.assertEqual(self.ids(), [])
        self.double.get("sessions/1", 404)
        self.double.send()
        self.double.ended()
        self.assertEqual(self.ids(), [6])


class Unmatched(ApiCase):
    scenario = SCENARIO

    def test_with_the_nearest_rules(self):
        with self.double.greeted() as client:
            client.ask("MAIL FROM:<>")
            client.ask("RCPT TO:<ann@example.com>")
            client.ask("RCPT TO:<nobody@example.com>")
        self.double.ended()
        unmatched = self.double.get("unmatched").json()["unmatched"]
        lines = [each["line"] for each in unmatched]
        self.assertIn("RCPT TO:<ann@example.com>", lines)
        self.assertNotIn("RCPT TO:<nobody@example.com>", lines)
        ann = unmatched[lines.index("RCPT TO:<ann@example.com>")]
        self.assertEqual((ann["session"], ann["stage"], ann["code"]), (1, "rcpt", 250))
        self.assertEqual({near["rule"] for near in ann["nearest"]}, {"defer", "refuse"})
        self.assertIn("later", next(near["why"] for near in ann["nearest"] if near["rule"] == "defer"))
        self.assertEqual(len(self.double.get("unmatched", limit=1).json()["unmatched"]), 1)
        self.double.get("unmatched", 400, limit=0)


if __name__ == "__main__":
    unittest.main()
