"""Real clients and TLS: they send where it is in order, and what they make of it where it is not."""
import re
import unittest

import mail_clients
import page
import tls_situations
from mail_clients import Tls
from tls_situations import CERTIFICATES, FAILURES, HOST, all_of, authority, met, ports, server_of, shown

ALWAYS_REFUSED = ("self-signed", "expired", "not-yet-valid", "untrusted-ca")
LEFT_TO_THE_CLIENT = ("220, and a reply injected behind it", "TLS 1.0 only", "nothing but EHLO is left inside",
                      "no close_notify at the end")


class AnyClient:
    """What every client has to pass."""
    client = None
    checks_names = True

    def setUp(self):
        self.folder = self.enterContext(authority())

    def expect_page(self, heading, seen):
        documented = page.column(heading, self.client)
        if documented:
            self.assertEqual(documented, seen, f"docs/clients.md, {heading}")

    def test_sends_over_tls(self):
        with server_of(tls_situations.failing(), self.folder, "--log-level", "debug") as server:
            for implicit in (False, True):
                with self.subTest(implicit=implicit):
                    report = self.client.send(ports(server)[implicit], host=HOST,
                                              tls=Tls(ca=str(self.folder / "ca.pem"), implicit=implicit))
                    self.assertTrue(report.sent, report.output)
                    server.log.wait_for(rf"session {1 + implicit}: TLS is up: TLSv1\.3, \w+, for localhost$")
                    server.log.wait_for(rf"session {1 + implicit} message: 250 by rule 'it came over TLS'")
                    server.log.wait_for(rf"session {1 + implicit} from \S+: 1 accepted")

    def test_refuses_bad_certificates(self):
        reports = all_of(lambda kind: shown(self.client, kind, self.folder), CERTIFICATES)
        self.assertTrue(reports["trusted-test-ca"].sent, reports["trusted-test-ca"])
        refused = {kind for kind, report in reports.items() if not report.sent}
        self.assertLessEqual(set(ALWAYS_REFUSED), refused)
        if self.checks_names:
            self.assertIn("wrong-host", refused)
        if self.client.reads_crl:
            self.assertIn("revoked", refused)
        documented = page.table(page.label(self.client))
        if not self.client.has_tls_of_its_own():  # then it asks for what the system asks for
            self.assertIn("weak-key", refused)
        elif documented:
            seen = {kind: {"": page.verdict(report), "says": page.quoted(report.words)}
                    for kind, report in reports.items()}
            self.assertEqual(documented, seen, "docs/clients.md")

    def test_refuses_a_bad_certificate_in_implicit_tls(self):
        self.assertFalse(shown(self.client, "expired", self.folder, implicit=True).sent)

    def test_does_not_know_of_a_revoked_one_without_the_list(self):
        report = shown(self.client, "revoked", self.folder, crl=False)
        self.assertTrue(report.sent, report.output)


class AnyMailClient(AnyClient):
    gives_up = True  # when a handshake goes on for longer than its timeout

    def test_never_sends_in_the_clear_what_is_to_be_encrypted(self):
        seen = all_of(lambda title: met(self.client, title, self.folder), FAILURES)
        for title, (report, came) in seen.items():
            with self.subTest(title):
                self.assertNotEqual(came, "clear")
                self.assertEqual(report.sent, came == "TLS", report)
                if title not in LEFT_TO_THE_CLIENT:
                    self.assertFalse(report.sent, report)
                if self.gives_up:
                    self.assertNotEqual(report.status, "never ends")
        self.assertEqual(seen["454 to STARTTLS"][0].code, "454")
        self.expect_page("TLS demanded", {title: page.verdict(*result) for title, result in seen.items()})


class AnyOpportunist(AnyMailClient):
    def test_sends_in_the_clear_where_tls_is_not_offered(self):
        seen = all_of(lambda title: met(self.client, title, self.folder, demanded=False), FAILURES)
        report, came = seen["STARTTLS is not offered"]
        self.assertEqual((report.sent, came), (True, "clear"), report)
        self.expect_page("TLS if it is there", {title: page.verdict(*result) for title, result in seen.items()})


class Curl(AnyOpportunist, unittest.TestCase):
    client = mail_clients.Curl()


class Swaks(AnyOpportunist, unittest.TestCase):
    client = mail_clients.Swaks()
    checks_names = False  # before 20240103
    gives_up = False


class Smtplib(AnyMailClient, unittest.TestCase):
    client = mail_clients.Smtplib()


class Nodemailer(AnyOpportunist, unittest.TestCase):
    client = mail_clients.Nodemailer()


class Msmtp(AnyMailClient, unittest.TestCase):
    client = mail_clients.Msmtp()
    gives_up = False


class Openssl(AnyClient, unittest.TestCase):
    client = mail_clients.Openssl()


class Gnutls(AnyClient, unittest.TestCase):
    client = mail_clients.Gnutls()


class Page(unittest.TestCase):
    def test_every_client_has_its_tables(self):
        text = page.PAGE.read_text(encoding="utf-8")
        for client in mail_clients.ALL_OF_TLS:
            self.assertRegex(text, rf"(?m)^### {re.escape(client.name)} \S")
        for heading in ("TLS demanded", "TLS if it is there"):
            self.assertEqual(set(page.table(heading)), set(FAILURES))
