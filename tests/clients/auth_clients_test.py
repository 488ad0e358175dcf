"""Real clients log in: each by every mechanism that it has, and what they make of each refusal."""
import unittest

import auth_situations
import mail_clients
import page
from auth_situations import REFUSALS, logged_in, logged_in_by_certificate, refused
from tls_situations import all_of, authority

REFUSED_BY_ALL = ("535, the password is wrong", "454 to AUTH", "432", "525", "534", "538")


class AnyClient:
    """What every client has to pass."""
    client = None

    def expect_refusal(self, report):
        self.assertFalse(report.sent, report)
        self.assertNotEqual(report.words, "", report.output)

    def test_every_mechanism(self):
        mechanisms = [mechanism for mechanism in self.client.mechanisms if mechanism != "EXTERNAL"]
        right = all_of(lambda mechanism: logged_in(self.client, mechanism), mechanisms)
        wrong = all_of(lambda mechanism: logged_in(self.client, mechanism, secret="wrong"), mechanisms)
        for mechanism in mechanisms:
            with self.subTest(mechanism):
                self.assertTrue(right[mechanism].sent, right[mechanism].output)
                self.expect_refusal(wrong[mechanism])
                if mechanism != "XOAUTH2":  # where curl gives up at the error behind the 334
                    self.assertEqual(wrong[mechanism].code, "535", wrong[mechanism].output)

    def test_the_page_knows_the_mechanisms(self):
        documented = page.column("Mechanisms", self.client)
        if documented:
            self.assertEqual([mechanism for mechanism, cell in documented.items() if cell == "yes"],
                             [mechanism for mechanism in auth_situations.MECHANISMS
                              if mechanism in self.client.mechanisms])


class ByCertificate(AnyClient):
    def test_a_certificate(self):
        with authority() as folder:
            report = logged_in_by_certificate(self.client, folder, "ann")
            self.assertTrue(report.sent, report.output)
            report = logged_in_by_certificate(self.client, folder, "eve")
            self.expect_refusal(report)
            self.assertEqual(report.code, "535")


class AnyMailClient(AnyClient):
    def test_every_refusal(self):
        reports = all_of(lambda title: refused(self.client, title), REFUSALS)
        for title in REFUSED_BY_ALL:
            with self.subTest(title):
                self.expect_refusal(reports[title])
                _, rule, _ = REFUSALS[title]
                self.assertIn(f"{reports[title].code} {reports[title].text}",
                              rule or "535 5.7.8 Authentication credentials invalid")
        self.assertFalse(reports["a challenge that is not base64"].sent)
        documented = page.column("Refusals of AUTH", self.client)
        if documented:
            self.assertEqual(documented, {title: page.verdict(report) for title, report in reports.items()},
                             "docs/clients.md")


class Curl(AnyMailClient, ByCertificate, unittest.TestCase):
    client = mail_clients.Curl()


class Swaks(AnyMailClient, unittest.TestCase):
    client = mail_clients.Swaks()


class Smtplib(AnyMailClient, unittest.TestCase):
    client = mail_clients.Smtplib()


class Nodemailer(AnyMailClient, unittest.TestCase):
    client = mail_clients.Nodemailer()


class Msmtp(AnyMailClient, ByCertificate, unittest.TestCase):
    client = mail_clients.Msmtp()


class Gsasl(AnyClient, unittest.TestCase):
    client = mail_clients.Gsasl()


class Page(unittest.TestCase):
    def test_its_tables_are_whole(self):
        self.assertEqual(set(page.table("Refusals of AUTH")), set(REFUSALS))
        self.assertEqual(tuple(page.table("Mechanisms")), auth_situations.MECHANISMS)
