"""docs/deployment.md and docker/testcontainers/README.md: what they link to and name is there."""
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs" / "deployment.md", ROOT / "docker" / "testcontainers" / "README.md"]
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
NAMED = re.compile(r"\b(?:docker|tests|script)/[\w./-]*\w")


def anchors(path):
    """Of the headings of a page, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


class Pages(unittest.TestCase):
    def test_links(self):
        found = 0
        for page in PAGES:
            for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
                path = (page.parent / target).resolve() if target else page
                self.assertTrue(path.exists(), f"{page.name}: {target}")
                if anchor:
                    self.assertIn(anchor, anchors(path), f"{page.name}: {target}")
                found += 1
        self.assertGreater(found, 10)

    def test_names_of_files(self):
        found = set()
        for page in PAGES:
            found |= set(NAMED.findall(LINK.sub("", page.read_text(encoding="utf-8"))))
        self.assertGreater(len(found), 5)
        self.assertEqual([name for name in sorted(found) if not (ROOT / name).exists()], [])
