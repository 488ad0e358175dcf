"""What the process knows: replies, stages, the library, itself."""
import json
import re
import unittest

import document
from api import ApiCase
from server_process import run


class Explain(ApiCase):
    def told(self, **query):
        return self.api.get("/v1/explain", **query).json()

    def test_the_same_as_on_the_command_line(self):
        for words, query in ((["550"], {"reply": "550"}), (["450 4.2.2"], {"reply": "450 4.2.2"}),
                             (["5.7.1"], {"reply": "5.7.1"}),
                             (["550-5.1.1 No such user"], {"reply": "550-5.1.1 No such user"}),
                             (["--stage", "rcpt"], {"stage": "rcpt"}),
                             (["421", "--stage", "hello"], {"reply": "421", "stage": "hello"}),
                             (["199"], {"reply": "199"})):
            with self.subTest(query=query):
                self.assertEqual(self.told(**query), json.loads(run("explain", "--json", *words).stdout))

    def test_every_code(self):
        for code in range(100, 600, 7):
            self.assertEqual(self.told(reply=code)["code"]["value"], code)

    def test_what_is_no_reply(self):
        for query in ({}, {"reply": ""}, {"reply": "hello"}, {"reply": "900"}, {"reply": "99"}, {"stage": "rctp"},
                      {"reply": "550", "stage": "x"}):
            with self.subTest(query=query):
                self.api.get("/v1/explain", 400, **query)
        self.assertDetail(self.api.get("/v1/explain", 400, stage="rctp"), "rctp")
        self.api.get("/v1/explain", 400, replay="550")


class Known(ApiCase):
    def test_stages(self):
        stages = {stage["name"]: stage["codes"] for stage in self.api.get("/v1/stages").json()["stages"]}
        for stage, code in (("rcpt", 450), ("rcpt", 550), ("data", 354), ("mail", 552), ("connect", 554),
                            ("message", 554)):
            self.assertIn(code, stages[stage])
        self.assertNotIn(354, stages["rcpt"])

    def test_the_library(self):
        entries = self.api.get("/v1/library").json()["scenarios"]
        names = [entry["name"] for entry in entries]
        listed = run("scenarios").stdout
        self.assertGreater(len(names), 100)
        for entry in entries:
            self.assertIn(entry["name"].rpartition("/")[2], listed)
        for name in ("accept", "default", "errors/mailbox-full"):
            scenario = self.api.get(f"/v1/library/{name}").json()
            self.assertIn({"name": scenario["name"], "purpose": scenario["purpose"]}, entries)
            self.assertEqual(scenario["yaml"], run("scenarios", "show", name).stdout)
        for name in ("nope", "errors/nope", "errors/..%2Faccept", "..%2f..%2fetc%2fpasswd", "errors/"):
            with self.subTest(name=name):
                self.assertEqual(self.api.ask("GET", f"/v1/library/{name}").status, 404)

    def test_itself(self):
        version = self.api.get("/v1/version").json()
        self.assertIn(version["version"], run("--version").stdout)
        self.assertEqual(self.api.get("/openapi.json").json(), json.loads(document.PATH.read_text(encoding="utf-8")))
        self.assertEqual(self.api.get("/openapi.json").json()["info"]["version"], version["version"])

    def test_health(self):
        self.assertEqual(self.api.get("/livez").json(), {"status": "alive"})
        self.assertEqual(self.api.get("/readyz").json(), {"status": "ready"})


class Metrics(ApiCase):
    LABEL = r'[a-z_]+="(?:[^"\\\n]|\\.)*"'
    SAMPLE = re.compile(rf"([a-z_]+)(\{{{LABEL}(?:,{LABEL})*\}})? (NaN|[+-]?(?:Inf|[\d.e+-]+))\Z")

    def samples(self):
        text = self.api.get("/metrics").body.decode()
        self.assertTrue(text.endswith("\n"))
        typed, found = set(), {}
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                name, kind = line.split()[2:]
                self.assertNotIn(name, typed)
                self.assertIn(kind, ("counter", "gauge", "histogram", "summary"))
                typed.add(name)
            elif not line.startswith("#"):
                sample = self.SAMPLE.match(line)
                self.assertIsNotNone(sample, line)
                name, labelled = sample.group(1), sample.group(0).rpartition(" ")[0]
                self.assertTrue({name, re.sub("_(bucket|sum|count)$", "", name)} & typed, name)
                self.assertNotIn(labelled, found)
                found[labelled] = sample.group(3)
        return found

    def test_they_count(self):
        before = self.samples()
        self.assertTrue(all(name.startswith("smtp_double_") or name.startswith("process_") for name in before),
                        list(before))
        self.double.send()
        self.double.ended()
        after = self.samples()
        grown = [name for name, value in after.items() if self.double.name in name and value != before.get(name)]
        self.assertTrue(any("session" in name for name in grown), grown)
        self.assertTrue(any("message" in name for name in grown), grown)


if __name__ == "__main__":
    unittest.main()
