"""Every YAML block of README.md and docs/ is a scenario that loads: check_yaml_blocks.py BINARY ROOT"""

import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
HEREDOC = re.compile(r"<<'YAML'\n(.*?)^YAML$", re.MULTILINE | re.DOTALL)


def blocks(page):
    text = page.read_text(encoding="utf-8")
    for match in [*BLOCK.finditer(text), *HEREDOC.finditer(text)]:
        yield text.count("\n", 0, match.start()) + 1, match.group(1)


def complaints(binary, yaml):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "block.yaml")
        path.write_text(yaml, encoding="utf-8")
        run = subprocess.run([binary, "check", path], capture_output=True, text=True, timeout=30)
    return "" if run.returncode == 0 and not run.stderr else run.stdout + run.stderr


def main():
    binary, root = sys.argv[1], pathlib.Path(sys.argv[2])
    pages = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    found = [(page, line, yaml) for page in pages for line, yaml in blocks(page)]
    bad = [(page, line, text) for page, line, yaml in found if (text := complaints(binary, yaml))]
    for page, line, text in bad:
        print(f"{page.relative_to(root)}:{line}: this block does not load without a word\n{text}")
    if not complaints(binary, "rules:\n- at: rcpt\n  replay: 550\n"):
        sys.exit("a block with a mistake in it was not noticed")
    print(f"{len(found) - len(bad)} passed, {len(bad)} failed")
    sys.exit(1 if bad or not found else 0)


main()
