#!/usr/bin/env python3
"""What each client makes of each failure, as two Markdown tables: survey.py PROGRAM (docs/clients.md has its output)."""
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import library_situations  # noqa: E402
import mail_clients  # noqa: E402
import server_process  # noqa: E402
from server_process import ServerProcess  # noqa: E402

SITUATIONS = [
    ("accepted", {}),
    *((f"{code} at {stage}", {"sender": f"{stage.lower()}-{code}@example.org"} if stage == "MAIL" else
       {"recipient": f"{stage.lower()}-{code}@example.com"})
      for stage in ("MAIL", "RCPT", "DATA") for code in (450, 550)),
    ("450 after the content", {"recipient": "message-450@example.com"}),
    ("550 after the content", {"recipient": "message-550@example.com"}),
    ("421 at RCPT, then closed", {"recipient": "rcpt-421@example.com"}),
    ("closed after the content", {"recipient": "close@example.com"}),
    ("reset after the content", {"recipient": "reset@example.com"}),
    ("no answer to RCPT for 1 s", {"recipient": "hang@example.com", "timeout": 1}),
    ("502 at EHLO", {"helo": "old.example"}),
]


def row(title, cells):
    print("| " + " | ".join([title, *cells]) + " |")


def main():
    server_process.BINARY = str(Path(sys.argv[1]).resolve(strict=True))
    clients = mail_clients.ALL
    row("", [f"{client.name} {client.version().removeprefix(client.name)}".strip() for client in clients])
    row("---", ["---"] * len(clients))
    with ServerProcess("rules: [{at: connect, reply: 554 No mail here on Sundays}]") as closed:
        row("554 as the greeting", [client.send(closed.port).status for client in clients])
    with ServerProcess([str(HERE / "clients.yaml")]) as server:
        for title, envelope in SITUATIONS:
            row(title, [client.send(server.port, **envelope).status for client in clients])
    print()
    row("", [client.name for client in clients])
    row("---", ["---"] * len(clients))
    reports = [library_situations.reports_of(client) for client in clients]
    for name in library_situations.names():
        row(name, [verdict(report[name]) for report in reports])


def verdict(report):
    """The status, the code that it blames, and the seconds where it took some."""
    parts = [report.status.removeprefix("exit "), report.code, f"{report.seconds:.0f} s" if report.seconds >= 1 else ""]
    return ", ".join(part for part in parts if part)


if __name__ == "__main__":
    main()
