"""Events as they happen."""
import unittest

from api import ApiCase
from events import EventStream, closed


class Events(ApiCase):
    def test_live(self):
        with EventStream(self.double) as stream:
            self.assertEqual(stream.response.status, 200)
            self.assertEqual(stream.response.headers.get_content_type(), "text/event-stream")
            self.assertIn("no-", stream.response.headers["Cache-Control"])
            self.double.send("Subject: live\r\n\r\n")
            events = stream.until(closed)
        sessions = [event.data for event in events if event.kind == "session"]
        self.assertEqual([session["outcome"] for session in sessions], ["open", "accepted"])
        (message,) = [event.data for event in events if event.kind == "message"]
        self.assertEqual(message["subject"], "live")
        entries = [event.data for event in events if event.kind == "entry"]
        self.assertEqual([entry["kind"] for entry in entries][0], "opened")
        self.assertEqual({entry["session"] for entry in entries}, {1})
        numbers = [event.id for event in events if event.id is not None]
        self.assertEqual(numbers, sorted(numbers))
        self.assertEqual([entry["sequence"] for entry in entries],
                         [event.id for event in events if event.kind == "entry"])

    def test_without_a_place_it_begins_now(self):
        self.double.send()
        self.double.ended()
        with EventStream(self.double) as stream:
            self.double.send()
            events = stream.until(closed)
            self.assertEqual({event.data["session"] for event in events if event.kind == "entry"}, {2})

    def test_from_a_place_on(self):
        self.double.send()
        self.double.ended()
        with EventStream(self.double, "?after=0") as stream:
            events = stream.until(closed)
        entries = [event.id for event in events if event.kind == "entry"]
        self.assertEqual(entries[0], 1)
        middle = entries[3]
        for query, headers in ((f"?after={middle}", {}), ("", {"Last-Event-ID": str(middle)})):
            with self.subTest(query=query), EventStream(self.double, query, headers) as stream:
                again = [event.id for event in stream.until(closed) if event.kind == "entry"]
                self.assertEqual(again, [number for number in entries if number > middle])

    def test_several_read_the_same(self):
        with EventStream(self.double) as one, EventStream(self.double) as two:
            self.double.send()
            events = [[(event.kind, event.id) for event in stream.until(closed)] for stream in (one, two)]
        self.assertEqual(events[0], events[1])

    def test_a_reset_is_told(self):
        for what in ("all", "journal"):
            with EventStream(self.double) as stream:
                self.double.post(f"reset?what={what}", status=204)
                stream.until(lambda event: event.kind == "reset")
                self.double.send()
                stream.until(closed)

    def test_it_ends_with_its_double(self):
        with EventStream(self.double) as stream:
            self.double.delete("")
            self.assertIsNone(stream.next())

    def test_other_doubles_are_not_heard(self):
        other = self.made()
        with EventStream(self.double) as stream:
            other.send("Subject: other\r\n\r\n")
            self.double.send("Subject: mine\r\n\r\n")
            events = stream.until(closed)
        self.assertEqual([event.data["subject"] for event in events if event.kind == "message"], ["mine"])

    def test_a_reader_that_does_not_read_stops_nobody(self):
        with EventStream(self.double):
            with self.double.greeted() as client:
                for _ in range(300):
                    client.send(b"NOOP " + b"x" * 400 + b"\r\n" * 1)
                    client.reply()
            self.assertEqual(self.double.send()[:3], "250")

    def test_places_that_are_none(self):
        for query in ("?after=x", "?after=-1", "?after=", "?befor=1"):
            with self.subTest(query=query):
                self.assertEqual(self.double.ask("GET", f"events{query}").status, 400)


if __name__ == "__main__":
    unittest.main()
