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
    result.assert_outcomes(passed=8)
    assert len(tests) == 2


def test_those_for_themselves(tmp_path):
    scripts = [block for block in BLOCKS if "def test_" not in block or "unittest" in block]
    assert len(scripts) == 2
    for block in scripts:
        done = subprocess.run([sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
