"""Does the mailer do what it has to when its server fails? MAILER_URL and SMTP_DOUBLE_URL say where the two are."""
import os
import unittest

from double import PATIENCE, Double, ask

MAILER = os.environ["MAILER_URL"]
DOUBLE = Double(os.environ["SMTP_DOUBLE_URL"])


def send(recipient, text="It is on its way.\n"):
    """Has the mailer send a mail, and returns its report when that is sent or given up."""
    asked = {"sender": "shop@example.org", "recipient": recipient, "subject": "Your parcel", "text": text}
    number = ask(f"{MAILER}/mails", asked)["id"]
    return ask(f"{MAILER}/mails/{number}?wait={PATIENCE}")


class Mailer(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        DOUBLE.reset()

    def test_a_mail_arrives_as_it_was_written(self):
        report = send("ann@example.com", "Zwölf Boxkämpfer.\n.\nThe line above is a dot.\n")
        self.assertEqual(report["state"], "sent")
        message = DOUBLE.message("ann@example.com")
        self.assertEqual(message["subject"], "Your parcel")
        self.assertEqual(message["text"].splitlines(), ["Zwölf Boxkämpfer.", ".", "The line above is a dot."])
        DOUBLE.verify(messages=1, sessions=1, sequence=["EHLO", "MAIL", "RCPT", "DATA", "QUIT"])

    def test_greylisting_is_waited_out(self):
        report = send("ann@greylisted.example.com")
        self.assertEqual((report["state"], len(report["attempts"])), ("sent", 3), report)
        DOUBLE.wait("messages", recipient="ann@greylisted.example.com")
        DOUBLE.verify(hits={"the first two attempts for each recipient": 2}, sessions=3, messages=1)

    def test_gaps_between_attempts_grow(self):
        report = send("ben@greylisted.example.com")
        first, second, third = (attempt["at"] for attempt in report["attempts"])
        self.assertGreater(third - second, second - first)

    def test_content_that_is_refused_twice(self):
        DOUBLE.rule(name="busy", at="message", times=2, reply="451 4.3.0 Try again")
        report = send("ann@example.com")
        self.assertEqual([attempt["result"] for attempt in report["attempts"]],
                         ["451 4.3.0 Try again", "451 4.3.0 Try again", "sent"])
        DOUBLE.verify(messages=1, hits={"busy": 2})

    def test_a_server_that_is_down_for_a_moment(self):
        DOUBLE.rule(name="down", at="connect", times=1, reply="421 4.3.2 Back in a moment")
        DOUBLE.rule(name="cut off", at="rcpt", times=1, reply="none", then="reset")
        report = send("ann@example.com")
        self.assertEqual((report["state"], len(report["attempts"])), ("sent", 3), report)
        DOUBLE.verify(messages=1, hits={"down": 1, "cut off": 1})

    def test_a_permanent_failure_is_not_retried(self):
        report = send("nobody@example.com")
        self.assertEqual(report["state"], "failed")
        self.assertEqual([attempt["result"] for attempt in report["attempts"]],
                         ["550 5.1.1 There is no nobody here"])
        DOUBLE.verify(messages=0, sessions=1)
        (delivery,) = DOUBLE.get("deliveries")["deliveries"]
        self.assertEqual(delivery["findings"], [])

    def test_it_gives_up_in_the_end(self):
        DOUBLE.rule(name="full", at="rcpt", reply="452 4.2.2 Mailbox full")
        report = send("ann@example.com")
        self.assertEqual(report["state"], "failed")
        self.assertGreater(len(report["attempts"]), 2)
        DOUBLE.verify(messages=0, hits={"full": len(report["attempts"])})

    def test_a_lost_reply_delivers_twice(self):
        # The server has the mail, and the mailer cannot know: it has to send it again (RFC 5321, 4.5.4.1). That both
        # have one Message-ID is what the recipient's side can find the second by.
        report = send("lost@example.com")
        self.assertEqual((report["state"], len(report["attempts"])), ("sent", 2), report)
        (delivery,) = DOUBLE.get("deliveries")["deliveries"]
        self.assertEqual(delivery["findings"], ["delivered twice"])
        self.assertEqual(delivery["key"], report["message_id"])
        outcomes = [message["outcome"] for message in DOUBLE.get("messages")["messages"]]
        self.assertEqual(outcomes, [None, "250 2.0.0 Message accepted"])


if __name__ == "__main__":
    unittest.main()
