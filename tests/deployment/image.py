"""What docker/Dockerfile says of the image that it makes by default, its last stage."""
import re
from pathlib import Path

DOCKERFILE = Path(__file__).resolve().parents[2] / "docker" / "Dockerfile"


def instructions(name):
    """Those of this name, what stands behind it, in the last stage."""
    text = DOCKERFILE.read_text(encoding="utf-8").replace("\\\n", " ")
    stage = re.split(r"^FROM ", text, flags=re.MULTILINE)[-1]
    return re.findall(rf"^{name}\s+(.*)$", stage, re.MULTILINE)


def variables():
    return dict(pair.split("=", 1) for line in instructions("ENV") for pair in line.split())


def ports():
    return {int(port) for line in instructions("EXPOSE") for port in line.split()}


def user():
    """Its numbers: user and group."""
    (who,) = instructions("USER")
    return tuple(int(number) for number in who.split(":"))
