"""Real clients and the extensions that they use of their own accord, LMTP, and the PROXY header."""
import re
import smtplib
import unittest

import mail_clients
from server_process import ServerProcess

ABROAD = "jürgen@example.com"
FULL = "rules: [{name: no room, at: message, when: {recipient.local: full}, reply: 452 4.2.2 No room}]"
PROXIED = "rules: [{name: it came through, at: mail, when: {client.ip: 192.0.2.7}, reply: 250 2.1.0 From afar}]"


def lines(server):
    """What the client said, once it has left."""
    server.log.wait_for(r"session 1 from \S+: ")
    return re.findall(r' C: "(.*)"$', server.log.text(), re.MULTILINE)


def msmtp_asks_for_smtputf8():
    return tuple(map(int, mail_clients.Msmtp().version().split("."))) > (1, 8, 23)


class Addresses(unittest.TestCase):
    """An address that is not ASCII."""

    def said(self, client, scenario):
        with ServerProcess(scenario, "--log-level", "debug") as server:
            return client.send(server.port, recipient=ABROAD), lines(server)

    def test_smtputf8_is_asked_for_where_it_is_offered(self):
        clients = [mail_clients.Curl(), mail_clients.Smtplib(), mail_clients.Nodemailer()]
        for client in clients + ([mail_clients.Msmtp()] if msmtp_asks_for_smtputf8() else []):
            with self.subTest(client.name):
                report, said = self.said(client, "rules: []")
                self.assertTrue(report.sent, report.output)
                (mail,) = [line for line in said if line.upper().startswith("MAIL ")]
                self.assertRegex(mail, r" SMTPUTF8\b")

    def test_some_send_it_without(self):
        for client in [mail_clients.Swaks()] + ([] if msmtp_asks_for_smtputf8() else [mail_clients.Msmtp()]):
            with self.subTest(client.name):
                report, _ = self.said(client, "rules: []")
                self.assertEqual((report.code, report.text[:5]), ("553", "5.6.7"), report.output)

    def test_where_it_is_not_offered(self):
        scenario = "server: {extensions: [PIPELINING, 8BITMIME, ENHANCEDSTATUSCODES]}"
        for client in (mail_clients.Curl(), mail_clients.Nodemailer()):
            with self.subTest(client.name):
                self.assertEqual(self.said(client, scenario)[0].code, "553")
        report, said = self.said(mail_clients.Smtplib(), scenario)
        self.assertEqual((report.status, said), ("SMTPNotSupportedError", ["ehlo client.example", "QUIT"]))


class Parameters(unittest.TestCase):
    def test_size_is_declared_by_smtplib_and_refused_before_the_content(self):
        with ServerProcess("server: {extensions: [SIZE 100]}", "--log-level", "debug") as server:
            report = mail_clients.Smtplib().send(server.port)
            self.assertEqual((report.status, report.code), ("SMTPSenderRefused", "552"), report.output)
            mail = f"mail from:<me@example.org> size={len(mail_clients.CONTENT)}"
            self.assertIn(mail, [line.lower() for line in lines(server)])

    def test_dsn_of_msmtp(self):
        options = ("--dsn-notify=failure,delay", "--dsn-return=headers")
        with ServerProcess("rules: []", "--log-level", "debug") as server:
            report = mail_clients.Msmtp().send(server.port, options=options)
            self.assertTrue(report.sent, report.output)
            self.assertIn("MAIL FROM:<me@example.org> RET=HDRS" + (" SMTPUTF8" if msmtp_asks_for_smtputf8() else ""),
                          lines(server))
            self.assertIn("RCPT TO:<you@example.com> NOTIFY=FAILURE,DELAY", lines(server))
        with ServerProcess("server: {extensions: []}") as server:
            self.assertFalse(mail_clients.Msmtp().send(server.port, options=options).sent)

    def test_dsn_of_nodemailer(self):
        with ServerProcess("rules: []", "--log-level", "debug") as server:
            report = mail_clients.Nodemailer().send(server.port, dsn=True)
            self.assertTrue(report.sent, report.output)
            said = lines(server)
            self.assertIn("MAIL FROM:<me@example.org> RET=HDRS ENVID=q1", said)
            self.assertIn("RCPT TO:<you@example.com> NOTIFY=FAILURE,DELAY ORCPT=rfc822;me@example.org", said)

    def test_size_of_a_file_by_curl(self):
        with ServerProcess("rules: []", "--log-level", "debug") as server:
            report = mail_clients.Curl().send(server.port, options=("--upload-file", __file__))
            self.assertTrue(report.sent, report.output)
            self.assertTrue([line for line in lines(server) if line.startswith("MAIL FROM:<me@example.org> SIZE=")])

    def test_dsn_of_smtplib(self):
        with ServerProcess("rules: []", "--log-level", "debug") as server:
            with smtplib.SMTP("127.0.0.1", server.port) as client:
                client.sendmail("me@example.org", "you@example.com", "Subject: x\r\n\r\nHi.\r\n",
                                ["RET=HDRS", "ENVID=q1"], ["NOTIFY=FAILURE"])
            said = lines(server)
            self.assertIn("rcpt to:<you@example.com> notify=failure", [line.lower() for line in said])
            self.assertTrue([line for line in said if line.endswith(" RET=HDRS ENVID=q1")], said)


class Lmtp(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(ServerProcess(FULL, "--listen-lmtp", "127.0.0.1:0", "--log-level", "debug",
                                                      listen=()))
        self.port = int(self.server.ready["lmtp"].rpartition(":")[2])

    def test_swaks_shows_both_replies_and_calls_it_success(self):
        report = mail_clients.Swaks().send(self.port, recipient="you@example.com,full@example.com",
                                           options=("--protocol", "LMTP"))
        self.assertEqual(report.status, "exit 0")
        self.assertEqual((report.code, report.text), ("452", "4.2.2 No room"))
        self.assertRegex(report.output, r"(?m)^<-  250 2\.0\.0 Message accepted$")

    def test_msmtp_fails_when_a_recipient_does(self):
        report = mail_clients.Msmtp().send(self.port, options=("--protocol=lmtp",))
        self.assertTrue(report.sent, report.output)
        report = mail_clients.Msmtp().send(self.port, recipient="full@example.com", options=("--protocol=lmtp",))
        self.assertEqual(report.status, "exit 69")
        self.assertIn("full@example.com", report.words)

    def test_smtplib_reads_the_first_reply_only(self):
        client = smtplib.LMTP("127.0.0.1", self.port)
        self.addCleanup(client.close)
        recipients = ["you@example.com", "full@example.com"]
        self.assertEqual(client.sendmail("me@example.org", recipients, "Subject: x\r\n\r\nHi.\r\n"), {})
        with self.assertRaises(smtplib.SMTPSenderRefused) as refused:  # by what was said of the second recipient
            client.sendmail("me@example.org", recipients, "Subject: x\r\n\r\nHi.\r\n")
        self.assertEqual(refused.exception.smtp_error, b"4.2.2 No room")


class Proxied(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(ServerProcess(PROXIED, listen=("proxy:127.0.0.1:0",)))
        self.port = int(self.server.ready["smtp"].rpartition(":")[2])

    def test_swaks_says_for_whom_it_speaks(self):
        parts = ("--proxy-family", "TCP4", "--proxy-source", "192.0.2.7", "--proxy-source-port", "4000",
                 "--proxy-dest", "192.0.2.1", "--proxy-dest-port", "25")
        report = mail_clients.Swaks().send(self.port, options=parts)
        self.assertTrue(report.sent, report.output)
        self.server.log.wait_for("session 1 mail: 250 by rule 'it came through'")

    def test_swaks_in_binary(self):
        parts = ("--proxy-version", "2", "--proxy-family", "AF_INET", "--proxy-source", "192.0.2.7",
                 "--proxy-source-port", "4000", "--proxy-dest", "192.0.2.1", "--proxy-dest-port", "25")
        report = mail_clients.Swaks().send(self.port, options=parts)
        self.assertTrue(report.sent, report.output)
        self.server.log.wait_for("session 1 mail: 250 by rule 'it came through'")

    def test_curl_speaks_for_itself(self):
        report = mail_clients.Curl().send(self.port, options=("--haproxy-protocol",))
        self.assertTrue(report.sent, report.output)

    def test_without_a_header(self):
        self.assertFalse(mail_clients.Curl().send(self.port, timeout=5).sent)
