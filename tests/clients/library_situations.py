"""The scenarios of the library that break or delay things, and the mail that asks each of them to."""
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from server_process import ServerProcess

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
CLIENT_TIMEOUT = 2  # seconds, of the clients
PATIENCE = 200      # curl waits two minutes for the reply to the content, whatever it was told

# The name in the hello, or the recipient, says what is to happen; where nothing stands, every mail meets it.
ASKING = {
    "faults/contradicting-text": {"recipient": "refused@example.com"},
    "faults/hang-before-reply": {"helo": "hang-before-message.example"},
    "faults/hang-within-reply": {"helo": "hang-within-rcpt.example"},
    "faults/lost-after-reply": {"helo": "close-after-rcpt.example"},
    "faults/lost-before-reply": {"helo": "reset-before-mail.example"},
    "faults/lost-within-reply": {"helo": "close-within-message.example"},
    "faults/malformed-replies": {"recipient": "malformed-mixed-codes@example.com"},
    "faults/wrong-code": {"helo": "wrong-code-at-rcpt.example"},
}


def names():
    """faults/… and flaky/…, by name."""
    return [f"{folder}/{path.stem}" for folder in ("faults", "flaky")
            for path in sorted((SCENARIOS / folder).glob("*.yaml"))]


def report_of(client, name):
    """What the client makes of the first mail that it sends to the scenario."""
    with ServerProcess([name]) as server:
        return client.send(server.port, **ASKING.get(name, {}), timeout=CLIENT_TIMEOUT, patience=PATIENCE)


def reports_of(client):
    """By scenario; nearly all of the time is waiting, which several can do at once."""
    with ThreadPoolExecutor(max_workers=12) as pool:
        return dict(zip(names(), pool.map(lambda name: report_of(client, name), names())))
