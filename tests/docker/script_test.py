"""script/test-docker where it cannot do its work: it says why, and is fine; a mistake in its arguments is one."""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from server_process import PATIENCE

SCRIPT = Path(__file__).resolve().parents[2] / "script/test-docker"
NEEDED = ("bash", "dirname", "timeout")


class Script(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="smtp-double-test-")
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        for name in NEEDED:
            (self.path / name).symlink_to(shutil.which(name))

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


if __name__ == "__main__":
    unittest.main()
