"""docker/compose.yaml as plain processes: its scenarios, its application, and its tests, which are the same files."""
import re
import subprocess
import sys
import unittest

from fixtures import DOCKER, environment, mailer
from server_process import ServerProcess

SECONDS = 300  # for all its tests together, with a sanitizer on a busy machine


class Compose(unittest.TestCase):
    def outcome(self, **settings):
        """(status, output) of its tests."""
        with ServerProcess([str(DOCKER / "compose/scenarios")], admin="127.0.0.1:0") as double:
            with mailer(double.port, MAILER_FIRST_GAP=0.3, **settings) as url:
                done = subprocess.run([sys.executable, "-B", "-m", "unittest", "-v", "mailer_test"],
                                      cwd=DOCKER / "compose/tests", timeout=SECONDS, check=False, text=True,
                                      env=environment(MAILER_URL=url, SMTP_DOUBLE_URL=f"http://{double.admin}"),
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout

    def test_its_tests_pass(self):
        status, output = self.outcome(MAILER_ATTEMPTS=5)
        self.assertEqual(status, 0, output)
        self.assertGreaterEqual(int(re.search(r"^Ran (\d+) tests", output, re.MULTILINE).group(1)), 8)

    def test_they_find_a_mailer_that_never_tries_again(self):
        status, output = self.outcome(MAILER_ATTEMPTS=1)
        self.assertEqual(status, 1, output)
        for name in ("test_a_lost_reply_delivers_twice", "test_content_that_is_refused_twice",
                     "test_greylisting_is_waited_out"):
            self.assertRegex(output, rf"(?m)^FAIL: {name} ")
        for name in ("test_a_mail_arrives_as_it_was_written", "test_a_permanent_failure_is_not_retried"):
            self.assertRegex(output, rf"(?m)^{name} .*ok$")

    def test_they_find_a_mailer_whose_gaps_do_not_grow(self):
        status, output = self.outcome(MAILER_ATTEMPTS=5, MAILER_FACTOR=0.5)
        self.assertEqual(status, 1, output)
        self.assertRegex(output, r"(?m)^FAIL: test_gaps_between_attempts_grow ")


if __name__ == "__main__":
    unittest.main()
