#!/usr/bin/env python3
"""What each client makes of each failure, as Markdown tables (docs/clients.md has them):
survey.py PROGRAM [replies|library|certificates|tls|auth]..."""
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import auth_situations  # noqa: E402
import library_situations  # noqa: E402
import mail_clients  # noqa: E402
import page  # noqa: E402
import server_process  # noqa: E402
import tls_situations  # noqa: E402
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
    print(page.line(title, *cells))


def head(cells):
    row("", cells)
    row("---", ["---"] * len(cells))


def replies(clients):
    head([f"{client.name} {client.version().removeprefix(client.name)}".strip() for client in clients])
    with ServerProcess("rules: [{at: connect, reply: 554 No mail here on Sundays}]") as closed:
        row("554 as the greeting", [client.send(closed.port).status for client in clients])
    with ServerProcess([str(HERE / "clients.yaml")]) as server:
        for title, envelope in SITUATIONS:
            row(title, [client.send(server.port, **envelope).status for client in clients])


def library(clients):
    head([client.name for client in clients])
    reports = [library_situations.reports_of(client) for client in clients]
    for name in library_situations.names():
        row(name, [timed_verdict(report[name]) for report in reports])


def timed_verdict(report):
    """The status, the code that it blames, and the seconds where it took some."""
    parts = [report.status.removeprefix("exit "), report.code, f"{report.seconds:.0f} s" if report.seconds >= 1 else ""]
    return ", ".join(part for part in parts if part)


def certificates(_):
    with tls_situations.authority() as folder:
        for client in mail_clients.ALL_OF_TLS:
            print(f"\n### {page.label(client)}\n")
            head(["", "says"])
            for kind in tls_situations.CERTIFICATES:
                report = tls_situations.shown(client, kind, folder)
                row(kind, [page.verdict(report), page.quoted(report.words)])


def failures(clients, demanded):
    head([page.label(client) for client in clients])
    with tls_situations.authority() as folder:
        seen = [tls_situations.all_of(lambda title, who=client: tls_situations.met(who, title, folder, demanded),
                                      tls_situations.FAILURES) for client in clients]
    for title in tls_situations.FAILURES:
        row(title, [page.verdict(*by_title[title]) for by_title in seen])


def tls(clients):
    failures(clients, demanded=True)
    print()
    failures([client for client in clients if client.name in ("curl", "swaks", "nodemailer")], demanded=False)


def auth(clients):
    all_clients = mail_clients.ALL_OF_AUTH
    head([page.label(client) for client in all_clients])
    for mechanism in auth_situations.MECHANISMS:
        row(mechanism, ["yes" if mechanism in client.mechanisms else "" for client in all_clients])
    print()
    head([page.label(client) for client in clients])
    seen = [tls_situations.all_of(lambda title, who=client: auth_situations.refused(who, title),
                                  auth_situations.REFUSALS) for client in clients]
    for title in auth_situations.REFUSALS:
        row(title, [page.verdict(by_title[title]) for by_title in seen])


TABLES = {"replies": replies, "library": library, "certificates": certificates, "tls": tls, "auth": auth}


def main():
    server_process.BINARY = str(Path(sys.argv[1]).resolve(strict=True))
    for name in sys.argv[2:] or TABLES:
        TABLES[name](mail_clients.ALL)
        print()


if __name__ == "__main__":
    main()
