"""The tour of README.md works when it is pasted."""
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import server_process
from server_process import ServerProcess

README = Path(__file__).resolve().parents[2] / "README.md"
SECTION = re.compile(r"^## Sixty seconds\n(.*?)^## ", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROGRAM, ADDRESS = "./script/server", "127.0.0.1:1025"


class Tour(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="smtp-double-test-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def paste(self, block, server):
        """What it prints, and its status; with the program and the server under test in place of the reader's."""
        self.assertTrue(PROGRAM in block or ADDRESS in block, block)
        block = block.replace(PROGRAM, server_process.BINARY).replace(ADDRESS, server.addresses[0])
        done = subprocess.run(["bash", "-c", block], capture_output=True, text=True, cwd=self.folder,
                              stdin=subprocess.DEVNULL, timeout=server_process.PATIENCE, check=False)
        return done.stdout + done.stderr, done.returncode

    def test_it(self):
        text = README.read_text(encoding="utf-8")
        start, send, fail, explain, write = BLOCK.findall(SECTION.search(text).group(1))
        self.assertEqual(start, PROGRAM + "\n")
        with ServerProcess() as server:
            self.assertIn(f"`READY smtp={ADDRESS} admin=127.0.0.1:8025 scenario={server.ready['scenario']} seed=", text)
            self.assertEqual(self.paste(send, server), ("", 0))
            self.assertIn("`session 1 from 127.0.0.1:…: 1 accepted`", text)
            server.log.wait_for(r"session 1 from 127\.0\.0\.1:\d+: 1 accepted")
            said, status = self.paste(fail, server)
            self.assertRegex(said, r"(?m)^< 552 5\.3\.4 ")
            self.assertEqual(status, 8)
            said, status = self.paste(explain, server)
            self.assertRegex(said, r"\A552  ")
            self.assertRegex(said, r"(?m)^5\.3\.4  ")
            self.assertEqual(status, 0)
            prepare, check, serve = re.fullmatch(r"(cat .*^YAML\n)(\S+ check \S+\n)(\S+ \S+\n)", write,
                                                 re.MULTILINE | re.DOTALL).groups()
            self.assertEqual(self.paste(prepare + check, server), ("busy.yaml: ok, 1 rule\n", 0))
        words = serve.split()
        self.assertEqual(words[0], PROGRAM)
        with ServerProcess(words[1:], cwd=self.folder) as server:
            self.assertEqual(server.ready["scenario"], "busy")
            self.assertEqual([self.paste(send, server)[1] for _ in range(3)], [8, 8, 0])
