"""Real clients through every scenario of faults/ and flaky/: each ends by itself, and says what happened."""
import unittest

import library_situations
import mail_clients
from library_situations import ASKING, names


class AnyClient:
    """What every client has to pass."""
    client = None

    def test_ends_by_itself(self):
        reports = library_situations.reports_of(self.client)  # one that had to be killed raises
        self.assertEqual(sorted(reports), sorted(names()))
        # What each makes of it is noted in docs/clients.md; that all agree on these holds for any version.
        for name in ("faults/refused-connection", "faults/silent-accept", "faults/garbage-greeting",
                     "faults/stored-but-250-lost", "faults/lost-in-data", "flaky/fail-twice-per-recipient"):
            self.assertFalse(reports[name].sent, f"{name}: {reports[name]}")
        for name in ("flaky/rate-limit", "flaky/every-third-message-fails"):
            self.assertTrue(reports[name].sent, f"{name}: {reports[name]}")

    def test_asks_only_what_is_there(self):
        self.assertLessEqual(set(ASKING), set(names()))


class Curl(AnyClient, unittest.TestCase):
    client = mail_clients.Curl()


class Swaks(AnyClient, unittest.TestCase):
    client = mail_clients.Swaks()


class Smtplib(AnyClient, unittest.TestCase):
    client = mail_clients.Smtplib()


class Nodemailer(AnyClient, unittest.TestCase):
    client = mail_clients.Nodemailer()


class Msmtp(AnyClient, unittest.TestCase):
    client = mail_clients.Msmtp()
