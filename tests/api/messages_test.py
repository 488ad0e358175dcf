"""Messages: summaries, details, octets, parts, and what was tried before they were accepted."""
import unittest

from api import ApiCase
from mails import HTML, PNG, multipart
from smtp_peer import Peer


class Detailed(ApiCase):
    def sent(self, content, **envelope):
        self.assertEqual(self.double.send(content, **envelope)[:3], "250")
        return self.double.wait()["messages"][0]

    def test_a_summary(self):
        content = multipart()
        summary = self.sent(content, sender="ann@example.org", recipient="bob@example.com")
        self.assertEqual((summary["id"], summary["session"], summary["sender"], summary["recipients"]),
                         (1, 1, "ann@example.org", ["bob@example.com"]))
        self.assertEqual((summary["subject"], summary["message_id"], summary["size"], summary["attachments"]),
                         ("Gr\u00fc\u00dfe \U0001F600 an alle", "<one@example.org>", len(content), 1))
        self.assertRegex(summary["outcome"], r"\A250 ")
        self.assertEqual(self.double.get("messages").json()["messages"], [summary])

    def test_a_message(self):
        summary = self.sent(multipart(), sender="ann@example.org", recipient="bob@example.com")
        message = self.double.get("messages/1").json()
        self.assertEqual({key: message[key] for key in summary}, summary)
        self.assertEqual((message["helo"], message["tls"], message["auth_user"], message["whole"]),
                         ("client.example", None, None, True))
        self.assertEqual(message["text"].strip(), "H\u00e4llo Bob")
        self.assertEqual(message["html"].strip(), HTML)
        headers = {header["name"]: header["value"] for header in message["headers"]}
        self.assertEqual((headers["X-Tag"], headers["Subject"]), ("blue-7", summary["subject"]))
        raw = {header["name"]: header["raw"] for header in message["headers"]}
        self.assertIn("=?utf-8?", raw["Subject"].lower())
        (recipient,) = message["recipients_detail"]
        self.assertEqual((recipient["mailbox"], recipient["parameters"]), ("bob@example.com", ""))
        types = [(part["type"], part["file_name"], part["disposition"]) for part in message["parts"]]
        self.assertIn(("application/pdf", "R\u00e9sum\u00e9 <1>.pdf", "attachment"), types)
        self.assertIn(("image/png", "logo.png", "inline"), types)
        self.assertEqual(message["findings"], [])

    def test_octets(self):
        content = b"From: x@y\r\nSubject: dots\r\n\r\n\x00\xff8-bit\r\n..two\r\n..\r\n"
        self.sent(content)
        answer = self.double.get("messages/1/raw")
        self.assertEqual(answer.body, b"From: x@y\r\nSubject: dots\r\n\r\n\x00\xff8-bit\r\n.two\r\n.\r\n")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")

    def test_parts(self):
        self.sent(multipart())
        parts = {part["type"]: part for part in self.double.get("messages/1").json()["parts"]}
        png = self.double.get(f"messages/1/parts/{parts['image/png']['index']}")
        self.assertEqual(png.body, PNG)
        self.assertEqual(parts["image/png"]["size"], len(PNG))
        self.assertEqual(parts["image/png"]["content_id"].strip("<>"), "logo@x")
        pdf = self.double.get(f"messages/1/parts/{parts['application/pdf']['index']}")
        self.assertEqual(pdf.body, b"%PDF-\x00\xff")
        self.assertRegex(pdf.headers["Content-Disposition"], r"\Aattachment")
        self.assertNotRegex(pdf.headers["Content-Disposition"], r"[\r\n]")
        for index in ("0", "9", "1.9", "1.1.1.1.1", "x", "1.", ".1", "-1", "9" * 40, "1.1%2f"):
            with self.subTest(index=index):
                self.assertIn(self.double.ask("GET", f"messages/1/parts/{index}").status, (400, 404))

    def test_html_is_inert(self):
        self.sent(multipart())
        answer = self.double.get("messages/1/html")
        self.assertIn("img-src data:", answer.headers["Content-Security-Policy"])
        self.assertNotRegex(answer.headers["Content-Security-Policy"], "script-src|http|\\*")
        self.assertIn(b"data:image/png;base64,", answer.body)
        self.assertIn("H\u00e4llo", answer.body.decode())
        self.double.send("Subject: plain\r\n\r\nHi.\r\n")
        self.double.get("messages/2/html", 404)

    def test_a_content_that_is_hardly_a_message(self):
        for content in ("\r\n", "no header at all\r\n", "Subject: =?utf-8?B?!!!?=\r\n\r\n", b"\xff\xfe\r\n",
                        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n", "Subject:\r\n\r\n"):
            with self.subTest(content=content):
                double = self.made()
                double.send(content)
                double.wait()
                self.assertTrue(double.get("messages/1").json()["whole"])
                self.assertEqual(double.get("messages/1/raw").body,
                                 content if isinstance(content, bytes) else content.encode())

    def test_findings(self):
        self.sent("Subject: x\r\n\r\nbare\nlf\r\n")
        self.assertTrue(any("bare LF" in finding for finding in self.double.get("messages/1").json()["findings"]))

    def test_the_null_sender_and_parameters(self):
        with self.double.greeted() as client:
            client.ask("MAIL FROM:<> SIZE=100 BODY=8BITMIME")
            client.ask("RCPT TO:<a@example.com> NOTIFY=NEVER")
            client.ask("RCPT TO:<b@example.com>")
            client.ask("DATA")
            client.ask("Subject: x\r\n\r\nHi.\r\n.")
        self.double.wait()
        message = self.double.get("messages/1").json()
        self.assertEqual((message["sender"], message["parameters"]), ("", "SIZE=100 BODY=8BITMIME"))
        self.assertEqual([(each["mailbox"], each["parameters"]) for each in message["recipients_detail"]],
                         [("a@example.com", "NOTIFY=NEVER"), ("b@example.com", "")])

    def test_lmtp_tells_each_recipient(self):
        double = self.made(listen=["lmtp"],
                           scenario="rules:\n- {at: message, when: {recipient: b@example.com}, reply: 452 4.2.2 Full}\n")
        with Peer(double.ports["lmtp"]) as client:
            client.expect(220)
            for line in ("LHLO me.test", "MAIL FROM:<>", "RCPT TO:<a@example.com>", "RCPT TO:<b@example.com>", "DATA"):
                client.ask(line)
            client.send("Subject: x\r\n\r\nHi.\r\n.\r\n")
            self.assertEqual([client.reply()[:3] for _ in range(2)], ["250", "452"])
        double.wait()
        (taken,) = double.get("messages/1").json()["recipients_detail"]  # for the other one it is no message
        self.assertEqual((taken["mailbox"], taken["outcome"][:3]), ("a@example.com", "250"))

    def test_stored_though_the_client_never_heard_of_it(self):
        double = self.made(scenario="rules:\n- {at: message, times: 1, reply: none, then: reset}\n")
        with double.greeted() as client:
            client.envelope()
            client.ask("DATA")
            client.send("Subject: x\r\n\r\nHi.\r\n.\r\n")
            client.expect_reset()
        (message,) = double.wait()["messages"]
        self.assertIsNone(message["outcome"])

    def test_refused_it_is_no_message(self):
        double = self.made(scenario="rules:\n- {at: message, reply: 554 5.7.1 Spam}\n")
        self.assertEqual(double.send()[:3], "554")
        double.ended()
        self.assertEqual(double.get("messages").json()["messages"], [])

    def test_emptied(self):
        self.sent("Subject: x\r\n\r\n")
        self.double.delete("messages")
        self.assertEqual(self.double.get("messages").json()["messages"], [])
        self.double.get("messages/1", 404)
        self.double.send()
        self.assertEqual([message["id"] for message in self.double.wait()["messages"]], [2])
        self.assertEqual(len(self.double.get("sessions").json()["sessions"]), 2)


class Listed(ApiCase):
    def setUp(self):
        super().setUp()
        with self.double.greeted() as client:
            for number, (sender, recipient, subject) in enumerate((
                    ("ann@example.org", "a@example.com", "Welcome"),
                    ("ANN@Example.org", "b@example.com", "Welcome back"),
                    ("bob@example.org", "A@example.com", "Invoice *7*"), ("", "c@example.net", ""),
                    ("bob@example.org", "a@example.com", "Bye"))):
                header = f"Subject: {subject}\r\nX-Number: {number}\r\nReceived: a\r\nReceived: b{number}\r\n"
                client.message(f"{header}\r\nHi.\r\n", sender=sender, recipient=recipient)

    def ids(self, **query):
        return [message["id"] for message in self.double.get("messages", **query).json()["messages"]]

    def test_by_what_they_are(self):
        self.assertEqual(self.ids(), [1, 2, 3, 4, 5])
        self.assertEqual(self.ids(sender="bob@example.org"), [3, 5])
        self.assertEqual(self.ids(sender="*@EXAMPLE.org"), [1, 2, 3, 5])
        self.assertEqual(self.ids(recipient="a@example.com"), [1, 3, 5])
        self.assertEqual(self.ids(recipient="*@example.net"), [4])
        self.assertEqual(self.ids(subject="Welcome*"), [1, 2])
        self.assertEqual(self.ids(subject="Welcome"), [1])
        self.assertEqual(self.ids(subject="B?e"), [5])
        self.assertEqual(self.ids(**{"header.X-Number": "3"}), [4])
        self.assertEqual(self.ids(**{"header.x-number": "?", "sender": "bob@*"}), [3, 5])
        self.assertEqual(self.ids(**{"header.Received": "b1"}), [2])
        self.assertEqual(self.ids(**{"header.X-None": "*"}), [])
        self.assertEqual(self.ids(session=1), [1, 2, 3, 4, 5])
        self.assertEqual(self.ids(session=2), [])

    def test_by_pages(self):
        page = self.double.get("messages", limit=2, recipient="a@example.com").json()
        self.assertEqual([message["id"] for message in page["messages"]], [1, 3])
        self.assertEqual(self.ids(recipient="a@example.com", after=page["next"]), [5])
        self.assertEqual(self.ids(limit=2, after=2), [3, 4])
        self.assertEqual(self.ids(order="desc", limit=2), [5, 4])
        self.assertEqual(self.ids(order="desc", limit=2, after=4), [3, 2])
        self.assertIsNone(self.double.get("messages", order="desc", limit=2, after=3).json()["next"])

    def test_parameters_that_cannot_be(self):
        for query in ({"limit": 0}, {"after": "x"}, {"session": "x"}, {"session": -1}, {"order": "up"},
                      {"header.": "x"}):
            with self.subTest(query=query):
                self.assertDetail(self.double.get("messages", 400, **query), next(iter(query)).rstrip("."))
        self.assertDetail(self.double.get("messages", 400, recipent="x"), "did you mean 'recipient'")

    def test_numbers_that_are_not_there(self):
        for number in ("6", "0", "-1", "x", "9" * 30):
            for below in ("", "/raw", "/html", "/parts/1"):
                with self.subTest(number=number, below=below):
                    self.assertIn(self.double.ask("GET", f"messages/{number}{below}").status, (400, 404))
        self.double.get("messages/6", 404)


class Deliveries(ApiCase):
    scenario = "rules:\n  - {name: later, at: rcpt, per: recipient, times: 1, reply: 450 4.7.1 Greylisted}\n" \
               "  - {name: never, at: message, when: {subject: spam}, reply: 554 5.7.1 Spam}\n"

    def attempt(self, recipient, subject, identifier):
        with self.double.greeted() as client:
            client.ask("MAIL FROM:<me@example.org>")
            if client.ask(f"RCPT TO:<{recipient}>")[:3] == "250":
                client.ask("DATA")
                client.ask(f"Subject: {subject}\r\nMessage-ID: {identifier}\r\n\r\nHi.\r\n.")
            client.ask("QUIT")
            client.expect_end()

    def test_attempt_by_attempt(self):
        for _ in range(3):
            self.attempt("ann@example.com", "hello", "<1@example.org>")
        self.double.ended(3)
        (history,) = self.double.get("deliveries").json()["deliveries"]
        self.assertEqual((history["key"], history["by"], history["sender"], history["recipients"], history["subject"],
                          history["accepted"]),
                         ("<1@example.org>", "message-id", "me@example.org", ["ann@example.com"], "hello", 2))
        self.assertEqual([(each["session"], each["stage"], each["code"],
                           each["message"]) for each in history["attempts"]],
                         [(1, "rcpt", 450, None), (2, "message", 250, 1), (3, "message", 250, 2)])
        self.assertEqual([each["gap_ms"] is None for each in history["attempts"]], [True, False, False])
        for word in ("no backoff", "delivered twice"):
            self.assertTrue(any(word in finding for finding in history["findings"]), history["findings"])
        self.assertEqual(self.double.get("messages/1").json()["delivery"], history)

    def test_again_after_a_5yz(self):
        for _ in range(3):
            self.attempt("bob@example.com", "spam", "<2@example.org>")
        self.double.ended(3)
        (history,) = self.double.get("deliveries").json()["deliveries"]
        self.assertEqual([each["code"] for each in history["attempts"]], [450, 554, 554])
        self.assertTrue(any("5yz" in finding for finding in history["findings"]), history["findings"])
        self.assertEqual(history["accepted"], 0)


if __name__ == "__main__":
    unittest.main()
