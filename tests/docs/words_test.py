"""What the pages name is there, and nothing is left out: words of the language, of the settings, of the API and of the
sources."""
import json
import re
import sys
import unittest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1] / "house")]

import check_layout  # noqa: E402
import page_blocks  # noqa: E402
from page_blocks import ROOT  # noqa: E402

SCHEMA = json.loads((ROOT / "config/scenario.schema.json").read_text(encoding="utf-8"))["definitions"]
API = json.loads((ROOT / "server/admin/openapi.json").read_text(encoding="utf-8"))
LANGUAGE = page_blocks.text("docs/scenario-language.md")
CODE = re.compile(r"`([^`]+)`")
LINKED = re.compile(r"\]\([^)]*\)")


def keys(definition):
    return set(SCHEMA[definition]["properties"])


def table(text, head):
    """The cells of the table that begins with this head, row by row."""
    _, found, behind = text.partition(f"\n| {head} |")
    assert found, f"no table {head}"
    rows = behind.split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.replace("\\|", "¦").strip("|").split("|")] for row in rows]


def first_column(text, head):
    return {word for row in table(text, head) for word in CODE.findall(row[0])}


def section(text, heading):
    return re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#)", text + "\n#", re.MULTILINE | re.DOTALL).group(1)


def enumerations(schema):
    """All the words that any part of this schema names."""
    if isinstance(schema, dict):
        return set(map(str, schema.get("enum", []))).union(*map(enumerations, schema.values()))
    return set().union(*map(enumerations, schema)) if isinstance(schema, list) else set()


class Language(unittest.TestCase):
    def test_keys_of_a_rule(self):
        self.assertEqual(first_column(section(LANGUAGE, "A rule"), "key"), keys("rule"))
        self.assertIn("`repeat`", section(LANGUAGE, "One after the other"))

    def test_stages(self):
        self.assertLessEqual(set(SCHEMA["stage"]["enum"]), set(CODE.findall(section(LANGUAGE, "Stages"))))

    def test_fields(self):
        told = first_column(section(LANGUAGE, "Conditions"), "field")
        self.assertEqual(told - {"header.NAME", "parameter.NAME"}, keys("condition") - {"any", "all", "not"})

    def test_malformed_replies(self):
        names, last = set(), ""
        for row in table(section(LANGUAGE, "Malformed replies"), "`malformed`"):
            for name in CODE.findall(row[0]):
                last = last[:-2] + name if name.startswith("-") else name
                names.add(last)
        self.assertEqual(names, set(SCHEMA["malformed"]["enum"]))
        self.assertIn(f"{len(names)} named ways", page_blocks.text("README.md"))

    def test_then(self):
        self.assertEqual(first_column(section(LANGUAGE, "delay and then"), "`then`"), enumerations(SCHEMA["then"]))

    def test_exhausted(self):
        self.assertEqual(first_column(LANGUAGE, "`exhausted`"), enumerations(SCHEMA["rule"]["properties"]["exhausted"]))

    def test_tls(self):
        self.assertEqual(first_column(section(LANGUAGE, "TLS"), "key of `tls`"), keys("tls"))
        words = enumerations(SCHEMA["tls"]["properties"]["certificate"])
        row = next(row for row in table(LANGUAGE, "key of `tls`") if row[0] == "`certificate`")
        self.assertEqual(set(CODE.findall(row[1])) - {"smtp-double ca --crl"}, words)
        page = page_blocks.text("docs/tls.md")
        self.assertEqual(first_column(page, "`certificate`") - {"server.pem"}, words)
        told = {key.partition(":")[0] for key in first_column(page, "key of `tls`")}
        self.assertEqual(told, keys("tls") - {"certificate", "key"})

    def test_auth(self):
        page = page_blocks.text("docs/auth.md")
        self.assertEqual(first_column(page, "key of `auth`"), keys("auth"))
        self.assertEqual(first_column(page, "mechanism"), enumerations(SCHEMA["auth"]["properties"]["mechanisms"]))

    def test_verify(self):
        self.assertEqual(first_column(LANGUAGE, "`verify`"), keys("verify"))

    def test_server(self):
        texts = [block.text for block in page_blocks.blocks("docs/scenario-language.md")]
        (block,) = (text for text in texts if "  limits:\n" in text)
        self.assertEqual(set(re.findall(r"^  ([\w-]+):", block, re.MULTILINE)), keys("server"))
        limits = block.partition("  limits:\n")[2]
        self.assertEqual(set(re.findall(r"^    ([\w-]+):", limits, re.MULTILINE)), keys("limits"))

    def test_extensions(self):
        known = re.search(r"^Known are (.*?)\.", LANGUAGE, re.MULTILINE | re.DOTALL).group(1)
        self.assertEqual(set(re.split(r",\s+|\s+and\s+", known)), set(SCHEMA["known-extension"]["enum"]))


class Settings(unittest.TestCase):
    def test_keys(self):
        rows = table(page_blocks.text("docs/command-line.md"), "flag")
        told = {key.partition(".")[0] for row in rows for key in CODE.findall(row[2])}
        text = (ROOT / "config/smtp-double.yaml").read_text(encoding="utf-8")
        self.assertEqual(told | {"limits"}, set(re.findall(r"^#? ?([a-z][a-z-]*):", text, re.MULTILINE)))


class Api(unittest.TestCase):
    def test_calls_are_those_of_the_server(self):
        page = page_blocks.text("docs/admin-api.md")
        told = set(re.findall(r"(?:…|/v1)/[\w/%.-]+|(?<=[ `])/[a-z]+(?:\.json)?(?=`)", page))
        self.assertGreater(len(told), 20)
        there = set(API["paths"]) - {"/", "/{file}"}  # the page for people
        self.assertEqual([call for call in told if not any(is_call(call, path) for path in there)], [], "no call")
        self.assertEqual([path for path in there if not any(is_call(call, path) for call in told)], [], "not told")


def is_call(told, path):
    """Whether the page means this path: … is the rest of it, or what was named just before."""
    told, path = told.strip("/").split("/"), path.strip("/").split("/")
    if told[0] == "…":
        told, path = told[1:], path[-len(told) + 1:]
    return len(told) == len(path) and all(there.startswith("{") or there == word for word, there in zip(told, path))


class Sources(unittest.TestCase):
    def test_rooms(self):
        rooms = {row[0].strip("`/").rpartition("/")[2]: row[2]
                 for row in table(page_blocks.text("CONTRIBUTING.md"), "folder | what")
                 if row[0].startswith("`server/") or row[0] == "`config/`"}
        self.assertEqual(rooms.keys(), check_layout.ROOMS.keys())
        for room, told in rooms.items():
            with self.subTest(room):
                may = check_layout.ROOMS[room]
                self.assertEqual(told, "the standard library only" if not may else told)
                self.assertEqual(told == "everything", room == "app")
                if may and room != "app":
                    self.assertEqual(set(told.split(", ")), may)
        there = {path.name for path in (ROOT / "server").iterdir() if path.is_dir()} | {"config"}
        self.assertEqual(set(check_layout.ROOMS), there)
        told = first_column(page_blocks.text("docs/architecture.md"), "room")
        self.assertEqual({room.strip("/").rpartition("/")[2] for room in told}, there)

    def test_names_in_the_architecture(self):
        text = "\n".join(path.read_text(encoding="utf-8") for top in ("server", "config", "tests")
                         for path in (ROOT / top).rglob("*") if path.suffix in (".hpp", ".cpp", ".js"))
        pages = ["docs/architecture.md", *(page for page in page_blocks.pages() if "/decisions/" in page)]
        names = {(page, part) for page in pages for name in CODE.findall(page_blocks.prose(page))
                 if re.fullmatch(r"[A-Z][a-z]+[A-Za-z]*(::\w+\(\))?|\w+\(\)", name)
                 for part in re.findall(r"\w+", name)}
        self.assertGreater(len(names), 30)
        self.assertEqual([name for name in sorted(names) if not re.search(rf"\b{name[1]}\b", text)], [])

    def test_files(self):
        """Those that a page names, with and without backticks and in commands; links_test.py has the links."""
        folders = sorted(path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "build")
        tops = "|".join(map(re.escape, folders))
        name = re.compile(rf"(?<![\w/:.-])(?:\./)?((?:{tops})/[\w./-]*\w)")
        theirs = {"tests/mail"}  # the reader's own
        named = {(page, path) for page in page_blocks.pages()
                 for path in name.findall(LINKED.sub("", page_blocks.text(page))) if path not in theirs}
        self.assertGreater(len(named), 40)
        self.assertEqual([(page, path) for page, path in sorted(named) if not (ROOT / path).exists()], [])

    def test_presets(self):
        presets = json.loads((ROOT / "CMakePresets.json").read_text(encoding="utf-8"))
        told = re.search(r"`build/<preset>`: (.*?)\.", page_blocks.text("CONTRIBUTING.md"), re.DOTALL).group(1)
        there = {preset["name"] for preset in presets["workflowPresets"]}
        self.assertEqual(set(CODE.findall(told)), there)

    def test_envelopes(self):
        page = page_blocks.text("docs/folders.md")
        example = re.search(r"^\{\n.*?^\}$", page, re.MULTILINE | re.DOTALL).group()
        shown = set(re.findall(r'"(\w+)":', example))
        told = {word for row in table(page, "key") for cell in row[:2] for word in CODE.findall(cell)}
        self.assertEqual(told, shown)


if __name__ == "__main__":
    unittest.main()
