"""What `cmake --install` puts where: install_test.py BUILD_FOLDER VERSION"""
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main():
    build, version = sys.argv[1:]
    with tempfile.TemporaryDirectory() as prefix:
        subprocess.run(["cmake", "--install", build, "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
        said = subprocess.run([f"{prefix}/bin/smtp-double", "--version"], check=True, capture_output=True, text=True)
        assert said.stdout == f"smtp-double {version}\n", said.stdout
        installed = {str(path.relative_to(prefix)) for path in Path(prefix).rglob("*") if path.is_file()}
    expected = {"bin/smtp-double", "share/smtp-double/smtp-double.yaml", "share/smtp-double/scenario.schema.json"}
    expected |= {f"share/smtp-double/{path.relative_to(ROOT)}" for path in (ROOT / "scenarios").rglob("*.yaml")}
    expected |= {f"share/doc/smtp-double/{name}" for name in ("README.md", "CHANGELOG.md", "LICENSE")}
    expected |= {f"share/doc/smtp-double/{path.relative_to(ROOT)}" for kind in ("md", "png")
                 for path in (ROOT / "docs").rglob(f"*.{kind}")}
    assert installed == expected, installed ^ expected
    print(f"{len(installed)} files installed")


main()
