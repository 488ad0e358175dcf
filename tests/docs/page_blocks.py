"""The blocks of the pages in Markdown, and which there are."""
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(.*)\n((?:.*\n)*?)^```$", re.MULTILINE)
# Programs that are not asked for by script/packages, and keys at the top of what such programs read.
OTHER_PROGRAMS = {"docker", "docker-compose", "helm", "kubectl", "pip", "podman", "sudo"}
OTHER_YAML = re.compile(r"^(apiVersion|services|jobs|stages|groups|scrape_configs):", re.MULTILINE)
HERE_DOCUMENT = re.compile(r"<<'?YAML'?\n(.*?)^YAML$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"(?:#|//) ([\w./-]+\.\w+)$")


@dataclass(frozen=True)
class Block:
    page: str
    line: int
    language: str
    text: str

    @property
    def name(self):
        """The file that it is, when its first line is a comment that names one."""
        named = NAME.match(self.text.partition("\n")[0])
        return named and named.group(1)

    @property
    def kind(self):
        """What is to be done with it: its language, unless it is for a program that is not here."""
        if self.language == "sh" and (program := self.text.split()[0]) in OTHER_PROGRAMS:
            return program
        if self.language == "yaml" and (key := OTHER_YAML.search(self.text)):
            return f"yaml with {key.group(1)}"
        return self.language

    @property
    def place(self):
        return f"{self.page}:{self.line}"

    def __str__(self):
        return f"{self.place}\n{self.text}"


def pages():
    """Every page for those who use the program or work on it, as a path below the root."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md"),
             *ROOT.glob("clients/*/README.md"), *ROOT.glob("docker/*/README.md")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def slug(page):
    """Its name for tests and folders."""
    return re.sub(r"\W+", "_", page.removeprefix("docs/").removesuffix(".md")).lower()


def text(page):
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page):
    whole = text(page)
    return [Block(page, whole.count("\n", 0, fence.start()) + 1, fence.group(1), fence.group(2))
            for fence in FENCE.finditer(whole)]


@dataclass(frozen=True)
class Scenario:
    """A text that is to be one, or settings."""
    place: str
    name: str
    text: str
    behind: Block | None

    @property
    def is_settings(self):
        return self.name.endswith("smtp-double.yaml")

    @property
    def needs_files(self):
        """That its page makes."""
        return ".pem" in self.text

    @property
    def is_mistaken(self):
        """On purpose: the block behind it shows what the program says to that."""
        return (self.behind is not None and self.behind.language == "console" and
                re.search(rf"{re.escape(self.name)}:\d+:\d+: ", self.behind.text) is not None)


def scenarios(page):
    found = blocks(page)
    for block, behind in zip(found, [*found[1:], None]):
        if block.kind == "yaml":
            yield Scenario(block.place, block.name or "block.yaml", block.text, behind)
        elif block.kind == "sh":
            for here in HERE_DOCUMENT.findall(block.text):
                yield Scenario(block.place, "block.yaml", here, None)


def prose(page):
    """The page without its blocks, line for line."""
    return FENCE.sub(lambda fence: "\n" * fence.group().count("\n"), text(page))


def indented(page):
    """Where there are blocks without a fence, whose language nobody knows."""
    lines = prose(page).splitlines()
    return [f"{page}:{number}" for number, (above, line) in enumerate(zip(lines, lines[1:]), 2)
            if line.startswith("    ") and not above.strip()]
