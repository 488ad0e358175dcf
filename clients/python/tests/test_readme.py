"""What README.md shows runs."""
import re
import subprocess
import sys
from pathlib import Path

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
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


def test_all_of_them_are_run():
    assert len(BLOCKS) == 5
    assert 'rcpt("full@example.com")' in "".join(BLOCKS)


def test_not_installed(pytester):
    """As README.md says it is done: with the sources on the path, and the plugin by its name."""
    option = re.search(r"-p (smtp_double\.pytest_plugin)", README)[1]
    pytester.makepyfile("def test_it(double):\n    assert double.messages() == []\n")
    sources = Path(__file__).resolve().parents[1] / "src"
    pytester._monkeypatch.setenv("PYTHONPATH", str(sources))
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(errors=1)
    pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", option).assert_outcomes(passed=1)
