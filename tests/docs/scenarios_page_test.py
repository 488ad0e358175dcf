"""docs/scenarios.md links to every scenario of the library, and to no other."""
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main():
    page = (ROOT / "docs/scenarios.md").read_text(encoding="utf-8")
    linked = re.findall(r"^\| \[([^]]+)\]\(\.\./(scenarios/[^)]+)\) \|", page, re.MULTILINE)
    there = {str(path.relative_to(ROOT)) for path in (ROOT / "scenarios").rglob("*.yaml")}
    missing, gone = there - {file for _, file in linked}, {file for _, file in linked} - there
    assert not missing, f"not in docs/scenarios.md: {sorted(missing)}"
    assert not gone, f"in docs/scenarios.md, but not there: {sorted(gone)}"
    misnamed = [(name, file) for name, file in linked if Path(file).stem != name]
    assert not misnamed, f"called by another name: {misnamed}"
    print(f"{len(linked)} scenarios")


main()
