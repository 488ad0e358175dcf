"""What README.md shows runs."""
import re
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
README = (PACKAGE / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)

pytest_plugins = "pytester"


def test_those_for_pytest(pytester):
    tests = [block for block in BLOCKS if "def test_" in block and "unittest" not in block]
    for number, block in enumerate(tests):
        pytester.path.joinpath(f"test_block_{number}.py").write_text(block, encoding="utf-8")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=9)
    assert len(tests) == 3


def test_those_for_themselves(tmp_path):
    scripts = [block for block in BLOCKS if "def test_" not in block or "unittest" in block]
    assert len(scripts) == 2
    for block in scripts:
        done = subprocess.run([sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert ("Ran 1 test" in done.stderr) == ("unittest" in block)


def test_a_failing_unittest_shows_what_was_said(tmp_path):
    (block,) = [block for block in BLOCKS if "unittest" in block]
    for changed, failed in ((block, False), (block.replace('"Welcome*"', '"Bye*", timeout=0'), True),
                            (block.replace("message.recipients,", "message.sender,"), True)):
        done = subprocess.run([sys.executable, "-c", changed], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == failed, done.stderr
        told = re.search("session 1\n(?:.*\n)*.* C: rcpt (?:TO|to):<ann@example.com>", done.stdout)
        assert (told is not None) == failed
        assert bool(done.stdout) == failed


def test_all_of_them_are_run():
    assert len(BLOCKS) == 5
    assert 'rcpt("full@example.com")' in "".join(BLOCKS)


def test_not_installed(pytester):
    """As README.md says it is done: with the sources on the path, and the plugin by its name."""
    option = re.search(r"-p (smtp_double\.pytest_plugin)", README)[1]
    pytester.makepyfile("def test_it(double):\n    assert double.messages() == []\n")
    sources = PACKAGE / "src"
    pytester._monkeypatch.setenv("PYTHONPATH", str(sources))
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(errors=1)
    pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", option).assert_outcomes(passed=1)


def test_what_a_failure_shows(pytester):
    """The transcript of README.md, where … and the times stand for anything, in a terminal of any width."""
    (shown,) = re.findall(r"^```text\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    pytester.makepyfile("""
        import smtplib

        def test_before(double):
            pass

        def test_it(double):
            double.fail_next("550 5.1.1 No such user", recipient="nobody@example.com")
            with smtplib.SMTP(double.host, double.port) as client:
                client.sendmail("me@example.org", ["nobody@example.com"], "Hi.")
    """)
    lines = re.sub(r"\d\.\d{3}s", "?.???s", re.sub(r"-{5,}|…", "*", shown.replace("rcpt TO:", "rcpt ??:"))).splitlines()
    assert len(lines) > 5
    pytester.runpytest_subprocess("-p", "no:cacheprovider").stdout.fnmatch_lines(lines)


def test_how_it_is_installed():
    """An installer takes the folder that README.md names for this package."""
    (folder,) = re.findall(r"^pip install \./clients/(\S+)$", README, re.MULTILINE)
    assert folder == PACKAGE.name
    assert (PACKAGE / "pyproject.toml").exists()
