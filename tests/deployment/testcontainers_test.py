"""docker/testcontainers: the examples in Python and JavaScript run, with the program itself in place of a container; of
those in Go and Java, the questions that they put to the admin API."""
import json
import re
import shutil
import smtplib
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

import image
import server_process
from server_process import PATIENCE, ServerProcess, environment

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FOLDER = ROOT / "docker" / "testcontainers"
MODULES = ROOT / "tests" / "clients" / "node_modules"
ASKS = {".go": re.compile(r'\.ask\(t, "(\w+)", ("\w*"|`[^`]*`)\)'),
        ".java": re.compile(r'\bask\("(\w+)", ((?:"(?:[^"\\]|\\.)*"[\s+]*)+)\)')}
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


def questions(path):
    """What the example posts, in the order of the file: (what, text)."""
    for what, written in ASKS[path.suffix].findall(path.read_text(encoding="utf-8")):
        raw = written.startswith("`")
        yield what, written.strip("`") if raw else "".join(json.loads(text) for text in TEXT.findall(written))


class Running(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="smtp-double-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_example(self, name, command, variables=None, wrong=None):
        text = (FOLDER / name).read_text(encoding="utf-8")
        if wrong:
            self.assertIn(wrong[0], text)
            text = text.replace(*wrong)
        (self.folder / Path(name).name).write_text(text, encoding="utf-8")
        variables = {"SMTP_DOUBLE_BINARY": server_process.BINARY} | (variables or {})
        return subprocess.run(command, cwd=self.folder, env=environment(variables), stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=2 * PATIENCE, check=False)

    def python(self, wrong=None):
        return self.run_example("python/test_mail.py", [sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider"],
                                {"PYTHONPATH": str(HERE / "stand_in" / "python")}, wrong)

    def node(self, wrong=None):
        self.assertTrue(MODULES.is_dir(), "nodemailer is not there: npm ci --prefix tests/clients")
        modules = self.folder / "node_modules"
        if not modules.exists():
            (modules / "testcontainers").mkdir(parents=True)
            shutil.copy(HERE / "stand_in" / "node" / "testcontainers.mjs", modules / "testcontainers" / "index.mjs")
            (modules / "testcontainers" / "package.json").write_text('{"exports": "./index.mjs"}', encoding="utf-8")
            (modules / "nodemailer").symlink_to(MODULES / "nodemailer")
        return self.run_example("node/mail.test.mjs", ["node", "--test", "mail.test.mjs"], wrong=wrong)

    def test_python(self):
        done = self.python()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("2 passed", done.stdout)

    def test_node(self):
        done = self.node()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"(?m)^# pass 2$|^. pass 2$")

    def test_they_fail_when_what_they_say_is_not_so(self):
        for run, quote in ((self.python, '"'), (self.node, "'")):
            done = run((f"{quote}full@*{quote}", f"{quote}fool@*{quote}"))
            self.assertEqual(done.returncode, 1, done.stdout)
            done = run((f"no room{quote}: 1", f"no room{quote}: 2"))
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn("expected 2 hits of rule 'no room'", done.stdout)


class Asking(unittest.TestCase):
    """Those whose languages are not here: their words to the server are held against it."""

    def post(self, server, what, text):
        request = urllib.request.Request(f"http://{server.admin}/v1/doubles/main/{what}", text.encode(), method="POST",
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.read().decode()

    def send(self, server, recipient):
        with smtplib.SMTP("127.0.0.1", server.port, timeout=PATIENCE) as client:
            client.sendmail("shop@example.org", [recipient], "Subject: Your parcel\r\n\r\nIt is on its way.\r\n")

    def followed(self, path, first):
        asked = list(questions(path))
        self.assertEqual([what for what, _ in asked], first)
        asked = dict(asked)
        with ServerProcess(admin="127.0.0.1:0") as server:
            self.post(server, "reset", asked["reset"])
            self.send(server, "ann@example.com")
            self.assertIn('"subject":"Your parcel"', self.post(server, "wait", asked["wait"]))
            self.post(server, "reset", asked["reset"])
            self.post(server, "rules", asked["rules"])
            with self.assertRaises(urllib.error.HTTPError) as unmet:
                self.post(server, "verify", asked["verify"])
            self.assertEqual(unmet.exception.code, 406)
            unmet.exception.close()
            with self.assertRaises(smtplib.SMTPRecipientsRefused) as refused:
                self.send(server, "full@example.com")
            self.assertEqual(refused.exception.recipients, {"full@example.com": (452, b"4.2.2 Mailbox full")})
            self.post(server, "verify", asked["verify"])

    def test_go(self):
        self.followed(FOLDER / "go" / "mail_test.go", ["reset", "wait", "reset", "rules", "verify"])

    def test_java(self):
        self.followed(FOLDER / "java" / "MailTest.java", ["reset", "wait", "rules", "verify"])

    def test_all_four_start_the_same(self):
        examples = [path for path in FOLDER.rglob("*") if path.is_file() and path.name != "README.md"]
        self.assertEqual(len(examples), 4)
        for path in examples:
            text = path.read_text(encoding="utf-8")
            for word in ("smtp-double:latest", "/readyz", "1025", "8025"):
                self.assertIn(word, text, path)

    def test_the_image_is_as_they_need_it(self):
        variables = image.variables()
        self.assertEqual(variables["SMTP_DOUBLE_LISTEN"], "0.0.0.0:1025")
        self.assertEqual(variables["SMTP_DOUBLE_ADMIN"], "0.0.0.0:8025")
        self.assertEqual(variables["SMTP_DOUBLE_ADMIN_OPEN"], "true")
