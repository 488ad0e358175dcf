"""Every block of the pages is of a kind that a test knows, every scenario loads, and what a line names is there."""
import json
import re
import shutil
import tempfile
import unittest
from pathlib import Path

import server_process
from page_blocks import ROOT, blocks, indented, pages, prose, scenarios
from page_reader import OTHER_COMMANDS
from server_process import ServerProcess

RUN = {"sh", "console", "log", "yaml", "json", "python", "js"}
# Blocks that nothing is done with: syntax, pictures, what is for other programs. A page that has some says so here.
NOT_RUN = {
    "README.md": ["text"],  # a container
    "clients/python/README.md": ["pip", "text"],  # tests/test_readme.py there has both
    "docs/architecture.md": ["text"],
    "docs/command-line.md": ["text"],
    "docs/deployment.md": ["kubectl", "kubectl", "text"],
    "docs/docker.md": ["text"] * 7,  # containers: tests/docker and script/test-docker
    "docs/editor.md": ["lua"],
    "docs/getting-started.md": ["text", "text"],  # containers
    "docs/reply-codes.md": ["text"],
    "docs/security.md": ["text"],
}
IN_A_LINE = re.compile(r"`smtp-double( [^`]+)`")
LIBRARY_NAME = re.compile(r"`((?:[a-z]+)/[a-z0-9-]+)`")


class Blocks(unittest.TestCase):
    def test_they_have_a_language_that_says_what_is_done_with_them(self):
        self.assertEqual([place for page in pages() for place in indented(page)], [], "a block without a fence")
        not_run = {page: [block.kind for block in blocks(page) if block.kind not in RUN] for page in pages()}
        self.assertEqual({page: kinds for page, kinds in not_run.items() if kinds}, NOT_RUN)

    def check(self, name, text):
        """What the program says of a scenario; "" if it takes it without a word."""
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, name).parent.mkdir(parents=True, exist_ok=True)
            Path(folder, name).write_text(text, encoding="utf-8")
            self.certificates(folder, re.findall(r"[\w-]+\.pem", text))
            done = server_process.run("check", name, cwd=folder)
        return "" if done.returncode == 0 and not done.stderr else done.stdout + done.stderr

    def certificates(self, folder, names):
        """A scenario may name files that its page has made before."""
        if names:
            server_process.run("ca", "--tls-dir", folder)
        for name in names:
            shutil.copy(Path(folder, "ca-key.pem" if "key" in name else "ca.pem"), Path(folder, name))

    def test_every_scenario_loads_without_a_word_or_its_page_has_the_words(self):
        checked = 0
        for page in pages():
            for scenario in scenarios(page):
                with self.subTest(scenario.place):
                    checked += 1
                    if scenario.is_settings:
                        self.settings(scenario.text)
                    else:
                        complaint = self.check(scenario.name, scenario.text)
                        self.assertEqual(complaint != "", scenario.is_mistaken, complaint)
        self.assertGreater(checked, 40)

    def settings(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "smtp-double.yaml")
            path.write_text(text, encoding="utf-8")
            with ServerProcess((), "--config", path, cwd=folder):
                pass

    def test_a_mistake_is_noticed(self):
        self.assertIn("did you mean 'reply'", self.check("block.yaml", "rules:\n- at: rcpt\n  replay: 550\n"))


class InALine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.library = set(re.findall(r"^\w\S+|^  \S+|^\S+/$", server_process.run("scenarios").stdout, re.MULTILINE))

    def known(self, name):
        return server_process.run("check", name).returncode == 0

    def flags(self, command):
        return set(re.findall(r"--[a-z][a-z-]*", server_process.run("help", command).stdout))

    def test_commands(self):
        tried = 0
        for page in pages():
            for words in IN_A_LINE.findall(prose(page)):
                with self.subTest(page=page, words=words):
                    self.command(words.split(" -- ")[0])
                    tried += 1
        self.assertGreater(tried, 20)

    def command(self, line):
        first, *rest = line.split()
        command, words = (first, rest) if first in OTHER_COMMANDS else ("serve", [first, *rest])
        if command in ("explain", "scenarios", "schema") and not re.search(r"[A-Z]{2}|…", line):
            quoted = re.findall(r'"[^"]*"|\S+', line)
            self.assertEqual(server_process.run(*(word.strip('"') for word in quoted)).returncode, 0)
        for flag in (word for word in words if word.startswith("--")):
            self.assertIn(flag, self.flags(command))
        if command in ("serve", "run", "check"):
            for name in words:
                if re.fullmatch(r"[a-z][a-z0-9-]*(/[a-z0-9-]+)?", name):
                    self.assertTrue(self.known(name), f"{name} is not in the library")

    def test_forms_of_the_language(self):
        """`KEY: VALUE` of a rule, in a line of any page or a table, loads; but what the page says that is warned of."""
        keys = json.loads((ROOT / "config/scenario.schema.json").read_text(encoding="utf-8"))["definitions"]["rule"]
        named = {form for page in pages() if page.startswith("docs/")
                 for form in re.findall(r"`([\w-]+: [^`]+)`", prose(page)) if form.partition(":")[0] in keys["properties"]}
        forms = {form for form in named if not re.search(r"…|\\\||\b[A-Z]{4,}\b|\{crl\}|#42|^tls: true$", form)}
        self.assertGreater(len(forms), 20)
        for form in sorted(forms):
            with self.subTest(form):
                self.assertEqual(self.complaint(form), "")

    def complaint(self, form):
        """About a rule with this form in it, and groups for its variables."""
        key = form.partition(":")[0]
        stage = {"tls": "tls", "read-pace": "body"}.get(key, "rcpt")
        parts = [form] if key == "at" else [f"at: {stage}", form]
        if "{{" in form:
            parts.append("when: {helo: {regex: '^(?P<code>x)(?P<wait>y)'}}")
        if key not in ("reply", "raw", "tls", "read-pace"):
            parts.append("reply: 550")
        if key in ("per", "window"):
            parts.append("times: 1")
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "form.yaml").write_text(f"rules: [{{{', '.join(parts)}}}]\n", encoding="utf-8")
            done = server_process.run("check", "form.yaml", cwd=folder)
        return done.stdout.replace("form.yaml: ok, 1 rule\n", "") + done.stderr

    def test_forms_of_conditions(self):
        """Each of the table is taken for one field at least."""
        rows = prose("docs/scenario-language.md").split("| form | holds when |\n")[1].split("\n\n")[0].splitlines()[1:]
        forms = [form for row in rows for form in re.findall(r"`([^`]+)`", row.split(" | ")[0])]
        self.assertGreater(len(forms), 14)
        for form in forms:
            with self.subTest(form):
                fields = ("helo", "client.ip", "session", "state.age", "early-talker")
                self.assertIn("", [self.complaint(f"when: {{{field}: {form}}}") for field in fields])

    def test_pasted_lines(self):
        """Each of the table is understood as the code that it has."""
        page = prose("docs/reply-codes.md").split("### Pasted lines")[1]
        rows = re.findall(r"^\| [^|]* \| (`.*) \|$", page, re.MULTILINE)
        lines = [line for row in rows for line in re.findall(r"`([^`]+)`", row)]
        self.assertGreater(len(lines), 10)
        for line in lines:
            with self.subTest(line):
                code = re.search(r"\b[245][0-5]\d\b", line.replace("192.0.2.1", "")).group()
                self.assertEqual(server_process.run("explain", line).stdout[:5], f"{code}  ")

    def test_names_of_the_library(self):
        folders = {path.name for path in (ROOT / "scenarios").iterdir() if path.is_dir()}
        named = {(page, name) for page in pages() for name in LIBRARY_NAME.findall(prose(page))
                 if name.partition("/")[0] in folders}
        self.assertGreater(len(named), 40)
        gone = [(page, name) for page, name in sorted(named) if not (ROOT / f"scenarios/{name}.yaml").exists()]
        self.assertEqual(gone, [])

    def test_flags_and_variables_are_those_of_the_page(self):
        page = prose("docs/command-line.md").split("## Serving")[1].split("##")[0]
        rows = [line for line in page.splitlines() if line.startswith("| `")]
        told = {flag for row in rows for flag in re.findall(r"`(--[a-z-]+)", row.split("|")[1])}
        self.assertEqual(told, self.flags("serve") - {"--help", "--version"})
        variables = {name for row in rows for name in re.findall(r"SMTP_DOUBLE_\w+", row)}
        self.assertEqual(variables, set(re.findall(r"SMTP_DOUBLE_\w+", server_process.run("help", "serve").stdout)))

    def test_subcommands_are_those_of_the_page(self):
        usage = next(block.text for block in blocks("docs/command-line.md") if block.language == "text")
        told = set(re.findall(r"^smtp-double (\w+)", usage, re.MULTILINE)) | {"serve"}
        listed = server_process.run("help").stdout.split("Subcommands:\n")[1]
        self.assertEqual(told, set(re.findall(r"^  (\w+)", listed, re.MULTILINE)))


if __name__ == "__main__":
    unittest.main()
