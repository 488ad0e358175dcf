"""The mailer of docker/compose/app: when it tries again, when it gives up, what it reports."""
import contextlib
import smtplib
import socket
import unittest

from fixtures import mailer, module
from server_process import ServerProcess

APP = module("compose/app/mailer.py")
ask = module("compose/tests/double.py").ask


def sent(url, recipient="ann@example.com"):
    mail = {"sender": "shop@example.org", "recipient": recipient, "subject": "x", "text": "Hi.\n"}
    number = ask(f"{url}/mails", mail)["id"]
    return ask(f"{url}/mails/{number}?wait=30")


@contextlib.contextmanager
def port_of_nobody():
    """It refuses whoever connects, as nobody listens, and nobody else can take it meanwhile."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


class Decisions(unittest.TestCase):
    def test_gaps_double_until_there_were_enough_attempts(self):
        settings = APP.Settings(first_gap=0.5, factor=2.0, attempts=4)
        self.assertEqual([settings.gap(attempts) for attempts in (1, 2, 3, 4)], [0.5, 1.0, 2.0, None])

    def test_settings_come_from_the_environment(self):
        settings = APP.Settings.of({"MAILER_HOST": "mail", "MAILER_PORT": "25", "MAILER_FIRST_GAP": "0.1", "PATH": "/"})
        self.assertEqual(settings, APP.Settings(host="mail", port=25, first_gap=0.1))

    def test_what_makes_sense_to_try_again(self):
        for error, expected in (
                (smtplib.SMTPRecipientsRefused({"a@x.test": (450, b"4.7.1 Later")}), (True, "450 4.7.1 Later")),
                (smtplib.SMTPRecipientsRefused({"a@x.test": (550, b"5.1.1 No")}), (False, "550 5.1.1 No")),
                (smtplib.SMTPDataError(554, b"5.6.0 No"), (False, "554 5.6.0 No")),
                (smtplib.SMTPSenderRefused(451, b"4.3.0 Later", "s@x.test"), (True, "451 4.3.0 Later")),
                (smtplib.SMTPConnectError(421, "4.3.2 Down"), (True, "421 4.3.2 Down")),
                (smtplib.SMTPServerDisconnected("gone"), (True, "SMTPServerDisconnected: gone")),
                (TimeoutError("timed out"), (True, "TimeoutError: timed out"))):
            with self.subTest(error=error):
                self.assertEqual(APP.result_of(error), expected)


class Running(unittest.TestCase):
    def test_a_greeting_that_is_final(self):
        with ServerProcess("rules: [{at: connect, reply: 554 5.3.2 No mail}]") as double, mailer(double.port) as url:
            report = sent(url)
        self.assertEqual((report["state"], [attempt["result"] for attempt in report["attempts"]]),
                         ("failed", ["554 5.3.2 No mail"]))

    def test_a_session_that_breaks_after_the_mail_was_taken(self):
        with ServerProcess("rules: [{at: quit, reply: none, then: reset}]") as double, mailer(double.port) as url:
            report = sent(url)
        self.assertEqual((report["state"], len(report["attempts"])), ("sent", 1))

    def test_a_server_that_is_not_there(self):
        with port_of_nobody() as port, mailer(port, MAILER_FIRST_GAP=0.01, MAILER_ATTEMPTS=3) as url:
            report = sent(url)
        self.assertEqual((report["state"], len(report["attempts"])), ("failed", 3))
        self.assertTrue(report["attempts"][0]["result"].startswith("ConnectionRefusedError: "), report)

    def test_a_server_that_never_answers(self):
        with ServerProcess("rules: [{at: connect, times: 1, reply: none, then: hang}]") as double:
            with mailer(double.port, MAILER_FIRST_GAP=0.01, MAILER_TIMEOUT=0.5) as url:
                report = sent(url)
        self.assertEqual((report["state"], len(report["attempts"])), ("sent", 2))
        self.assertIn("timed out", report["attempts"][0]["result"])

    def test_questions_that_it_does_not_understand(self):
        with port_of_nobody() as port, mailer(port) as url:
            self.assertEqual(ask(f"{url}/mails/7"), {"error": "no such mail"})
            self.assertEqual(ask(f"{url}/other"), {"error": "no such page"})
            self.assertEqual(ask(f"{url}/mails", {"sender": "a@x.test"}), {"error": "KeyError('recipient')"})
            self.assertEqual(ask(f"{url}/health"), {"ok": True})


if __name__ == "__main__":
    unittest.main()
