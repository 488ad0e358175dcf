"""What the pages tell their reader to do works. Each is followed, whatever is added; page_reader.py has the rules."""
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import page_blocks
import server_process
from page_reader import Reader
from server_process import ServerProcess

# Blocks that are run by another test: clients/python/tests/test_readme.py and clients/node/test/package.test.js.
ELSEWHERE = {"clients/python/README.md": ["python"], "clients/node/README.md": ["js"]}


class Pages(unittest.TestCase):
    def followed(self, page):
        with tempfile.TemporaryDirectory(prefix="smtp-double-test-") as folder:
            Reader(self, folder).follow(page, without=ELSEWHERE.get(page, ()))

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


def add_tests():
    for page in page_blocks.pages():
        if page_blocks.blocks(page):
            setattr(Pages, f"test_{page_blocks.slug(page)}", lambda self, page=page: self.followed(page))


add_tests()
