"""A stream of server-sent events, as a browser reads it."""
import json
from dataclasses import dataclass

from document import document
from server_process import PATIENCE

SCHEMAS = {"entry": "EventEntry", "session": "Session", "message": "MessageSummary"}


@dataclass
class Event:
    kind: str
    id: int | None
    data: object


class EventStream:
    """Reads line by line; each event is held against the OpenAPI document."""

    def __init__(self, double, query="", headers=None):
        self.connection = double.connection()
        self.connection.request("GET", f"{double.path}/events{query}", headers=headers or {})
        self.connection.sock.settimeout(PATIENCE)
        self.response = self.connection.getresponse()
        self.comments = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.response.close()
        self.connection.close()

    def next(self):
        """The next event; None at the end of the stream."""
        fields = {}
        while True:
            line = self.response.readline().decode()
            if not line:
                return None
            if line == "\n":
                if fields:
                    return self._event(fields)
                continue
            name, _, value = line.rstrip("\n").partition(":")
            if not name:
                self.comments += 1
                continue
            fields[name] = value.removeprefix(" ")

    def _event(self, fields):
        kind = fields["event"]
        data = json.loads(fields["data"]) if fields.get("data") else None
        if kind in SCHEMAS:
            document().check_value(f"#/components/schemas/{SCHEMAS[kind]}", data, f"event {kind}")
        return Event(kind, int(fields["id"]) if "id" in fields else None, data)

    def until(self, wanted):
        """The events up to the first that is wanted."""
        events = []
        while True:
            event = self.next()
            if event is None:
                raise AssertionError(f"the stream ended after {events}")
            events.append(event)
            if wanted(event):
                return events


def closed(event):
    """Whether it says that a session has ended."""
    return event.kind == "session" and event.data["end"] is not None
