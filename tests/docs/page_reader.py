"""Does what a page tells its reader to do, from the first block to the last. What a block is, its language says:

yaml, python, js  the file that a comment in the first line names; without one Python and JavaScript are run
sh                commands. Each line that serves does so until the next one; the others are run beside it and have to
                  succeed, unless comments at the end say what they print when they do not
console           commands behind `$ `, and what they print
log               what the server that serves at that point logs, sooner or later
json              what the block above printed, if that was of sh
text, lua         nothing that could be run; blocks_test.py lists them, and what is for programs that are not here

`script/server` is the program. Other programs of the repository take long: they and the words they are given have to be
there. What the reader has before the page begins is in a folder of readers/.
"""
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import said
import server_process
from page_blocks import ROOT, blocks, slug
from server_process import ServerProcess

MODULES = ROOT / "tests" / "clients" / "node_modules"
SAYS = re.compile(r"^# (.*)\n", re.MULTILINE)
OURS = re.compile(r"^(?:\./)?((?:script|tests)/\S+)(.*)\n", re.MULTILINE)
COMMENT = re.compile(r"\s+# .*$")
OTHER_COMMANDS = {"run", "check", "explain", "scenarios", "schema", "ca", "healthcheck", "help", "--help", "--version"}
SERVES = re.compile(r"((?:\w+=\S+ )*)smtp-double((?: [^\n&|>;]*)?)")
LISTENS = {"--listen": ("smtp", "127.0.0.1:1025"), "--listen-tls": ("smtps", None), "--listen-lmtp": ("lmtp", None),
           "--admin": ("admin", "127.0.0.1:8025")}
USUAL_PORTS = re.compile(r"127\.0\.0\.1[: ](\d{4})\b|localhost[: ](\d{4})\b")


def serving(line):
    """The variables and the words of a command that serves, or None."""
    found = SERVES.fullmatch(COMMENT.sub("", line))
    if found is None:
        return None
    words = found.group(2).split()
    if words and words[0] in OTHER_COMMANDS:
        return None
    return dict(word.split("=", 1) for word in found.group(1).split()), words


def without_addresses(words):
    """The words without those that say where to listen, and what those were."""
    rest, told = [], {flag: [] for flag in LISTENS}
    words = iter(words)
    for word in words:
        (told[word].append(next(words)) if word in told else rest.append(word))
    return rest, told


def free(address):
    """The same kind of address, on a free port of the loopback."""
    if "unix:" in address or address == "off":
        return address
    return ("proxy:" if address.startswith("proxy:") else "") + "127.0.0.1:0"


def check_script(test, path, words):
    """A program of the repository that a page names, with what it gives it."""
    test.assertTrue(os.access(ROOT / path, os.X_OK), f"{path} is no program")
    known = (ROOT / path).read_text(encoding="utf-8")
    if path == "script/bench":
        known += subprocess.run([ROOT / path, "--help"], capture_output=True, text=True, check=True).stdout
    for word in re.findall(r"[^\s,]+", COMMENT.sub("", words)):
        if re.fullmatch(r"--?[a-z][a-z-]*|[a-z0-9-]+", word):
            test.assertRegex(known, rf"(?<![\w-]){re.escape(word)}(?![\w-])", f"{path} does not know {word}")


class Reader:
    """Follows one page in a folder of its own."""

    def __init__(self, test, folder):
        self.test = test
        self.folder = Path(folder)
        self.server = None
        self.ports = {}
        self.printed = None
        self.logged = 0
        (self.folder / "smtp-double").symlink_to(server_process.BINARY)
        for package in ("clients/node", "clients/python/src"):  # without the tests, which pytest would find
            (self.folder / package).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / package).symlink_to(ROOT / package)
        self.environment = server_process.environment(
            {"PATH": f"{folder}:{os.environ['PATH']}", "HOME": folder, "NODE_PATH": str(MODULES),
             "SMTP_DOUBLE_LISTEN": "127.0.0.1:0", "PYTHONDONTWRITEBYTECODE": "1", "npm_config_offline": "true"})

    def follow(self, page, without=()):
        project = Path(__file__).with_name("readers") / slug(page)
        if project.is_dir():
            shutil.copytree(project, self.folder, dirs_exist_ok=True, symlinks=True)
        try:
            for block in blocks(page):
                if block.language in without:
                    continue
                with self.test.subTest(block.place):
                    self.do(block)
        finally:
            self.leave()

    def do(self, block):
        if block.language != "json":
            self.test.assertNotRegex(self.printed or "", r'^\{"errors"', "an error that the page does not show")
        if block.name and block.language not in ("sh", "console", "log"):
            self.write(block)
        elif block.kind in ("sh", "console", "log", "json", "python", "js"):
            getattr(self, block.kind)(block.text)
        if block.language != "sh":
            self.printed = None

    def write(self, block):
        path = self.folder / block.name
        self.test.assertTrue(path.resolve().is_relative_to(self.folder.resolve()), block.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.here(block.text) if block.language in ("python", "js") else block.text, encoding="utf-8")

    def leave(self):
        if self.server is not None:
            self.server.__exit__(None)
        self.server = None
        self.ports = {}
        self.logged = 0

    def serve(self, variables, words):
        self.leave()
        words, told = without_addresses(words)
        options, shown = [], []
        elsewhere = any(told[flag] for flag in LISTENS if flag != "--admin")
        for flag, (name, usual) in LISTENS.items():
            for address in told[flag] or ([usual] if usual and (name == "admin" or not elsewhere) else []):
                options += [flag, free(address)]
                shown.append((name, address))
        self.server = ServerProcess(words, *options, listen=(), admin=None, variables=variables, cwd=self.folder)
        real = {name: value.split(",") for name, value in self.server.ready.items()}
        for name, address in shown:
            if address != "off" and "unix:" not in address:
                self.ports[address.rpartition(":")[2]] = real[name].pop(0).rpartition(":")[2]

    def here(self, text):
        """With the ports of this run in place of the reader's, and the server's process for PID."""
        for port in (word for found in USUAL_PORTS.findall(text) for word in found if word):
            self.test.assertIn(port, self.ports, "nothing serves there at this point of the page")
        if self.ports:
            text = re.sub(rf"\b({'|'.join(self.ports)})\b", lambda found: self.ports[found.group()], text)
        return re.sub(r"\bPID\b", str(self.server.pid), text) if self.server else text

    def run(self, command):
        return subprocess.run(command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=server_process.PATIENCE,
                              check=False)

    def bash(self, text):
        return self.run(["bash", "-o", "pipefail", "-c", self.here(text)])

    def sh(self, text):
        """What the commands between two that serve print is for the block below."""
        text = re.sub(r"^(?:\./)?script/server\b", "smtp-double", text, flags=re.MULTILINE)
        for path, words in OURS.findall(text):
            check_script(self.test, path, words)
        waiting = ""
        for line in OURS.sub("", text).splitlines():
            if (found := serving(line)) is None:
                waiting += line + "\n"
            else:
                self.commands(waiting)
                self.serve(*found)
                waiting = ""
        self.commands(waiting)

    def commands(self, text):
        if not COMMENT.sub("", text).strip():
            return
        expected = SAYS.findall(text)
        done = self.bash(text)
        self.printed = done.stdout
        if not expected:
            self.test.assertEqual(done.returncode, 0, done.stdout)
            return
        self.test.assertNotEqual(done.returncode, 0, done.stdout)
        for line in expected:
            self.test.assertIn(line, done.stdout)

    def console(self, text):
        commands = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE)
        self.test.assertTrue(text.startswith("$ "), "no command")
        for command, shown in commands:
            if (found := serving(command)) is not None and "READY " in shown:
                self.serve(*found)
                self.server.stdout.wait_for(said.pattern(self.here(shown)))
                continue
            done = self.bash(command)
            if not re.fullmatch(said.pattern(self.here(shown)), done.stdout, re.MULTILINE):
                self.test.fail(f"$ {command}\nprints\n{done.stdout}\nwhere the page has\n{shown}")
            if not shown:
                self.test.assertEqual(done.returncode, 0, command)

    def log(self, text):
        self.test.assertIsNotNone(self.server, "nothing serves at this point of the page")
        expected, log = said.pattern(self.here(text)), self.server.log
        before = len(re.findall(expected, log.text()[:self.logged], re.MULTILINE))  # what other blocks have had
        self.logged = log.wait_for(expected, count=before + 1)[before].end()

    def json(self, text):
        shown = json.loads(text)
        if self.printed is not None:
            self.test.assertEqual(json.loads(self.printed), shown)

    def python(self, text):
        done = self.run([sys.executable, "-c", self.here(text)])
        self.test.assertEqual(done.returncode, 0, done.stdout)

    def js(self, text):
        self.test.assertTrue(MODULES.is_dir(), "nodemailer is not there: npm ci --prefix tests/clients")
        done = self.run(["node", "-e", self.here(text)])
        self.test.assertEqual(done.returncode, 0, done.stdout)
