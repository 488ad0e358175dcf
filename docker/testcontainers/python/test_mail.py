"""Mail against smtp-double in a container: pip install testcontainers pytest; pytest test_mail.py"""
import json
import smtplib
import urllib.error
import urllib.request

import pytest
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

SMTP, ADMIN = 1025, 8025


class MailServer:
    """The container, as tests speak with it."""

    def __init__(self, container):
        self.host = container.get_container_host_ip()
        self.port = int(container.get_exposed_port(SMTP))
        self.api = f"http://{self.host}:{container.get_exposed_port(ADMIN)}/v1/doubles/main"

    def ask(self, what, question=None):
        """Posts to the admin API. What it refuses, or did not find as expected, fails the test with its own words."""
        request = urllib.request.Request(f"{self.api}/{what}", json.dumps(question or {}).encode(), method="POST")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refused:
            raise AssertionError(refused.read().decode()) from None


@pytest.fixture(scope="session")
def running():
    container = (DockerContainer("smtp-double:latest")
                 .with_exposed_ports(SMTP, ADMIN)
                 .waiting_for(HttpWaitStrategy(ADMIN, "/readyz")))
    with container:
        yield MailServer(container)


@pytest.fixture
def server(running):
    running.ask("reset")
    return running


def send(server, recipient):
    """In place of this: your application."""
    with smtplib.SMTP(server.host, server.port, timeout=30) as client:
        client.sendmail("shop@example.org", [recipient], "Subject: Your parcel\r\n\r\nIt is on its way.\r\n")


def test_a_mail_arrives(server):
    send(server, "ann@example.com")
    (message,) = server.ask("wait", {"for": "messages", "where": {"recipient": "ann@example.com"}})["messages"]
    assert message["subject"] == "Your parcel"


def test_a_full_mailbox_is_reported(server):
    server.ask("rules", {"name": "no room", "at": "rcpt", "when": {"recipient": "full@*"},
                         "reply": "452 4.2.2 Mailbox full"})
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(server, "full@example.com")
    assert refused.value.recipients == {"full@example.com": (452, b"4.2.2 Mailbox full")}
    server.ask("verify", {"messages": 0, "hits": {"no room": 1}})
