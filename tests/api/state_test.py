"""Named states and the clock of a scenario."""
import unittest

from api import ApiCase

DOWN_FOR_AN_HOUR = """
rules:
  - {name: goes down, at: noop, goto: down}
  - {name: down, at: mail, in: down, reply: 451 4.3.2 Down}
  - {name: up again, at: mail, in: up, reply: 250 Up}
  - {name: not in the first minute, at: vrfy, during: 1m..2m, reply: 550 Now}
  - {name: ten in an hour, at: rset, window: 1h, times: 1, reply: 450 Too many}
"""
PER_CLIENT = """
states: {per: [helo]}
rules:
  - {at: noop, goto: known}
  - {at: mail, in: known, reply: 250 I know you}
"""


class States(ApiCase):
    scenario = DOWN_FOR_AN_HOUR

    def test_read(self):
        state = self.double.get("state").json()
        self.assertEqual((state["states"], state["per"]), (["start", "down", "up"], []))
        self.assertEqual([(key["key"], key["state"]) for key in state["keys"]], [("", "start")])
        with self.double.greeted() as client:
            client.ask("NOOP")
            self.assertEqual(self.double.get("state").json()["keys"][0]["state"], "down")

    def test_moved(self):
        answer = self.double.put("state", {"state": "down"})
        self.assertEqual(answer.json()["keys"][0]["state"], "down")
        with self.double.greeted() as client:
            self.assertEqual(client.ask("MAIL FROM:<>"), "451 4.3.2 Down")
            self.double.put("state", {"state": "up"})
            self.assertEqual(client.ask("MAIL FROM:<>"), "250 Up")

    def test_one_that_is_none(self):
        self.assertDetail(self.double.put("state", {"state": "donw"}, 422), "donw.*did you mean 'down'")
        for body in ({}, {"state": 7}, {"state": "up", "keys": "a"}, {"state": "up", "key": 7}, []):
            with self.subTest(body=body):
                self.double.put("state", body, 400)
        self.assertEqual(self.double.get("state").json()["keys"][0]["state"], "start")

    def test_its_age_goes_by_the_clock(self):
        self.double.put("state", {"state": "up"})
        self.double.post("clock", {"advance": "1h"})
        self.assertGreaterEqual(self.double.get("state").json()["keys"][0]["age_ms"], 3_600_000)


class StatesPerKey(ApiCase):
    scenario = PER_CLIENT

    def test_each_has_its_own(self):
        self.assertEqual(self.double.get("state").json()["per"], ["helo"])
        with self.double.greeted() as one, self.double.client() as two:
            two.hello("two.example")
            one.ask("NOOP")
            self.double.put("state", {"key": "two.example", "state": "known"})
            keys = {key["key"]: key["state"] for key in self.double.get("state").json()["keys"]}
            self.assertEqual(keys, {"client.example": "known", "two.example": "known"})
            self.assertEqual([client.ask("MAIL FROM:<>") for client in (one, two)], ["250 I know you"] * 2)
            self.double.put("state", {"key": "two.example", "state": "start"})
            two.ask("RSET")
            self.assertNotEqual(two.ask("MAIL FROM:<>"), "250 I know you")


class Clock(ApiCase):
    scenario = DOWN_FOR_AN_HOUR

    def test_it_goes_by_itself_and_can_be_moved_on(self):
        before = self.double.get("clock").json()["now_ms"]
        after = self.double.post("clock", {"advance": "10m"}).json()["now_ms"]
        self.assertGreaterEqual(after, before + 600_000)
        self.assertLess(after, before + 700_000)
        for advance, least in ((1500, 1500), ("250ms", 250), ("2s", 2000), ("1h", 3_600_000), (0, 0), (0.5, 0.5)):
            with self.subTest(advance=advance):
                now = self.double.post("clock", {"advance": advance}).json()["now_ms"]
                self.assertGreaterEqual(now, after + least)
                after = now

    def test_rules_go_by_it(self):
        with self.double.greeted() as client:
            self.assertNotEqual(client.ask("VRFY a"), "550 Now")
            self.assertEqual([client.ask("RSET")[:3] for _ in range(2)], ["450", "250"])
            self.double.post("clock", {"advance": "90s"})
            self.assertEqual(client.ask("VRFY a"), "550 Now")
            self.double.post("clock", {"advance": "1h"})
            self.assertNotEqual(client.ask("VRFY a"), "550 Now")
            self.assertEqual(client.ask("RSET")[:3], "450")

    def test_what_cannot_be(self):
        for body in ({}, {"advance": -1}, {"advance": "-1s"}, {"advance": "soon"}, {"advance": "1 week"},
                     {"advance": None},
                     {"advance": []}, {"advance": True}, {"advance": 1e300}, {"advance": "99999999999999999999h"},
                     {"advance": "1s", "by": 1}):
            with self.subTest(body=body):
                self.double.post("clock", body, 400)
        for text in (b'{"advance": NaN}', b'{"advance": 1e999}'):
            self.double.post("clock", text, 400, type="application/json")

    def test_it_stays_in_its_bounds(self):
        for _ in range(20):
            answer = self.double.ask("POST", "clock", {"advance": "87600h"})
            self.assertIn(answer.status, (200, 400))
        self.assertGreater(self.double.get("clock").json()["now_ms"], 0)
        self.assertEqual(self.double.send()[:3], "250")


if __name__ == "__main__":
    unittest.main()
