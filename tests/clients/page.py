"""docs/clients.md: its tables, which say what the tests have seen."""
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "clients.md"
CELL = re.compile(r"(?<!\\)\|")


def label(client):
    """As it stands over its column."""
    return f"{client.name} {client.version()}"


def quoted(words):
    return f"`{words}`".replace("|", r"\|") if words else ""


def line(title, *cells):
    return "| " + " | ".join([title, *cells]) + " |"


def cells_of(row):
    return [cell.strip() for cell in CELL.split(row.strip().strip("|"))]


def table(heading):
    """The first table below this heading: {title of row: {title of column: cell}}"""
    section = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    if section is None:
        return {}
    lines = re.search(r"(?:^\|.*\n)+", section.group(1), re.M).group(0).splitlines()
    columns = cells_of(lines[0])
    return {title: dict(zip(columns[1:], cells)) for title, *cells in map(cells_of, lines[2:])}


def column(heading, client):
    """What the table says of this client, by row; {} for another version of it."""
    return {title: row[label(client)] for title, row in table(heading).items() if label(client) in row}


def verdict(report, came=""):
    """The status, the code that it blames, and whether anybody could have read the mail."""
    code = "" if report.sent else report.code
    parts = [report.status.removeprefix("exit "), code, "in the clear" if came == "clear" else ""]
    return ", ".join(part for part in parts if part)
