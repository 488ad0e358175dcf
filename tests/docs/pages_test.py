"""What docs/tls.md and docs/auth.md tell the reader to do works, from the first block to the last.

A block of sh that begins with the program serves until the next such one; any other is run beside it and has to succeed,
unless comments at its end say what it prints when it does not. A block of yaml that begins with a comment is a file.
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import server_process
from server_process import ServerProcess

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "tests" / "clients" / "node_modules"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SAYS = re.compile(r"^# (.*)\n", re.MULTILINE)
SMTP, SMTPS = ":1025", ":1465"
LISTENERS = re.compile(r" --listen(-tls)? \S+")


class Reader:
    """Follows one page in a folder of its own."""

    def __init__(self, test, folder):
        self.test = test
        self.folder = folder
        self.server = None
        Path(folder, "smtp-double").symlink_to(server_process.BINARY)
        self.environment = server_process.environment(
            {"PATH": f"{folder}:{os.environ['PATH']}", "HOME": folder, "NODE_PATH": str(MODULES)})
        self.done = {"serve": 0, "sh": 0, "yaml": 0, "python": 0, "js": 0}

    def follow(self, page):
        try:
            for language, block in BLOCK.findall((ROOT / "docs" / page).read_text(encoding="utf-8")):
                with self.test.subTest(block):
                    self.do(language, block)
        finally:
            self.leave()

    def do(self, language, block):
        if language == "sh" and re.match(r"smtp-double (?!run|ca)", block):
            language = "serve"
        self.done[language] += 1
        getattr(self, language)(block)

    def leave(self):
        if self.server is not None:
            self.server.__exit__(None)
        self.server = None

    def serve(self, block):
        self.leave()
        words = LISTENERS.sub("", block).split()[1:]
        tls = ["--listen-tls", "127.0.0.1:0"] if "--listen-tls" in block else []
        self.server = ServerProcess(words, *tls, cwd=self.folder)

    def here(self, block):
        """With the ports of this run in place of the reader's."""
        if self.server is None:
            return block
        secure = self.server.ready.get("smtps", "").rpartition(":")[2]
        return block.replace("1025", str(self.server.port)).replace("1465", secure)

    def run(self, command):
        return subprocess.run(command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=server_process.PATIENCE,
                              check=False)

    def sh(self, block):
        said = SAYS.findall(block)
        done = self.run(["bash", "-o", "pipefail", "-c", self.here(block)])
        if not said:
            self.test.assertEqual(done.returncode, 0, done.stdout)
            return
        self.test.assertNotEqual(done.returncode, 0, done.stdout)
        for line in said:
            self.test.assertIn(line, done.stdout)

    def yaml(self, block):
        name = re.match(r"# (\S+\.yaml)\n", block)
        if name:
            Path(self.folder, name.group(1)).write_text(block, encoding="utf-8")

    def python(self, block):
        done = self.run([sys.executable, "-c", self.here(block)])
        self.test.assertEqual(done.returncode, 0, done.stdout)

    def js(self, block):
        self.test.assertTrue(MODULES.is_dir(), "nodemailer is not there: npm ci --prefix tests/clients")
        done = self.run(["node", "-e", self.here(block)])
        self.test.assertEqual(done.returncode, 0, done.stdout)


class Pages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="smtp-double-test-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def followed(self, page):
        reader = Reader(self, self.folder)
        reader.follow(page)
        return reader.done

    def test_tls(self):
        done = self.followed("tls.md")
        self.assertGreaterEqual(min(done.values()), 1, done)
        self.assertGreaterEqual(done["sh"], 10)

    def test_auth(self):
        done = self.followed("auth.md")
        self.assertGreaterEqual(done["serve"], 5)
        self.assertGreaterEqual(done["sh"], 8)

    def test_what_is_said_of_secrets(self):
        plain = "AUTH PLAIN AGFubgBzZWNyZXQ="
        for options, shown in (((), "AUTH PLAIN [redacted]"), (("--show-secrets",), plain)):
            with ServerProcess("server: {auth: {users: {ann: secret}}}", "--log-level", "debug", *options) as server:
                done = subprocess.run(["swaks", "--server", server.addresses[0], "--from", "me@example.org", "--to",
                                       "ann@example.com", "--auth", "PLAIN", "--auth-user", "ann", "--auth-password",
                                       "secret"], capture_output=True, timeout=server_process.PATIENCE, check=False)
                self.assertEqual(done.returncode, 0)
                server.log.wait_for(f'C: "{re.escape(shown)}"$')
                self.assertEqual(plain in server.log.text(), bool(options))
