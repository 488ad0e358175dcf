"""Scenarios and rules: read, replaced, put on top while sessions run."""
import unittest

from api import ApiCase

SCENARIO = """\
scenario: two-rules
description: For tests.
seed: 7
rules:
  - name: defer
    at: rcpt
    when: {recipient: "*@example.com"}
    times: 2
    reply: 450 4.2.1 Busy
    expect: {hits: 2}
  # a word between them
  - name: no vrfy
    at: [vrfy, expn]
    reply: 502 5.5.1 Not here
"""


def codes(client, *recipients):
    return [client.ask(f"RCPT TO:<{recipient}>")[:3] for recipient in recipients]


class Scenario(ApiCase):
    scenario = SCENARIO

    def test_read(self):
        scenario = self.double.get("scenario").json()
        self.assertEqual((scenario["name"], scenario["description"], scenario["seed"]), ("two-rules", "For tests.", 7))
        self.assertEqual(scenario["yaml"], SCENARIO)
        self.assertEqual(scenario["states"], ["start"])
        self.assertEqual([rule["name"] for rule in scenario["rules"]], ["defer", "no vrfy"])

    def test_read_as_yaml(self):
        answer = self.double.ask("GET", "scenario", headers={"Accept": "application/yaml"})
        self.assertEqual((answer.status, answer.type, answer.body.decode()), (200, "application/yaml", SCENARIO))

    def test_replaced_in_every_form(self):
        for body in ("scenario: new\nrules:\n- {at: rcpt, reply: 550}\n",
                     {"scenario": "new", "rules": [{"at": "rcpt", "reply": 550}]},
                     {"library": "errors/recipient-local-error-451"}):
            with self.subTest(body=body):
                answer = self.double.put("scenario", body)
                self.assertEqual(answer.json(), self.double.get("scenario").json())
                self.assertNotEqual(answer.json()["name"], "two-rules")
                with self.double.greeted() as client:
                    client.ask("MAIL FROM:<>")
                    self.assertIn(codes(client, "a@example.com")[0], ("451", "550"))

    def test_replaced_it_begins_anew(self):
        with self.double.greeted() as old:
            old.ask("MAIL FROM:<>")
            self.assertEqual(codes(old, "a@example.com"), ["450"])
            self.double.post("clock", {"advance": "1h"})
            self.double.put("scenario", SCENARIO)
            self.assertEqual([rule["hits"] for rule in self.double.get("rules").json()["rules"]], [0, 0])
            self.assertLess(self.double.get("clock").json()["now_ms"], 3_600_000)
            self.assertEqual(codes(old, "a@example.com", "a@example.com"), ["450", "250"])  # goes on with the old one
            with self.double.greeted() as new:
                new.ask("MAIL FROM:<>")
                self.assertEqual(codes(new, "a@example.com", "a@example.com", "a@example.com"), ["450", "450", "250"])

    def test_a_bad_one_changes_nothing(self):
        with self.double.greeted() as client:
            client.ask("MAIL FROM:<>")
            codes(client, "a@example.com")
            answer = self.double.put("scenario", "rules:\n- at: rcpt\n  replay: 550\n", 422)
            self.assertDetail(answer, "replay", "Bad scenario")
            self.assertEqual(answer.errors[0]["line"], 3)
            self.assertEqual(self.double.get("scenario").json()["yaml"], SCENARIO)
            self.assertEqual(self.double.get(self.double.rule("defer")).json()["hits"], 1)
    def test_what_is_hardly_meant_is_told(self):
        doubtful = "rules:\n- {name: all, at: rcpt, reply: 550}\n- {name: never, at: rcpt, reply: 450}\n"
        for answer in (self.double.put("scenario", doubtful), self.api.post("/v1/doubles", {"scenario": doubtful}, 201)):
            [warning] = answer.json()["warnings"]
            self.assertRegex(warning["detail"], "can never fire: 'all' .*comes first")
            self.assertEqual((warning["line"], warning["column"]), (3, 3))
        self.assertNotIn("warnings", self.double.get("scenario").json())
        rules = "- {name: b, at: mail, reply: 450}\n- {name: c, at: mail, reply: 451}\n"
        [warning] = self.double.post("rules", rules, 201).json()["warnings"]
        self.assertRegex(warning["detail"], "can never fire: 'b' .*comes first")
        self.assertEqual((warning["line"], warning["pointer"]), (2, "/1"))
        self.assertNotIn("warnings", self.double.get("rules").json())
        again = self.double.put(self.double.rule("c"), "{at: mail, reply: 452}").json()
        self.assertRegex(again["warnings"][0]["detail"], "can never fire: 'b' .*comes first")

    def test_bodies_that_are_no_scenario(self):
        for body, status in ((b"{", 400), (b"[]", 400), (b"7", 400), (b"", 400), ({"library": "nope"}, 422),
                             ({"library": 7}, 422),
                             ({"library": "accept", "rules": []}, 422)):
            with self.subTest(body=body):
                self.double.put("scenario", body, status, type="application/json")


class Listed(ApiCase):
    scenario = SCENARIO

    def test_in_order_with_what_they_are(self):
        defer, vrfy = self.double.get("rules").json()["rules"]
        self.assertEqual((defer["name"], defer["at"], defer["times"], defer["expect"], defer["line"], defer["posted"]),
                         ("defer", ["rcpt"], 2, "2 hits", 5, False))
        self.assertEqual((vrfy["at"], vrfy["times"], vrfy["expect"], vrfy["line"]), (["vrfy", "expn"], None, None, 12))
        self.assertEqual(vrfy["yaml"], "- name: no vrfy\n  at: [vrfy, expn]\n  reply: 502 5.5.1 Not here\n")
        self.assertTrue(defer["yaml"].startswith("- name: defer\n  at: rcpt\n"), defer["yaml"])
        self.assertEqual(self.double.get("rules/defer").json(), defer)

    def test_hits_and_matches(self):
        with self.double.greeted() as client:
            client.ask("MAIL FROM:<>")
            codes(client, "a@example.com", "a@example.net", "a@example.com", "a@example.com")
            defer = self.double.get("rules/defer").json()
            self.assertEqual((defer["matches"], defer["hits"]), (3, 2))

    def test_unused(self):
        def names(**query):
            return [rule["name"] for rule in self.double.get("rules", **query).json()["rules"]]

        self.assertEqual(names(unused="true"), ["defer", "no vrfy"])
        with self.double.greeted() as client:
            client.ask("VRFY a")
        self.assertEqual(names(unused="true"), ["defer"])
        self.assertEqual(names(), ["defer", "no vrfy"])
        for wrong in ("yes", "", "TRUE", "1"):
            self.assertDetail(self.double.get("rules", 400, unused=wrong), "unused")
        self.assertDetail(self.double.get("rules", 400, unsued="true"), "did you mean 'unused'")

    def test_names_in_paths(self):
        names = ["a/b", "50% off?", "ä ö#ü", "a+b", "..", "x" * 500, '"quoted"', "[0]"]
        for name in names:
            with self.subTest(name=name):
                answer = self.double.post("rules", {"name": name, "at": "rset", "reply": 250}, 201)
                self.assertEqual(answer.json()["rules"][0]["name"], name)
                self.assertEqual(self.double.ask("GET", answer.headers["Location"]).json()["name"], name)
                self.assertEqual(self.double.get(self.double.rule(name)).json()["name"], name)
                self.double.delete(self.double.rule(name))
                self.double.get(self.double.rule(name), 404)

    def test_one_that_is_not_there(self):
        self.assertDetail(self.double.get("rules/deffer", 404), "deffer.*did you mean 'defer'")
        self.double.delete("rules/nope", 404)
        self.double.put("rules/nope", {"at": "rcpt", "reply": 550}, 404)


class Posted(ApiCase):
    scenario = SCENARIO

    def test_it_goes_on_top(self):
        answer = self.double.post("rules", {"name": "mine", "at": "rcpt", "reply": "552 5.2.2 Full"}, 201)
        (rule,) = answer.json()["rules"]
        self.assertEqual((rule["name"], rule["at"], rule["hits"], rule["posted"], rule["line"]),
                         ("mine", ["rcpt"], 0, True, None))
        self.assertEqual(answer.headers["Location"], f"{self.double.path}/rules/mine")
        self.assertEqual([each["name"] for each in self.double.get("rules").json()["rules"]],
                         ["mine", "defer", "no vrfy"])
        with self.double.greeted() as client:
            client.ask("MAIL FROM:<>")
            self.assertEqual(client.ask("RCPT TO:<a@example.com>"), "552 5.2.2 Full")

    def test_yaml_one_or_a_list(self):
        self.double.post("rules", "{name: one, at: rset, reply: 250 One}", 201)
        answer = self.double.post("rules", "# two of them\n- {name: two, at: rset, times: 1, reply: 250 Two}\n"
                                           "- name: three\n  at: rset\n  times: 1\n  reply: 250 Three\n", 201)
        self.assertEqual([rule["name"] for rule in answer.json()["rules"]], ["two", "three"])
        self.assertIsNone(answer.headers["Location"])
        self.assertEqual([rule["name"] for rule in self.double.get("rules").json()["rules"]],
                         ["two", "three", "one", "defer", "no vrfy"])
        with self.double.greeted() as client:
            self.assertEqual([client.ask("RSET") for _ in range(3)], ["250 Two", "250 Three", "250 One"])

    def test_without_a_name_it_gets_one(self):
        names = [self.double.post("rules", {"at": "rset", "reply": 250},
                                  201).json()["rules"][0]["name"] for _ in range(3)]
        self.assertEqual(names, ["posted-1", "posted-2", "posted-3"])
        self.double.delete("rules/posted-2")
        self.double.get("rules/posted-3")
        again = self.double.post("rules", {"at": "rset", "reply": 250}, 201).json()["rules"][0]["name"]
        self.assertNotIn(again, ("posted-1", "posted-3"))

    def test_a_running_session_obeys_it_from_its_next_command_on(self):
        with self.double.greeted() as client:
            self.assertEqual(client.ask("MAIL FROM:<me@example.org>")[:3], "250")
            self.double.post("rules", {"name": "now", "at": "rcpt", "times": 1, "reply": "421 4.3.2 Later",
                                       "then": "continue"}, 201)
            self.assertEqual(codes(client, "a@example.net", "a@example.net"), ["421", "250"])
            self.double.delete("rules/now")
            self.double.post("rules", {"at": "data", "reply": 554}, 201)
            self.assertEqual(client.ask("DATA")[:3], "554")

    def test_counters_of_the_others_stay(self):
        with self.double.greeted() as client:
            client.ask("MAIL FROM:<>")
            self.assertEqual(codes(client, "a@example.com"), ["450"])
            self.double.post("rules", {"name": "x", "at": "rset", "reply": 250}, 201)
            self.assertEqual(codes(client, "a@example.com", "a@example.com"), ["450", "250"])
            self.double.delete("rules/x")
            self.assertEqual(codes(client, "a@example.com"), ["250"])
            self.assertEqual(self.double.get("rules/defer").json()["hits"], 2)

    def test_twice_then_accepted_is_exact(self):
        for times in (1, 2, 5):
            self.double.post("rules", {"name": f"fail {times}", "at": "rcpt", "times": times,
                                       "reply": "451 4.3.0 Once more"}, 201)
            with self.double.greeted() as client:
                client.ask("MAIL FROM:<>")
                self.assertEqual(codes(client, *["a@example.net"] * (times + 1)), ["451"] * times + ["250"])

    def test_a_name_is_taken_once(self):
        self.assertDetail(self.double.post("rules", {"name": "defer", "at": "rset", "reply": 250}, 409), "defer")
        self.double.post("rules", "- {name: b, at: rset, reply: 250}\n- {name: defer, at: rset, reply: 250}\n", 409)
        self.double.get("rules/b", 404)  # all of them or none

    def test_mistakes_have_their_place(self):
        answer = self.double.post("rules", "at: rcpt\nreplay: 550\n", 422)
        self.assertDetail(answer, "unknown key 'replay'; did you mean 'reply'?")
        self.assertEqual((answer.errors[0]["line"], answer.errors[0]["column"]), (2, 1))
        answer = self.double.post("rules", "- {at: rcpt, reply: 550}\n- {at: rctp, reply: 550}\n", 422)
        self.assertDetail(answer, "rctp")
        self.assertEqual(answer.errors[0]["line"], 2)
        self.assertDetail(self.double.post("rules", {"at": "rcpt", "reply": 99}, 422), "99")
        self.assertEqual(len(self.double.get("rules").json()["rules"]), 2)

    def test_bodies_that_are_no_rule(self):
        for body, type, statuses in ((b"{", "application/json", (400, 422)), (b"", "application/json", (400, 422)),
                                     (b'"rcpt"', "application/json", (400, 422)),
                                     (b"7", "application/json", (400, 422)),
                                     (b"{}", "application/json", (422,)), (b"", "application/yaml", (400, 422)),
                                     (b"just text", "application/yaml", (422,)),
                                     (b"[]", "application/yaml", (400, 422)),
                                     (b"\xff\xfe", "application/yaml", (400, 422)), (b"{}", "text/plain", (415,))):
            with self.subTest(body=body, type=type):
                self.assertIn(self.double.ask("POST", "rules", body, type=type).status, statuses)

    def test_json_as_json_means_it(self):
        rule = {"name": "a/b \u00e9 \U0001F600", "reply": "250 slashes \\ and \" and /"}
        body = (b'{"name": "a\\/b \\u00e9 \\ud83d\\ude00",\t"at": ["rset"],\r\n'
                b'"reply": "250 slashes \\\\ and \\" and \\/"}')
        answer = self.double.ask("POST", "rules", body, type="application/json")
        self.assertEqual(answer.status, 201, answer.body)
        self.assertEqual(answer.json()["rules"][0]["name"], rule["name"])
        with self.double.greeted() as client:
            self.assertEqual(client.ask("RSET"), rule["reply"])


class Replaced(ApiCase):
    scenario = SCENARIO

    def test_at_its_place_counting_from_0(self):
        with self.double.greeted() as client:
            client.ask("MAIL FROM:<>")
            codes(client, "a@example.com")
            answer = self.double.put("rules/defer", {"name": "defer", "at": "rcpt", "times": 1, "reply": 452})
            self.assertEqual((answer.json()["hits"], answer.json()["times"]), (0, 1))
            self.assertEqual([rule["name"] for rule in self.double.get("rules").json()["rules"]], ["defer", "no vrfy"])
            self.assertEqual(codes(client, "a@example.com", "a@example.com"), ["452", "250"])

    def test_without_a_name_it_keeps_the_one_it_has(self):
        self.double.put("rules/defer", "{at: rcpt, reply: 550}")
        self.assertEqual(self.double.get("rules/defer").json()["at"], ["rcpt"])

    def test_another_ones_name_cannot_be_taken(self):
        self.double.put("rules/defer", {"name": "no vrfy", "at": "rcpt", "reply": 550}, 409)

    def test_mistakes_change_nothing(self):
        self.double.put("rules/defer", {"at": "rcpt", "replay": 550}, 422)
        self.double.put("rules/defer", b"{", 422, type="application/json")
        self.assertEqual(self.double.get("rules/defer").json()["times"], 2)

    def test_taken_away_the_line_goes_to_the_next(self):
        self.double.post("rules", "- {name: a, at: rset, reply: 250 A}\n- {name: b, at: rset, reply: 250 B}\n", 201)
        with self.double.greeted() as client:
            self.assertEqual(client.ask("RSET"), "250 A")
            self.double.delete("rules/a")
            self.assertEqual(client.ask("RSET"), "250 B")
            self.double.delete("rules/b")
            self.assertNotIn(client.ask("RSET"), ("250 A", "250 B"))
        self.double.delete("rules/a", 404)


if __name__ == "__main__":
    unittest.main()
