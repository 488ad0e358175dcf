"""Real clients against the program: what it answers is what they report, and they send what they were given."""
import re
import unittest

import mail_clients
from mail_clients import HERE
from server_process import ServerProcess

TEXTS = {
    ("mail", 450): "4.1.8 Senders like that come later",
    ("mail", 550): "5.1.8 Senders like that never come in",
    ("rcpt", 450): "4.2.1 Out for a walk",
    ("rcpt", 550): "5.1.1 Moved to the seaside",
    ("data", 450): "4.3.1 No paper left today",
    ("data", 550): "5.3.2 No paper ever again",
    ("message", 450): "4.6.0 Read it twice",
    ("message", 550): "5.6.0 Read it never",
}
SECONDS_OF_DELAY = 0.9


def asking(stage, code):
    """The envelope that asks for this code."""
    if stage == "mail":
        return {"sender": f"mail-{code}@example.org"}
    return {"recipient": f"{stage}-{code}@example.com"}


class AnyClient:
    """What every client has to pass."""
    client = None

    def setUp(self):
        self.server = self.enterContext(ServerProcess([str(HERE / "clients.yaml")]))

    def send(self, **envelope):
        return self.client.send(self.server.port, **envelope)

    def expect_refusal(self, report, code, text):
        self.assertFalse(report.sent, report)
        self.assertEqual((report.code, report.text), (str(code), text), report.output)

    def expect_loss(self, report):
        """It says that it failed, and blames no reply."""
        self.assertFalse(report.sent, report)
        self.assertEqual(report.code, "", report.output)

    def test_delivers_what_it_was_given(self):
        report = self.send()
        self.assertTrue(report.sent, report.output)
        self.server.log.wait_for("message: 250 by rule 'the content arrived'")
        self.server.log.wait_for(r"session 1 from \S+: 1 accepted")

    def test_reports_every_refusal_in_our_words(self):
        for (stage, code), text in TEXTS.items():
            with self.subTest(stage=stage, code=code):
                self.expect_refusal(self.send(**asking(stage, code)), code, text)

    def test_reports_a_refusing_greeting(self):
        with ServerProcess("rules: [{at: connect, reply: 554 No mail here on Sundays}]") as closed:
            self.expect_refusal(self.client.send(closed.port), 554, "No mail here on Sundays")

    def test_reports_421_at_rcpt_before_the_end_of_the_connection(self):
        self.expect_refusal(self.send(recipient="rcpt-421@example.com"), 421, "4.3.2 Gone fishing")

    def test_notices_a_connection_that_closes_after_the_content(self):
        self.expect_loss(self.send(recipient="close@example.com"))

    def test_notices_a_connection_that_is_reset_after_the_content(self):
        self.expect_loss(self.send(recipient="reset@example.com"))

    def test_gives_up_on_a_server_that_says_nothing(self):
        report = self.send(recipient="hang@example.com", timeout=1)
        self.expect_loss(report)
        self.assertGreater(report.seconds, 0.9)

    def test_waits_for_a_late_answer(self):
        report = self.send(sender="late@example.org")
        self.assertTrue(report.sent, report.output)
        self.assertGreater(report.seconds, SECONDS_OF_DELAY)
        self.server.log.wait_for("message: 250 by rule 'the content arrived'")

    def test_falls_back_to_helo(self):
        self.assertTrue(self.send(helo="old.example").sent)
        self.server.log.wait_for("ehlo: 502 by rule 'an old server'")
        self.server.log.wait_for("helo: 250 by rule 'the older way'")
        self.server.log.wait_for("message: 250 by rule 'the content arrived'")


class Curl(AnyClient, unittest.TestCase):
    client = mail_clients.Curl()

    def test_names_the_code_without_verbose_too(self):
        for stage in ("mail", "rcpt", "data"):
            for code in (450, 550):
                output = self.send(**asking(stage, code)).output
                self.assertRegex(output, rf"(?m)^curl: \(\d+\) {stage.upper()} failed: {code}")


class Swaks(AnyClient, unittest.TestCase):
    client = mail_clients.Swaks()


class Smtplib(AnyClient, unittest.TestCase):
    client = mail_clients.Smtplib()

    def test_raises_what_the_stage_calls_for(self):
        for stage, exception in (("mail", "SMTPSenderRefused"), ("rcpt", "SMTPRecipientsRefused"),
                                 ("data", "SMTPDataError"), ("message", "SMTPDataError")):
            self.assertEqual(self.send(**asking(stage, 450)).status, exception)


class Nodemailer(AnyClient, unittest.TestCase):
    client = mail_clients.Nodemailer()

    def test_hands_on_the_last_reply(self):
        self.assertIn('"response":"250 2.0.0 Every octet of it"', self.send().output)


class Msmtp(AnyClient, unittest.TestCase):
    client = mail_clients.Msmtp()

    def test_says_which_command_it_was(self):
        for stage, words in (("mail", "envelope from address"), ("rcpt", "recipient address"),
                             ("data", "does not accept mail data"), ("message", "did not accept the mail")):
            self.assertRegex(self.send(**asking(stage, 550)).output, re.escape(words))
