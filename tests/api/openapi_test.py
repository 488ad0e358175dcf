"""The OpenAPI document: sound in itself, and the truth about the server, in both directions."""
import contextlib
import re
import unittest
from pathlib import Path

from jsonschema import Draft202012Validator

from api import Answer, Api, ApiCase
from document import PARAMETER, document, escaped
from events import EventStream
from mails import multipart
from server_process import ServerProcess

ROUTER = Path(__file__).resolve().parents[2] / "server" / "admin" / "router.cpp"
ROUTE = re.compile(r'\{(Get|Post|Put|Delete), "([^"]+)", \w+\}')
# What can hardly be seen from outside: a server that answers has its listeners already.
UNSEEN = {("/readyz", "get", "503")}


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def anonymous(path):
    return PARAMETER.sub("{}", path)


class Sound(unittest.TestCase):
    def setUp(self):
        self.document = document()
        self.content = self.document.content

    def test_its_head(self):
        self.assertEqual(self.content["openapi"], "3.1.0")
        self.assertLessEqual(set(self.content), {"openapi", "info", "servers", "security", "tags", "paths",
                                                 "components"})
        self.assertTrue({"title", "version"} <= set(self.content["info"]))

    def test_every_reference_leads_somewhere(self):
        found = set(references(self.content))
        for reference in found:
            with self.subTest(reference=reference):
                self.document.at(reference)
        named = {f"#/components/{kind}/{name}" for kind in ("schemas", "responses", "parameters")
                 for name in self.content["components"][kind]}
        self.assertEqual(named - found, set(), "in the document, and used by nothing")

    def test_every_schema_is_one(self):
        for name, schema in self.content["components"]["schemas"].items():
            with self.subTest(schema=name):
                Draft202012Validator.check_schema(schema)
                self.check_keywords(schema, name)

    def check_keywords(self, schema, name):
        """A misspelt keyword would mean nothing, and be no mistake."""
        known = {"$ref", "type", "enum", "const", "properties", "patternProperties", "additionalProperties",
                 "unevaluatedProperties",
                 "required", "items", "uniqueItems", "minItems", "maxItems", "minimum", "maximum", "minLength",
                 "maxLength", "pattern", "format",
                 "oneOf", "anyOf", "allOf", "not", "if", "then", "minProperties", "maxProperties", "default",
                 "description", "examples"}
        self.assertEqual(set(schema) - known, set(), name)
        for key in ("items", "not", "if", "then", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                self.check_keywords(schema[key], name)
        for key in ("properties", "patternProperties"):
            for each in schema.get(key, {}).values():
                self.check_keywords(each, name)
        for key in ("oneOf", "anyOf", "allOf"):
            for each in schema.get(key, []):
                self.check_keywords(each, name)
        if schema.get("type") == "object" and schema.get("properties") and "if" not in schema and "allOf" not in schema:
            self.assertLessEqual(set(schema.get("required", ())), set(schema["properties"]), name)

    def test_operations(self):
        tags = {tag["name"] for tag in self.content["tags"]}
        names = [operation["operationId"] for _, _, operation in self.document.operations()]
        self.assertEqual(len(names), len(set(names)))
        for path, method, operation in self.document.operations():
            with self.subTest(path=path, method=method):
                self.assertEqual(len(operation["tags"]), 1)
                self.assertIn(operation["tags"][0], tags)
                self.assertTrue(operation["summary"])
                parameters = self.document.parameters(path, method)
                in_path = [parameter["name"] for parameter in parameters if parameter["in"] == "path"]
                self.assertEqual(sorted(in_path), sorted(PARAMETER.findall(path)))
                self.assertTrue(all(parameter["required"] for parameter in parameters if parameter["in"] == "path"))
                self.assertTrue(any(status.startswith("2") for status in operation["responses"]))
                if operation.get("requestBody"):
                    self.assertLessEqual({"400", "413", "415"}, set(operation["responses"]))

    def test_every_error_has_the_one_shape(self):
        for path, method, operation in self.document.operations():
            for status in operation["responses"]:
                if status < "400":
                    continue
                with self.subTest(path=path, method=method, status=status):
                    response = self.document.resolve(operation["responses"][status])
                    # Lines are for whoever asks verify for them.
                    lines = ["text/plain"] if (path.endswith("/verify"), status) == (True, "406") else []
                    self.assertEqual(list(response["content"]), ["application/json", *lines])
                    schema = self.document.resolve(response["content"]["application/json"]["schema"])
                    self.assertEqual(schema["properties"]["errors"], {"$ref": "#/components/schemas/ErrorList"})
                    self.assertIn("errors", schema["required"])

    def test_examples_are_as_their_schemas_say(self):
        checked = 0
        for pointer, media in self.media(self.content, "#"):
            examples = [media["example"]] if "example" in media else []
            examples += [example["value"] for example in media.get("examples", {}).values()]
            for example in examples:
                with self.subTest(pointer=pointer):
                    self.document.check_value(f"{pointer}/schema", example, "an example")
                    checked += 1
        self.assertGreater(checked, 20)

    def media(self, value, pointer):
        """(pointer, media type or parameter) of all that have a schema and examples."""
        if isinstance(value, dict):
            if "schema" in value and ("example" in value or "examples" in value):
                yield pointer, value
            for key, each in value.items():
                yield from self.media(each, f"{pointer}/{escaped(key)}")


class OfThisServer(ApiCase):
    """One walk through the whole document, with what each operation can answer."""

    scenario = """
rules:
  - {name: "a/b", at: rcpt, when: {recipient.local: nobody}, reply: 550 5.1.1 No, expect: 1}
  - {name: up, at: noop, in: down, goto: start}
"""

    def test_every_route_is_in_the_document(self):
        routes = set()
        for method, pattern in ROUTE.findall(ROUTER.read_text(encoding="utf-8")):
            spellings = [pattern.replace("{name...}", "{name}"), pattern.replace("{name...}", "{folder}/{name}")]
            routes |= {(method.lower(), anonymous(spelling)) for spelling in spellings}
        self.assertGreater(len(routes), 30)
        self.assertEqual(routes, {(method, anonymous(path)) for path, method, _ in document().operations()})

    def test_every_answer_in_the_document_is_one_of_the_server(self):
        document().seen.clear()
        self.send_something()
        parts = self.double.get("messages/1").json()["parts"]
        self.picture = next(part["index"] for part in parts if part["type"] == "image/png")
        self.well()
        self.badly()
        documented = {(path, method, status) for path, method,
                      operation in document().operations() for status in operation["responses"]}
        self.assertEqual(sorted(documented - document().seen - UNSEEN), [])

    def send_something(self):
        with self.double.greeted() as client:
            client.ask("MAIL FROM:<me@example.org>")
            client.ask("RCPT TO:<nobody@example.com>")
            client.ask("RCPT TO:<ann@example.com>")
            client.ask("DATA")
            client.send(multipart() + b".\r\n")
            client.expect(250)
            client.ask("QUIT")
        self.double.ended()

    def target(self, path, double=None, rule="a%2Fb"):
        words = {"double": double or self.double.name, "rule": rule, "session": "1", "message": "1",
                 "part": self.picture, "folder": "errors", "file": "page.css",
                 "name": "mailbox-full" if "{folder}" in path else "accept"}
        return PARAMETER.sub(lambda match: words[match.group(1)], path)

    # In this order: what empties comes last.
    def well(self):
        for path, method, operation in sorted(document().operations(),
                                              key=lambda each: (each[1] == "delete", "reset" in each[0])):
            if path.endswith("/events") or (path.endswith("{double}") and method == "delete"):
                continue
            query, body, status = self.good_request(path, method)
            with self.subTest(path=path, method=method):
                answer = self.api.ask(method.upper(), self.target(path), body, query=query)
                self.assertEqual(answer.status, status, answer.body)
        with EventStream(self.double) as stream:
            response = stream.response
            document().check_answer("GET", f"{self.double.path}/events", Answer(response.status, response.headers, b""))
        yaml = self.double.ask("GET", "scenario", headers={"Accept": "application/yaml"})
        self.assertEqual(yaml.type, "application/yaml")
        self.made().delete("")

    def good_request(self, path, method):
        """Query, body and status."""
        rule = {"at": "rset", "reply": "250 2.0.0 Fine"}
        last = path.rpartition("/")[2]
        special = {("explain", "get"): ({"reply": "450 4.2.2", "stage": "rcpt"}, None, 200),
                   ("doubles", "post"): (None, {"name": "walked"}, 201),
                   ("rules", "post"): (None, rule, 201), ("{rule}", "put"): (None, rule, 200),
                   ("state", "put"): (None, {"state": "down"}, 200),
                   ("scenario", "put"): (None, self.scenario, 200), ("clock", "post"): (None, {"advance": "1s"}, 200),
                   ("wait", "post"): (None, {"for": "sessions"}, 200),
                   ("verify", "post"): (None, {"messages": {"count": 1}}, 200),
                   ("reset", "post"): ({"what": "rules,progress"}, None, 204)}
        return special.get((last, method), (None, None, 204 if method == "delete" else 200))

    def badly(self):
        self.addCleanup(self.api.ask, "DELETE", "/v1/doubles/walked")
        self.double.put("scenario", self.scenario)
        guarded = self.guarded()
        for path, method, operation in document().operations():
            with self.subTest(path=path, method=method):
                self.refused_before(path, method.upper(), operation["responses"], guarded)
                if "requestBody" in operation:
                    self.bodies(path, method.upper(), operation["requestBody"])
        self.conflicts()

    def guarded(self):
        """The API of a server that asks for a token, without it."""
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        server = stack.enter_context(ServerProcess(["accept"], "--admin-token", "secret", admin="127.0.0.1:0"))
        return Api(server.admin)

    def refused_before(self, path, method, responses, guarded):
        target = self.anywhere(path)
        self.assertEqual(self.api.ask(method, target, headers={"Host": "evil.example"}).status, 403)
        if "401" in responses:
            self.assertEqual(guarded.ask(method, target.replace(self.double.name, "main")).status, 401)
        if "400" in responses:
            self.assertEqual(self.api.ask(method, target + "?%zz").status, 400)
        if "404" in responses:
            elsewhere = self.anywhere(path, "nowhere") if "{double}" in path else re.sub(r"[^/]+$", "nothing", target)
            body = {} if "wait" in path or "verify" in path else None
            self.assertEqual(self.api.ask(method, elsewhere, body).status, 404)

    def anywhere(self, path, double=None):
        words = {"double": double or self.double.name, "folder": "errors", "name": "x"}
        return PARAMETER.sub(lambda match: words.get(match.group(1), "1"), path)

    def bodies(self, path, method, request):
        target = self.target(path)
        self.assertEqual(self.api.ask(method, target, b"{}", type="text/plain").status, 415)
        with contextlib.closing(self.api.connection()) as connection:
            connection.putrequest(method, target)
            connection.putheader("Content-Type", "application/json")
            connection.putheader("Content-Length", str(10**9))
            connection.endheaders()
            response = connection.getresponse()
            self.assertEqual(response.status, 413)
            document().check_answer(method, target, Answer(response.status, response.headers, response.read()))

    def conflicts(self):
        double = self.double
        self.api.post("/v1/doubles", {"name": "main"}, 409)
        self.api.post("/v1/doubles", {"scenario": {"rules": 7}}, 422)
        self.api.delete("/v1/doubles/main", 409)
        double.put("scenario", {"rules": 7}, 422)
        double.post("rules", {"name": "up", "at": "rcpt", "reply": 550}, 409)
        double.post("rules", {"at": "rctp", "reply": 550}, 422)
        double.put(double.rule("a/b"), {"name": "up", "at": "rcpt", "reply": 550}, 409)
        double.put(double.rule("a/b"), {"at": "rctp"}, 422)
        double.put("state", {"state": "nowhere"}, 422)
        double.post("wait", {"count": 9, "timeout_ms": 0}, 408)
        double.post("verify", {"messages": {"count": 9}}, 406)


if __name__ == "__main__":
    unittest.main()
