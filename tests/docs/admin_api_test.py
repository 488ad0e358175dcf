"""The commands of docs/admin-api.md work when they are pasted one after the other."""
import json
import re
import subprocess
import unittest
from pathlib import Path

import server_process
from server_process import ServerProcess

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "admin-api.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8025"


class Page(unittest.TestCase):
    def test_its_commands(self):
        blocks = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
        self.assertGreater(len(blocks), 5)
        with ServerProcess(admin="127.0.0.1:0") as server:
            answers = []
            for block in blocks:
                self.assertIn(ADDRESS, block)
                done = subprocess.run(["bash", "-c", block.replace(ADDRESS, server.admin)], capture_output=True, text=True,
                                      stdin=subprocess.DEVNULL, timeout=server_process.PATIENCE, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""), block)
                answers.append(json.loads(done.stdout) if done.stdout else None)
        told = json.loads(re.search(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL).group(1))
        wrong = [answer for answer in answers if answer and "errors" in answer]
        self.assertEqual(wrong, [told], "the one mistake of the page is told as the page has it")


if __name__ == "__main__":
    unittest.main()
