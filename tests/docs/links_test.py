"""Every link between the pages leads somewhere, and every picture that they show is one."""
import re
import struct
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import page_blocks  # noqa: E402
from page_blocks import ROOT  # noqa: E402

PAGES = [ROOT / page for page in page_blocks.pages()]
IMAGES = ROOT / "docs" / "images"
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"(!?)\[(?:[^][]|\[[^][]*\])*\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.*)$", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z]+:")
LARGEST = 150 * 1024


def prose(file):
    return page_blocks.prose(file.relative_to(ROOT).as_posix())


def anchors(file):
    """What GitHub makes of the headings."""
    found = []
    for heading in HEADING.findall(prose(file)):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found.append(f"{slug}-{found.count(slug)}" if slug in found else slug)
    return set(found)


def links(page):
    """(whether it is a picture, where to) of each link that does not leave the repository."""
    found = LINK.findall(CODE.sub("", prose(page)))
    return [(bool(mark), target) for mark, target in found if not ELSEWHERE.match(target)]


def wrong(page, target):
    """What is wrong with the link, or nothing."""
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if not file.is_relative_to(ROOT) or not file.exists():
        return "no such file"
    if anchor and anchor not in anchors(file):
        return "no such heading"
    return None


class Links(unittest.TestCase):
    def test_they_lead_somewhere(self):
        found = [(page, target) for page in PAGES for _, target in links(page)]
        self.assertGreater(len(found), 400)
        bad = [f"{page.relative_to(ROOT)}: {target}: {why}" for page, target in found if (why := wrong(page, target))]
        self.assertEqual(bad, [])

    def test_those_that_do_not_are_found(self):
        readme = ROOT / "README.md"
        self.assertIsNone(wrong(readme, "docs/faults.md#when-it-happens"))
        self.assertEqual(wrong(readme, "docs/fault.md"), "no such file")
        self.assertEqual(wrong(readme, "docs/faults.md#when"), "no such heading")
        self.assertEqual(wrong(readme, "../elsewhere.md"), "no such file")

    def test_every_page_can_be_reached_from_the_readme(self):
        reached, waiting = set(), [ROOT / "README.md"]
        while waiting:
            page = waiting.pop()
            if page in reached:
                continue
            reached.add(page)
            for _, target in links(page):
                path = target.partition("#")[0]
                file = (page.parent / path).resolve() if path else page
                waiting += [file] if file.suffix == ".md" and file.is_file() else []
                waiting += file.glob("*.md") if file.is_dir() else []
        self.assertEqual([str(page.relative_to(ROOT)) for page in PAGES if page not in reached], [])


class Pictures(unittest.TestCase):
    def test_each_is_a_png_of_a_sane_size_that_a_page_shows(self):
        shown = {(page.parent / target).resolve() for page in PAGES for is_picture, target in links(page) if is_picture}
        self.assertGreater(len(shown), 2)
        self.assertEqual(shown, set(IMAGES.iterdir()))
        for file in sorted(shown):
            with self.subTest(file.name):
                octets = file.read_bytes()
                self.assertEqual((octets[:8], octets[12:16]), (b"\x89PNG\r\n\x1a\n", b"IHDR"))
                self.assertEqual(octets[-8:-4], b"IEND")
                self.assertLessEqual(len(octets), LARGEST)
                for side in struct.unpack(">II", octets[16:24]):
                    self.assertIn(side, range(200, 3000))


if __name__ == "__main__":
    unittest.main()
