"""Doubles: made, listed, used side by side, removed."""
import socket
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

from api import Api, ApiCase, DoubleAt
from server_process import PATIENCE
from smtp_peer import Peer

REFUSING = "rules:\n  - {name: no, at: rcpt, reply: 550 5.1.1 No such user}\n"


def refused(port):
    """Whether nobody listens there."""
    with socket.socket() as probe:
        probe.settimeout(PATIENCE)
        return probe.connect_ex(("127.0.0.1", port)) != 0


class Made(ApiCase):
    def test_main_is_always_there(self):
        doubles = self.api.get("/v1/doubles").json()["doubles"]
        self.assertEqual(doubles[0]["name"], "main")
        main = self.api.get("/v1/doubles/main").json()
        self.assertEqual(main["scenario"], "accept")
        self.assertEqual(main["url"], "/v1/doubles/main")
        self.assertEqual([(each["kind"], each["port"]) for each in main["listeners"]], [("smtp", self.server.port)])
        self.assertIsNone(main["select"])

    def test_without_a_wish_everything_has_its_default(self):
        for body in ({}, None):
            answer = self.api.post("/v1/doubles", body, 201)
            double = DoubleAt(self.api, answer.json())
            self.addCleanup(self.gone, double)
            self.assertEqual(answer.headers["Location"], double.path)
            self.assertRegex(double.name, r"\Ad[1-9]\d*\Z")
            self.assertEqual(answer.json()["scenario"], "default")
            self.assertEqual(list(double.ports), ["smtp"])
            self.assertEqual(answer.json()["listeners"][0]["address"], f"127.0.0.1:{double.port}")
            with double.greeted() as client:
                client.ask("MAIL FROM:<>")
                self.assertEqual(client.ask("RCPT TO:<rcpt-550@example.com>")[:3], "550")

    def test_a_scenario_can_come_in_every_form(self):
        asobject = {"scenario": "refusing", "rules": [{"name": "no", "at": "rcpt", "reply": "550 5.1.1 No such user"}]}
        bodies = ({"scenario": REFUSING}, {"scenario": asobject}, REFUSING,
                  {"scenario": {"library": "mailbox-busy-450"}},
                  {"scenario": {"library": "errors/mailbox-busy-450"}})
        for body in bodies:
            with self.subTest(body=body):
                double = DoubleAt(self.api, self.api.post("/v1/doubles", body, 201).json())
                self.addCleanup(self.gone, double)
                with double.greeted() as client:
                    client.ask("MAIL FROM:<>")
                    self.assertIn(client.ask("RCPT TO:<a@example.com>")[:3], ("450", "550"))

    def test_yaml_is_known_without_a_content_type(self):
        curl = Api(self.server.admin, checks=False)  # which says something else, or nothing
        yaml = b"# mine\nscenario: mine\nrules: [{at: rcpt, reply: 450}]\n"
        for kind in (None, "application/x-www-form-urlencoded", "text/plain"):
            with self.subTest(type=kind):
                made = curl.ask("POST", "/v1/doubles", yaml, type=kind)
                self.assertEqual((made.status, made.json()["scenario"]), (201, "mine"))
                put = curl.ask("PUT", made.json()["url"] + "/scenario", yaml, type=kind)
                self.assertEqual((put.status, put.json()["name"]), (200, "mine"))
                self.api.delete(made.json()["url"])

    def test_forgotten_keys_are_counted(self):
        double = self.made(scenario="server: {limits: {keys: 2}}\nrules:\n"
                                    "  - {name: first, at: noop, per: argument, times: 1, reply: 450}\n")
        with double.greeted() as client:
            for argument in "abcab":
                client.ask(f"NOOP {argument}")
        self.assertEqual(double.get().json()["evicted"], {"entries": 0, "messages": 0, "keys": 3})
        self.assertIn(f'smtp_double_evictions_total{{double="{double.name}",from="keys"}} 3',
                      self.api.get("/metrics").body.decode())

    def test_its_name_is_the_one_that_was_asked_for(self):
        for name in ("t1", "Worker-3.of_8", "a" * 64, "7"):
            with self.subTest(name=name):
                double = self.made(name=name)
                self.assertEqual(double.name, name)
                self.assertEqual(double.get().json()["url"], f"/v1/doubles/{name}")
                self.assertIn(name, [each["name"] for each in self.api.get("/v1/doubles").json()["doubles"]])

    def test_a_name_is_taken_once(self):
        double = self.made(name="taken")
        for name in ("taken", "main"):
            self.assertDetail(self.api.post("/v1/doubles", {"name": name}, 409), name)
        double.delete("")
        self.made(name="taken")

    def test_names_that_are_none(self):
        before = len(self.api.get("/v1/doubles").json()["doubles"])
        for name in ("", "...", "-a", "a b", "a/b", "ä", "a\n", "%41", 7, ["a"], "a" * 5000):
            with self.subTest(name=name):
                self.assertDetail(self.api.post("/v1/doubles", {"name": name}, 400), "name")
        self.assertEqual(len(self.api.get("/v1/doubles").json()["doubles"]), before)

    def test_a_seed_and_a_name_of_the_scenario_are_told(self):
        for seed in (0, 42, 2**63, 2**64 - 1):
            double = self.made(scenario=f"scenario: seeded\nseed: {seed}\n")
            self.assertEqual((double.get().json()["scenario"], double.get().json()["seed"]), ("seeded", seed))

    def test_listeners_of_each_kind(self):
        double = self.made(listen=["smtp", "lmtp", "smtps"])
        self.assertEqual(sorted(double.ports), ["lmtp", "smtp", "smtps"])
        self.assertEqual(len(set(double.ports.values())), 3)
        with Peer(double.ports["lmtp"]) as client:
            client.expect(220)
            self.assertEqual(client.ask("EHLO me.test")[:3], "500")
            self.assertEqual(client.ask("LHLO me.test")[:3], "250")

    def test_counts(self):
        double = self.made(scenario="rules:\n- {at: noop, reply: 250 Yes}\n- {at: vrfy, reply: 252 Maybe}\n")
        empty = double.get().json()
        self.assertEqual((empty["sessions"], empty["open_sessions"], empty["messages"], empty["rules"],
                          empty["unused_rules"], empty["evicted"]), (0, 0, 0, 2, 2, {"entries": 0, "messages": 0, "keys": 0}))
        double.send()
        double.ended()
        with double.greeted() as client:
            client.ask("NOOP")
            now = double.get().json()
            self.assertEqual((now["sessions"], now["open_sessions"], now["messages"], now["unused_rules"]),
                             (2, 1, 1, 1))

    def test_many_at_once(self):
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.api.post("/v1/doubles", {}, 201).json(), range(60)))
            doubles = [DoubleAt(self.api, each) for each in answers]
            self.assertEqual(len({double.name for double in doubles}), 60)
            self.assertEqual(len({double.port for double in doubles}), 60)
            replies = set(pool.map(lambda double: double.send()[:3], doubles))
            self.assertEqual(replies, {"250"})
            list(pool.map(lambda double: double.delete(""), doubles))


class Mistaken(ApiCase):
    def test_keys_that_are_not_known(self):
        self.assertDetail(self.api.post("/v1/doubles", {"scenarios": "a"}, 400), "scenarios.*did you mean 'scenario'")

    def test_values_that_cannot_be(self):
        for body in ({"scenario": 7}, {"scenario": []}, {"listen": []}, {"listen": ["smtp", "smtp"]},
                     {"listen": "smtp"},
                     {"listen": ["smtp", "http"]}, {"listen": [1]}, {"select": "helo"}, {"select": {}},
                     {"select": {"helo": ""}}, {"select": {"sender": "x"}}, {"select": {"helo": "a", "auth.user": "b"}},
                     [], "text", 7, True):
            with self.subTest(body=body):
                self.api.post("/v1/doubles", body if not isinstance(body, str) else f'"{body}"'.encode(), 400,
                              type="application/json")

    def test_a_bad_scenario_has_all_its_mistakes_told_and_makes_nothing(self):
        bad = "rules:\n  - at: rcpt\n    replay: 550\n  - at: rctp\n    reply: 550\n"
        for body in (bad, {"name": "never", "scenario": bad}):
            answer = self.api.post("/v1/doubles", body, 422)
            self.assertEqual(len(answer.errors), 2)
            first, second = answer.errors
            self.assertRegex(first["detail"], "unknown key 'replay'; did you mean 'reply'")
            self.assertEqual((first["line"], first["column"]), (3, 5))
            self.assertRegex(first["pointer"], r"/rules/0")
            self.assertRegex(second["detail"], "rctp.*did you mean 'rcpt'")
            self.assertEqual(second["line"], 4)
            self.assertRegex(second["pointer"], r"/rules/1/at")
        self.api.get("/v1/doubles/never", 404)

    def test_a_bad_scenario_as_json(self):
        answer = self.api.post("/v1/doubles", {"scenario": {"rules": [{"at": "rcpt", "replay": 550}]}}, 422)
        self.assertDetail(answer, "replay")

    def test_yaml_that_is_none(self):
        for text in ("rules: [", "\t- a", "a: *b\n", "- just\n- a list\n"):
            with self.subTest(text=text):
                self.assertGreaterEqual(len(self.api.post("/v1/doubles", text, 422).errors), 1)

    def test_a_library_name_that_is_none(self):
        answer = self.api.post("/v1/doubles", {"scenario": {"library": "mailbox-fool"}}, 422)
        self.assertDetail(answer, "mailbox-fool.*mailbox-full")

    def test_nothing_of_a_scenario_that_is_a_file_is_read(self):
        """A scenario from outside names files of this machine at most for certificates."""
        self.api.post("/v1/doubles", {"scenario": {"library": "../../etc/passwd"}}, 422)
        self.api.post("/v1/doubles", {"scenario": {"library": str(self.server.folder / "scenario.yaml")}}, 422)

    def test_doubles_that_are_not_there(self):
        for path in ("", "/scenario", "/rules", "/rules/a", "/state", "/clock", "/sessions", "/sessions/1",
                     "/sessions/1/transcript", "/messages", "/messages/1", "/messages/1/raw", "/messages/1/parts/1",
                     "/messages/1/html", "/deliveries", "/unmatched", "/events"):
            with self.subTest(path=path):
                self.assertDetail(self.api.get(f"/v1/doubles/nobody{path}", 404), "nobody")
        for path, body in (("/rules", {"at": "rcpt", "reply": 550}), ("/wait", {}), ("/verify", {}), ("/reset", None),
                           ("/clock", {"advance": 1})):
            with self.subTest(path=path):
                self.assertDetail(self.api.post(f"/v1/doubles/nobody{path}", body, 404), "nobody")
        self.assertDetail(self.api.delete("/v1/doubles/nobody", 404), "nobody")


class SideBySide(ApiCase):
    scenario = "rules:\n  - {name: first two, at: rcpt, times: 2, reply: 450 4.2.1 Busy}\n"

    def test_they_share_nothing(self):
        other = self.made(scenario=self.scenario)
        for double in (self.double, other):
            with double.greeted() as client:
                client.ask("MAIL FROM:<>")
                codes = [client.ask("RCPT TO:<a@example.com>")[:3] for _ in range(3)]
            self.assertEqual(codes, ["450", "450", "250"])
            self.assertEqual(double.get("sessions").json()["sessions"][0]["id"], 1)
        self.double.send()
        self.assertEqual(len(self.double.get("messages").json()["messages"]), 1)
        self.assertEqual(other.get("messages").json()["messages"], [])
        self.double.post("rules", {"name": "never", "at": "mail", "reply": 550}, 201)
        self.assertEqual(len(other.get("rules").json()["rules"]), 1)
        self.double.post("reset", status=204)
        self.assertEqual(other.get(other.rule("first two")).json()["hits"], 2)


class Selected(ApiCase):
    def test_by_what_the_client_says(self):
        by_helo = self.made(select={"helo": "worker-3.test"}, scenario=REFUSING)
        by_user = self.made(select={"auth.user": "ann"}, scenario=REFUSING)
        by_domain = self.made(select={"recipient.domain": "three.example"}, scenario=REFUSING)
        by_tag = self.made(select={"recipient.tag": "w3"}, scenario=REFUSING)
        for double, hello, login, recipient in (
                (by_helo, "WORKER-3.test", None, "a@example.com"),
                (by_user, "me.test", "AUTH PLAIN AGFubgBzZWNyZXQ=", "a@example.com"),
                (by_domain, "me.test", None, "a@Three.example"), (by_tag, "me.test", None, "a+w3@example.com")):
            with self.subTest(select=double.get().json()["select"]), Peer(self.server.port) as client:
                self.assertEqual(double.get().json()["listeners"], [])
                client.hello(hello)
                if login:
                    self.assertEqual(client.ask(login)[:3], "235")
                client.ask("MAIL FROM:<me@example.org>")
                self.assertEqual(client.ask(f"RCPT TO:<{recipient}>"), "550 5.1.1 No such user")
                client.ask("QUIT")
                client.expect_end()
            (session,) = double.ended()
            self.assertEqual((session["id"], session["outcome"]), (1, "refused"))

    def test_whoever_says_nothing_of_it_stays(self):
        self.made(select={"helo": "worker-3.test"}, scenario=REFUSING)
        with Peer(self.server.port) as client:
            client.hello("worker-4.test")
            self.assertEqual(client.message()[:3], "250")

    def test_two_cannot_ask_for_the_same(self):
        self.made(name="one", select={"helo": "Worker-3.test"})
        self.assertDetail(self.api.post("/v1/doubles", {"select": {"helo": "worker-3.TEST"}}, 409), "one")
        self.made(select={"recipient.tag": "worker-3.test"})

    def test_it_may_listen_as_well(self):
        double = self.made(select={"helo": "worker-3.test"}, listen=["smtp"])
        self.assertEqual(double.send()[:3], "250")

    def test_deleted_it_takes_nobody_any_more(self):
        double = self.made(select={"helo": "worker-3.test"}, scenario=REFUSING)
        with Peer(self.server.port) as inside, Peer(self.server.port) as later:
            inside.hello("worker-3.test")
            double.delete("")
            inside.rest()  # no matter what is said: it ends
            later.hello("worker-3.test")
            self.assertEqual(later.message()[:3], "250")


class Removed(ApiCase):
    scenario = """
rules:
  - {at: noop, delay: 1h}
  - {at: vrfy, reply: none, then: hang}
  - {at: help, pace: {bytes: 1, every: 1m}}
"""

    def test_all_of_it_is_gone_when_it_is_answered(self):
        clients = [self.double.greeted() for _ in range(4)]
        for client, line in zip(clients, ("NOOP", "VRFY a", "HELP", "RSET")):
            self.addCleanup(client.socket.close)
            client.send(f"{line}\r\n")
        self.double.wait(**{"for": "sessions", "count": 4})
        self.double.delete("")
        self.assertTrue(refused(self.double.port))
        for client in clients:
            try:
                client.rest()
            except ConnectionResetError:
                pass
        self.double.get("", 404)
        self.double.delete("", 404)

    def test_whoever_waits_is_told(self):
        with ThreadPoolExecutor(3) as pool:
            waits = [pool.submit(self.double.ask, "POST", "wait", {"for": what, "timeout": "5m"})
                     for what in ("messages", "sessions", "messages")]
            self.double.delete("")
            for wait in waits:
                self.assertEqual(wait.result(PATIENCE).status, 404)

    def test_main_stays(self):
        self.assertDetail(self.api.delete("/v1/doubles/main", 409), "main")
        with Peer(self.server.port) as client:
            client.hello()

    def test_while_clients_come_at_full_speed(self):
        for _ in range(5):
            double = self.made()
            stop = threading.Event()

            def hammer():
                while not stop.is_set():
                    try:
                        with double.client() as client:
                            client.rest() if stop.is_set() else client.expect(220)
                    except (OSError, AssertionError):
                        pass

            with ThreadPoolExecutor(3) as pool:
                for _ in range(3):
                    pool.submit(hammer)
                double.wait(**{"for": "sessions", "count": 5})
                double.delete("")
                gone = refused(double.port)
                stop.set()
            self.assertTrue(gone)


if __name__ == "__main__":
    unittest.main()
