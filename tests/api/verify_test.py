"""Verifying: the scenario's own expectations, and others."""
import unittest

from api import ApiCase

SCENARIO = """
rules:
  - name: defer
    at: rcpt
    times: 2
    reply: 450 4.2.1 Busy
    expect: {hits: 2}
verify:
  messages: 1
"""


class OfTheScenario(ApiCase):
    scenario = SCENARIO

    def test_not_yet_then_all_of_it(self):
        for body in ({}, None):
            answer = self.double.post("verify", body, 406).json()
            self.assertFalse(answer["verified"])
            self.assertEqual([(failed["expected"], failed["actual"]) for failed in answer["failed"]],
                             [("2 hits of rule 'defer'", "there was none"), ("1 accepted message", "there was none")])
            self.assertRegex(answer["failed"][0]["place"], r":7\Z")
            self.assertIn("expected 2 hits of rule 'defer'", answer["text"])
            self.assertEqual(answer["errors"][0]["detail"], "expected 2 hits of rule 'defer', but there was none")
            self.assertEqual(len(answer["errors"]), 2)
        with self.double.greeted() as client:
            client.ask("MAIL FROM:<>")
            for _ in range(3):
                client.ask("RCPT TO:<a@example.com>")
            client.ask("DATA")
            client.ask("Subject: x\r\n\r\n.")
        self.assertTrue(self.double.post("verify", {}).json()["verified"])

    def test_more_is_no_better(self):
        with self.double.greeted() as client:
            client.ask("MAIL FROM:<>")
            for _ in range(2):
                client.ask("RCPT TO:<a@example.com>")
            client.ask("RSET")
            client.message()
            client.message()
        (failed,) = self.double.post("verify", {}, 406).json()["failed"]
        self.assertEqual(failed["actual"], "there were 2")


class OfTheRequest(ApiCase):
    scenario = SCENARIO.replace("    expect: {hits: 2}\n", "").partition("verify:")[0]

    def setUp(self):
        super().setUp()
        with self.double.greeted() as client:
            client.ask("MAIL FROM:<me@example.org>")
            client.ask("RCPT TO:<ann@example.com>")
            client.ask("QUIT")
        with self.double.greeted() as client:
            client.ask("MAIL FROM:<me@example.org>")
            client.ask("RCPT TO:<ann@example.com>")
            client.ask("RCPT TO:<ann@example.com>")
            client.ask("DATA")
            client.ask("Subject: Welcome\r\n\r\nHi.\r\n.")
            client.ask("QUIT")
        self.double.ended(2)

    def test_what_is_so(self):
        for request in ({"messages": {"count": 1}}, {"messages": {"count": {"min": 1}}},
                        {"messages": {"count": {"max": 1}}},
                        {"messages": {"count": 1, "where": {"recipient": "*@example.com", "subject": "Wel*"}}},
                        {"messages": {"count": 0, "where": {"recipient": "bob@*"}}},
                        {"sessions": {"count": 2}}, {"sessions": {"count": 2, "where": {"outcome": "refused"}}},
                        {"sessions": {"count": 0, "where": {"outcome": "failed"}}}, {"hits": {"defer": 2}},
                        {"hits": {"defer": {"min": 1, "max": 2}}},
                        {"sequence": ["EHLO", "MAIL", "RCPT", "RCPT", "DATA", ".", "QUIT"]},
                        {"sequence": ["RCPT TO:<ann@*>", "QUIT"]},
                        {"never": ["VRFY", "RCPT TO:<bob@*"]}, {"unmatched": {"min": 1}},
                        {"messages": {"count": 1}, "hits": {"defer": 2}, "never": ["EXPN"]}):
            with self.subTest(request=request):
                self.assertTrue(self.double.post("verify", request).json()["verified"])

    def test_what_is_not(self):
        for request, expected, actual in (
                ({"messages": {"count": 2}}, "2 .*messages", "there was 1"),
                ({"messages": {"count": {"min": 2}}}, "2", "there was 1"),
                ({"messages": {"count": {"max": 0}}}, "0|no", "there was 1"),
                ({"messages": {"count": 1, "where": {"recipient": "bob@*"}}}, r"1 .*message.* recipient .*bob@\*",
                 "there was none"),
                ({"sessions": {"count": 1}}, "1 .*session", "there were 2"),
                ({"hits": {"defer": 3}}, "3 hits of rule 'defer'", "there were 2"),
                ({"sequence": ["EHLO", "VRFY"]}, "EHLO.*VRFY", "."), ({"never": ["DATA"]}, "DATA", "."),
                ({"unmatched": 0}, "unmatched|no rule|command", ".")):
            with self.subTest(request=request):
                answer = self.double.post("verify", request, 406).json()
                (failed,) = answer["failed"]
                self.assertRegex(failed["expected"], expected)
                self.assertRegex(failed["actual"], actual)
                self.assertIsNone(failed["place"])
                self.assertIn(failed["actual"], answer["text"])
                self.assertGreaterEqual(len(answer["errors"]), 1)

    def test_all_that_is_not_is_told(self):
        answer = self.double.post("verify", {"messages": {"count": 7}, "hits": {"defer": 7}, "never": ["DATA"],
                                             "sessions": {"count": 2}}, 406)
        self.assertEqual(len(answer.json()["failed"]), 3)

    def test_with_what_came_near(self):
        answer = self.double.post("verify", {"messages": {"count": 1, "where": {"subject": "Bye"}}}, 406).json()
        self.assertEqual(answer["failed"][0]["nearest"], ["message 1: subject is 'Welcome', not 'Bye'"])
        self.assertIn("subject is 'Welcome', not 'Bye'", answer["text"])

    def test_counts_are_numbers_or_ranges(self):
        for fine in ({"messages": {"min": 0}}, {"sessions": {"min": 1, "max": 3}}, {"messages": {"max": 1}},
                     {"sessions": {"count": {"min": 1}, "where": {"outcome": "refused"}}}, {"sessions": 2}):
            self.double.post("verify", fine)
        answer = self.double.post("verify", {"sessions": {"min": 3}}, 406).json()
        self.assertEqual(answer["failed"][0]["expected"], "at least 3 sessions")
        self.assertIn("where", self.double.post("verify", {"sessions": {"min": 1, "where": {}}}, 400).errors[0]["detail"])

    def test_as_text_alone(self):
        plain = {"Accept": "text/plain"}
        answer = self.double.post("verify", {"hits": {"defer": 3}}, 406, headers=plain)
        self.assertEqual((answer.type, answer.body.decode()),
                         ("text/plain", "expected 3 hits of rule 'defer'\n but     there were 2\n"))
        answer = self.double.post("verify", {"hits": {"defer": 2}}, headers=plain)
        self.assertEqual((answer.type, answer.body), ("text/plain", b"as expected\n"))

    def test_what_cannot_be(self):
        for request in ({"message": {"count": 1}}, {"messages": {"count": -1}},
                        {"messages": {"count": "1"}},
                        {"messages": {"count": {"min": 2, "max": 1}}}, {"messages": {"count": {"least": 1}}},
                        {"messages": {"count": 1, "were": {}}},
                        {"messages": {"count": 1, "where": {"outcome": "x"}}},
                        {"sessions": {"count": 1, "where": {"sender": "x"}}}, {"hits": {"defer": "2"}},
                        {"hits": []}, {"sequence": "EHLO"}, {"sequence": [1]},
                        {"unmatched": "none"}, []):
            with self.subTest(request=request):
                self.double.post("verify", request, 400)
        self.assertDetail(self.double.post("verify", {"message": {}}, 400), "did you mean 'messages'")

    def test_a_rule_that_is_none(self):
        for count in (0, 1):
            (failed,) = self.double.post("verify", {"hits": {"deffer": count}}, 406).json()["failed"]
            self.assertRegex(failed["actual"], "there is no rule 'deffer'; did you mean 'defer'")


if __name__ == "__main__":
    unittest.main()
