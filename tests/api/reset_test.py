"""Beginning anew, in whole and in part."""
import unittest

from api import ApiCase, DoubleAt

SCENARIO = """
rules:
  - {name: defer, at: rcpt, times: 1, reply: 450 4.2.1 Busy}
  - {name: up, at: noop, goto: up}
  - {name: slow, at: vrfy, delay: 1h, reply: 252 At last}
  - {name: stuck, at: expn, reply: none, then: hang}
"""


class Reset(ApiCase):
    scenario = SCENARIO

    def setUp(self):
        super().setUp()
        self.double.post("rules", {"name": "posted", "at": "rset", "reply": "250 Posted"}, 201)
        with self.double.greeted() as client:
            client.ask("NOOP")
            client.ask("RSET")
            client.ask("MAIL FROM:<>")
            client.ask("RCPT TO:<a@example.com>")
            client.ask("RCPT TO:<a@example.com>")
            client.ask("DATA")
            client.ask("Subject: x\r\n\r\n.")
            client.ask("QUIT")
            client.expect_end()
        self.double.post("clock", {"advance": "1h"})
        self.double.ended()

    def now(self):
        rules = {rule["name"]: rule["hits"] for rule in self.double.get("rules").json()["rules"]}
        return {"posted": "posted" in rules, "hits": rules["defer"],
                "state": self.double.get("state").json()["keys"][0]["state"],
                "late": self.double.get("clock").json()["now_ms"] >= 3_600_000,
                "sessions": len(self.double.get("sessions").json()["sessions"]),
                "messages": len(self.double.get("messages").json()["messages"])}

    before = {"posted": True, "hits": 1, "state": "up", "late": True, "sessions": 1, "messages": 1}

    def test_each_part(self):
        progress = {"hits": 0, "state": "start", "late": False}
        for what, changed in (("journal", {"sessions": 0}), ("mailbox", {"messages": 0}), ("progress", progress),
                              ("rules", progress | {"posted": False})):
            with self.subTest(what=what):
                double = self.double
                self.assertEqual(self.now(), self.before)
                self.double.post(f"reset?what={what}", status=204)
                self.assertEqual(self.now(), self.before | changed)
                double.delete("")
                self.setUp()

    def test_all(self):
        for what in ("", "?what=all", "?what=all,journal"):
            with self.subTest(what=what):
                self.double.post(f"reset{what}", status=204)
                self.assertEqual(self.now(), {"posted": False, "hits": 0, "state": "start", "late": False,
                                              "sessions": 0, "messages": 0})
                with self.double.greeted() as client:
                    client.ask("QUIT")
                self.assertEqual([session["id"] for session in self.double.ended()], [1])
                self.double.delete("")
                self.setUp()

    def test_several(self):
        self.double.post("reset?what=journal,mailbox", status=204)
        self.assertEqual(self.now(), self.before | {"sessions": 0, "messages": 0})
        self.assertEqual(self.double.send()[:3], "250")
        self.assertEqual(self.double.ended()[0]["id"], 2)

    def test_sessions_and_delays_end_first(self):
        for what in ("all", "rules", "progress"):
            with self.subTest(what=what):
                clients = [self.double.greeted() for _ in range(3)]
                for client, line in zip(clients, ("VRFY a", "EXPN a", "MAIL FROM:<>")):
                    self.addCleanup(client.socket.close)
                    client.send(f"{line}\r\n")
                clients[2].expect(250)
                self.double.post(f"reset?what={what}", status=204)
                self.assertEqual(self.double.get().json()["open_sessions"], 0)
                for client in clients:
                    try:
                        self.assertNotIn(b"252", client.rest())
                    except ConnectionResetError:
                        pass

    def test_journal_and_mailbox_leave_sessions_alone(self):
        with self.double.greeted() as client:
            client.envelope()
            self.double.post("reset?what=journal,mailbox", status=204)
            self.assertEqual(client.ask("DATA")[:3], "354")
            self.assertEqual(client.ask("Subject: y\r\n\r\n.")[:3], "250")
            client.ask("QUIT")
            client.expect_end()
        (session,) = self.double.ended()
        self.assertEqual(session["messages"], 1)
        (message,) = self.double.get("messages").json()["messages"]
        self.assertEqual(message["session"], session["id"])

    def test_what_cannot_be(self):
        for what in ("everything", "", "all,", "Rules", "rules;journal"):
            with self.subTest(what=what):
                self.double.post(f"reset?what={what}", status=400)
        self.double.post("reset?waht=all", status=400)
        self.assertEqual(self.now(), self.before)

    def test_main_as_well(self):
        main = DoubleAt(self.api, self.api.get("/v1/doubles/main").json())
        main.send()
        main.post("reset", status=204)
        self.assertEqual(main.get("messages").json()["messages"], [])
        self.assertEqual(main.send()[:3], "250")


class Often(ApiCase):
    scenario = SCENARIO

    def test_each_time_it_is_as_new(self):
        for _ in range(20):
            with self.double.greeted() as client:
                client.ask("MAIL FROM:<>")
                codes = [client.ask("RCPT TO:<a@example.com>")[:3] for _ in range(2)]
                self.assertEqual(codes, ["450", "250"])
                self.double.post("reset", status=204)
            self.assertEqual(self.double.get("sessions").json()["sessions"], [])


if __name__ == "__main__":
    unittest.main()
