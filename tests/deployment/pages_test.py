"""The files that docs/deployment.md and docker/testcontainers/README.md name are there; tests/docs has their links."""
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs" / "deployment.md", ROOT / "docker" / "testcontainers" / "README.md"]
LINK = re.compile(r"\]\([^)]*\)")
NAMED = re.compile(r"\b(?:docker|tests|script)/[\w./-]*\w")


class Pages(unittest.TestCase):
    def test_names_of_files(self):
        found = set()
        for page in PAGES:
            found |= set(NAMED.findall(LINK.sub("", page.read_text(encoding="utf-8"))))
        self.assertGreater(len(found), 5)
        self.assertEqual([name for name in sorted(found) if not (ROOT / name).exists()], [])
