"""The Python of docs/in-tests.md runs, and its scenarios do what they say."""
import os
import re
import smtplib
import subprocess
import tempfile
import unittest
from pathlib import Path

import server_process
from server_process import ServerProcess

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "in-tests.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


class InTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="smtp-double-test-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        Path(self.folder, "smtp-double").symlink_to(server_process.BINARY)
        path = os.environ["PATH"]
        self.addCleanup(os.environ.__setitem__, "PATH", path)
        os.environ["PATH"] = f"{self.folder}:{path}"

    def test_the_example(self):
        example = blocks("python")[1]
        self.assertIn("def smtp_double", example)
        names = {}
        exec(compile(example, "in-tests.md", "exec"), names)
        names["test_a_full_mailbox_is_reported"]()
        with names["smtp_double"]("unknown-user") as port, self.assertRaises(smtplib.SMTPRecipientsRefused):
            names["send"](port, "nobody@example.com")

    def test_the_whole_test_run(self):
        (command,) = (block for block in blocks("sh") if "smtp-double run" in block)
        (scenario,) = (block for block in blocks("yaml") if "full-mailbox.yaml" in block)
        (test,) = (block for block in blocks("python") if "test_mail.py" in block)
        Path(self.folder, "test_mail.py").write_text(test, encoding="utf-8")
        for verified, status, said in ((scenario, 0, ""),
                                       (scenario.replace("messages: 0", "messages: 1"), 1,
                                        "expected 1 accepted message, but there was none\n")):
            with self.subTest(status=status):
                Path(self.folder, "full-mailbox.yaml").write_text(verified, encoding="utf-8")
                done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, cwd=self.folder,
                                      stdin=subprocess.DEVNULL, timeout=server_process.PATIENCE, check=False)
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertIn("\nOK\n", done.stderr)
                self.assertIn(said, done.stderr)

    def test_an_application_that_logs_in(self):
        (scenario,) = (block for block in blocks("yaml") if "auth:" in block)
        with ServerProcess(scenario) as server:
            with smtplib.SMTP("127.0.0.1", server.port) as client:
                client.user, client.password = "ann", "secret"
                client.ehlo()
                self.assertEqual(client.mail("me@example.org")[0], 530)
                with self.assertRaises(smtplib.SMTPAuthenticationError) as refused:
                    client.auth("PLAIN", client.auth_plain)
                self.assertEqual(refused.exception.smtp_code, 454)
                self.assertEqual(client.login("ann", "secret")[0], 235)
                client.sendmail("me@example.org", ["you@example.com"], "Subject: x\r\n\r\nHi.\r\n")

    def test_in_the_middle_of_a_session(self):
        (scenario,) = (block for block in blocks("yaml") if "{over: 2}" in block)
        with ServerProcess(scenario) as server, smtplib.SMTP("127.0.0.1", server.port) as client:
            for _ in range(2):
                client.sendmail("me@example.org", ["you@example.com"], "Subject: x\r\n\r\nHi.\r\n")
            with self.assertRaises(smtplib.SMTPSenderRefused) as refused:
                client.sendmail("me@example.org", ["you@example.com"], "Subject: x\r\n\r\nHi.\r\n")
            self.assertEqual(refused.exception.smtp_code, 421)
