"""What docs/in-tests.md says of expectations that fail, and the test that it defines; pages_test.py follows the rest."""
import os
import smtplib
import subprocess
import tempfile
import unittest
from pathlib import Path

import page_blocks
import server_process

BLOCKS = page_blocks.blocks("docs/in-tests.md")


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
        (example,) = (block.text for block in BLOCKS if "def smtp_double" in block.text)
        names = {}
        exec(compile(example, "in-tests.md", "exec"), names)
        names["test_a_full_mailbox_is_reported"]()
        with names["smtp_double"]("unknown-user") as port, self.assertRaises(smtplib.SMTPRecipientsRefused):
            names["send"](port, "nobody@example.com")

    def test_an_expectation_fails_the_whole_test_run(self):
        (command,) = (block.text for block in BLOCKS if "smtp-double run" in block.text)
        files = {block.name: block.text for block in BLOCKS if block.name}
        scenario = files["full-mailbox.yaml"]
        files["full-mailbox.yaml"] = scenario.replace("messages: 0", "messages: 1")
        self.assertNotEqual(files["full-mailbox.yaml"], scenario)
        for name in ("full-mailbox.yaml", "test_mail.py"):
            Path(self.folder, name).write_text(files[name], encoding="utf-8")
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, cwd=self.folder,
                              stdin=subprocess.DEVNULL, timeout=server_process.PATIENCE, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("\nOK\n", done.stderr)
        self.assertIn("expected 1 accepted message, but there was none\n", done.stderr)
