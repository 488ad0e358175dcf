"""Runs clients/python/tests against the package as it is installed: python_package.py BINARY [pytest's arguments]"""
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "clients" / "python"
BUILD = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"


def install(folder):
    """What an installer would put there: the wheel, built from a copy, so that nothing is left beside the sources."""
    copy = folder / "sources"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=copy, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def main():
    binary = Path(sys.argv[1]).resolve(strict=True)
    with tempfile.TemporaryDirectory(prefix="smtp-double-test-") as folder:
        installed = install(Path(folder))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SMTP_DOUBLE_")}
        environment = kept | {"SMTP_DOUBLE_BINARY": str(binary), "PYTHONPATH": str(installed),
                              "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", "/dev/null", f"--rootdir={PACKAGE}",
                   *sys.argv[2:],
                   str(PACKAGE / "tests")]
        sys.exit(subprocess.run(command, cwd=folder, env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
