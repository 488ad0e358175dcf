"""server/admin/openapi.json as a judge of what the server answers."""
import json
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator

PATH = Path(__file__).resolve().parents[2] / "server" / "admin" / "openapi.json"
BEFORE_ANY = ("400", "405", "411", "414")  # of what reads requests, whatever they are for
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
CURLS_OWN = "application/x-www-form-urlencoded"  # taken for JSON
PARAMETER = re.compile(r"\{(\w+)\}")


class Document:
    def __init__(self, content):
        self.content = content
        self.paths = [(re.compile(PARAMETER.sub("[^/]+", path) + r"\Z"), path) for path in content["paths"]]
        # The more literal one first: /v1/doubles before /v1/{anything}.
        self.paths.sort(key=lambda entry: len(PARAMETER.findall(entry[1])))
        self.validator = lru_cache(maxsize=None)(self._validator)
        self.seen = set()  # (path, method, status) that was answered

    def resolve(self, value):
        """What a $ref points to, if it is one."""
        while isinstance(value, dict) and "$ref" in value:
            value = self.at(value["$ref"])
        return value

    def at(self, reference):
        if not reference.startswith("#/"):
            raise AssertionError(f"{reference} does not point into the document")
        place = self.content
        for word in reference[2:].split("/"):
            place = place[word.replace("~1", "/").replace("~0", "~")]
        return place

    def operations(self):
        """(path, method, operation) of each."""
        for path, item in self.content["paths"].items():
            for method in METHODS:
                if method in item:
                    yield path, method, item[method]

    def path_of(self, target):
        """The template of a request's path; None where it has none."""
        return next((path for pattern, path in self.paths if pattern.match(target)), None)

    def parameters(self, path, method):
        item = self.content["paths"][path]
        return [self.resolve(parameter)
                for parameter in item.get("parameters", []) + item[method].get("parameters", [])]

    def _validator(self, pointer):
        schema = self.at(pointer)
        return Draft202012Validator(schema | {"components": self.content["components"]})

    def check_value(self, pointer, value, what):
        """Raises unless the value is as the schema at `pointer` says."""
        errors = sorted(self.validator(pointer).iter_errors(value), key=lambda error: list(error.path))
        if errors:
            told = "\n".join(f"  at {'/'.join(map(str, error.absolute_path)) or 'top'}: {error.message}"
                             for error in errors[:5])
            raise AssertionError(f"{what} is not as {pointer} says:\n{told}\nin {json.dumps(value)[:2000]}")

    def check_answer(self, method, target, answer):
        """Raises unless the document has this answer: status, headers, type and body."""
        path, _, query = target.partition("?")
        template = self.path_of(path)
        if template is None or method.lower() not in self.content["paths"][template]:
            self._check_undocumented(method, target, template, answer)
            return
        base = f"#/paths/{escaped(template)}/{method.lower()}"
        responses = self.content["paths"][template][method.lower()]["responses"]
        what = f"{answer.status} to {method} {target}"
        self.seen.add((template, method.lower(), str(answer.status)))
        if str(answer.status) in BEFORE_ANY and str(answer.status) not in responses:
            self.check_value("#/components/schemas/Errors", answer.json(), what)
            return
        if str(answer.status) not in responses:
            raise AssertionError(f"{what} is not in the document: {answer.body[:500]!r}")
        response, pointer = self._follow(f"{base}/responses/{answer.status}")
        self._check_headers(response, pointer, answer, what)
        self._check_body(response, pointer, answer, what)
        if answer.status < 400:
            self._check_query(template, method.lower(), query, what)

    def check_request(self, method, target, body, content_type):
        """Raises unless the document lets this body be sent."""
        template = self.path_of(target.partition("?")[0])
        if content_type == CURLS_OWN:
            content_type = "application/json"
        what = f"the request {method} {target}"
        request = self.content["paths"][template][method.lower()].get("requestBody")
        if request is None or content_type not in request["content"]:
            raise AssertionError(f"{what}: a body of {content_type} is not in the document")
        pointer = f"#/paths/{escaped(template)}/{method.lower()}/requestBody/content/{escaped(content_type)}/schema"
        self.check_value(pointer, json.loads(body) if content_type == "application/json" else body.decode(), what)

    def _follow(self, pointer):
        value = self.at(pointer)
        while "$ref" in value:
            pointer = value["$ref"]
            value = self.at(pointer)
        return value, pointer

    def _check_undocumented(self, method, target, template, answer):
        """What is no operation is 404, or 405 where others are, after what is judged of any request."""
        if answer.status not in (400, 401, 403, 404, 405, 411, 414, 415) and method != "HEAD":
            raise AssertionError(f"{answer.status} to {method} {target}, which is not in the document")
        if method == "HEAD":
            return
        self.check_value("#/components/schemas/Errors", answer.json(), f"{answer.status} to {method} {target}")

    def _check_headers(self, response, pointer, answer, what):
        for name, header in response.get("headers", {}).items():
            value = answer.headers[name]
            if value is None:
                if header.get("required"):
                    raise AssertionError(f"{what} has no {name}")
                continue
            self.check_value(f"{pointer}/headers/{escaped(name)}/schema", value, f"{name} of {what}")

    def _check_body(self, response, pointer, answer, what):
        if "content" not in response:
            if answer.body:
                raise AssertionError(f"{what} has a body: {answer.body[:500]!r}")
            return
        if answer.type not in response["content"]:
            raise AssertionError(f"{what} is {answer.type}: {answer.body[:500]!r}")
        if answer.type != "application/json":
            return
        self.check_value(f"{pointer}/content/{escaped(answer.type)}/schema", answer.json(), what)

    def _check_query(self, template, method, query, what):
        known = {parameter["name"] for parameter in self.parameters(template, method) if parameter["in"] == "query"}
        for name, _ in parse_qsl(query, keep_blank_values=True):
            if name not in known | {"token"} and not (template.endswith("/messages") and name.startswith("header.")):
                raise AssertionError(f"{what}: the parameter {name} is not in the document")


def escaped(word):
    return word.replace("~", "~0").replace("/", "~1")


@lru_cache(maxsize=None)
def document():
    return Document(json.loads(PATH.read_text(encoding="utf-8")))
