"""script/test-docker where it cannot do its work: it says why, and is fine; a mistake in its arguments is one. What an
engine answers that is not well is a failure."""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from server_process import PATIENCE

SCRIPT = Path(__file__).resolve().parents[2] / "script/test-docker"
NEEDED = ("bash", "dirname", "timeout")
# An engine where all is well, but for what stands before. Its health is an event, and there may be others later.
ENGINE = """case "$*" in
  {but}
  events*) echo 'health_status: healthy'; exec sleep 60 ;;
  compose*\\ ps\\ *) echo 0123456789ab ;;
  image*Size*) echo 20000000 ;;
  port*) echo 127.0.0.1:4000 ;;
esac"""


class Script(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="smtp-double-test-")
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        self.have(*NEEDED)

    def have(self, *names):
        for name in names:
            (self.path / name).symlink_to(shutil.which(name))

    def engine(self, but=""):
        self.command("docker", ENGINE.replace("{but}", but))

    def command(self, name, text):
        file = self.path / name
        file.write_text(f"#!{shutil.which('bash')}\n{text}\n", encoding="utf-8")
        file.chmod(0o755)

    def outcome(self, *arguments):
        done = subprocess.run([SCRIPT, *arguments], env={"PATH": str(self.path), "HOME": os.environ.get("HOME", "/")},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=PATIENCE, check=False)
        return done.returncode, done.stdout

    def test_without_docker(self):
        self.assertEqual(self.outcome(), (0, "script/test-docker: SKIPPED: there is no docker\n"))

    def test_without_an_engine(self):
        self.command("docker", "echo Cannot connect to the Docker daemon >&2; exit 1")
        self.assertEqual(self.outcome("drill"), (0, "script/test-docker: SKIPPED: the Docker engine does not answer\n"))

    def test_without_compose(self):
        self.command("docker", "[ \"$1\" = version ]")
        self.assertEqual(self.outcome(), (0, "script/test-docker: SKIPPED: there is no docker compose\n"))

    def test_a_check_that_is_none(self):
        status, output = self.outcome("images")
        self.assertEqual((status, output), (2, "usage: script/test-docker [image static compose drill migration]\n"))

    def test_an_image_that_is_not_there_in_the_end(self):
        self.have("cat", "mktemp", "rm")
        self.engine("image*Size*) echo Error: No such image >&2; exit 1 ;;")
        status, output = self.outcome("image")
        self.assertEqual((status, output), (1, "script/test-docker: ==> image\nError: No such image\n"))

    def test_what_is_left_behind_is_no_success(self):
        self.have("cat", "grep", "mktemp", "rm", "sleep")
        self.engine("compose*\\ down\\ *) echo cannot; exit 1 ;;")
        status, output = self.outcome("migration")
        self.assertEqual(status, 1, output)
        self.assertIn("\ncannot\n", output)
        self.assertRegex(output, r"script/test-docker: FAILED: left behind: smtp-double-test-\d+-migration\n\Z")

    def test_ports_of_the_migration_are_those_of_this_machine(self):
        self.have("cat", "grep", "mktemp", "rm", "sleep")
        said = "script/test-docker: FAILED: port 8025 is published elsewhere: "
        for but, status, words in (
                ("", 0, "script/test-docker: done in "),
                ("*8025/tcp) echo 0.0.0.0:4000 ;;", 1, f"{said}0.0.0.0:4000\n"),
                ("*8025/tcp) echo 127.0.0.1:4000; echo '[::]:4000' ;;", 1, f"{said}127.0.0.1:4000\n[::]:4000\n"),
                ("*8025/tcp) exit 1 ;;", 1, f"{said}nowhere\n")):
            with self.subTest(but):
                self.engine(but)
                outcome = self.outcome("migration")
                self.assertEqual(outcome[0], status, outcome[1])
                self.assertIn(words, outcome[1])


if __name__ == "__main__":
    unittest.main()
