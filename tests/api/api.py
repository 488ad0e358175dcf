"""The admin API as tests speak it. Every answer is held against the OpenAPI document, whatever the test asks of it."""
import contextlib
import http.client
import json
import unittest
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from document import document
from server_process import PATIENCE, ServerProcess
from smtp_peer import Peer


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def type(self):
        return self.headers.get_content_type()

    def json(self):
        return json.loads(self.body)

    @property
    def errors(self):
        return self.json()["errors"]


class Api:
    """Asks one server; each request is a connection of its own."""

    def __init__(self, address, token=None, checks=True):
        self.address = address
        self.token = token
        self.checks = checks

    def connection(self):
        host, _, port = self.address.rpartition(":")
        return http.client.HTTPConnection(host.strip("[]"), int(port), timeout=PATIENCE)

    def ask(self, method, path, body=None, *, type=None, headers=None, query=None):
        """`body` may be octets, YAML text, or what becomes JSON."""
        target = path + ("?" + urlencode(query) if query else "")
        type, octets = encoded(body, type)
        sent = {} if type is None else {"Content-Type": type}
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        with contextlib.closing(self.connection()) as connection:
            connection.request(method, target, body=octets, headers=sent | (headers or {}))
            answer = received(connection.getresponse())
        if self.checks:
            document().check_answer(method, target, answer)
        if self.checks and answer.status < 300 and octets:
            document().check_request(method, target, octets, type.partition(";")[0].lower())
        return answer

    def get(self, path, status=200, **query):
        return self.expect(status, self.ask("GET", path, query=query))

    def post(self, path, body=None, status=200, **more):
        return self.expect(status, self.ask("POST", path, body, **more))

    def put(self, path, body, status=200, **more):
        return self.expect(status, self.ask("PUT", path, body, **more))

    def delete(self, path, status=204):
        return self.expect(status, self.ask("DELETE", path))

    def expect(self, status, answer):
        if answer.status != status:
            raise AssertionError(f"expected {status}, got {answer.status}: {answer.body.decode(errors='replace')}")
        return answer


def encoded(body, type):
    """The Content-Type and the octets."""
    if body is None:
        return type, None
    if isinstance(body, bytes):
        return type, body
    if isinstance(body, str):
        return type or "application/yaml", body.encode()
    return type or "application/json", json.dumps(body).encode()


def received(response):
    return Answer(response.status, response.headers, response.read())


class DoubleAt(Api):
    """One double of a server: its paths are those below it."""

    def __init__(self, server_api, described):
        super().__init__(server_api.address, server_api.token, server_api.checks)
        self.name = described["name"]
        self.path = described["url"]
        self.ports = {listener["kind"]: listener["port"] for listener in described["listeners"]}

    def get(self, path="", status=200, **query):
        return super().get(path, status, **query)

    def ask(self, method, path="", *more, **keywords):
        below = path if path.startswith("/v1") or not path else "/" + path
        return super().ask(method, below if below.startswith("/v1") else self.path + below, *more, **keywords)

    def rule(self, name):
        return "rules/" + quote(name, safe="")

    @property
    def port(self):
        return self.ports["smtp"]

    def client(self):
        return Peer(self.port)

    def greeted(self):
        """A client that has said EHLO."""
        client = self.client()
        client.hello()
        return client

    def send(self, content="Subject: hello\r\n\r\nHi.\r\n", **envelope):
        """One mail in a session of its own, from hello to QUIT; the reply to its content."""
        with self.greeted() as client:
            reply = client.message(content, **envelope)
            client.ask("QUIT")
            client.expect_end()
            return reply

    def wait(self, **request):
        return self.post("wait", request).json()

    def ended(self, count=1):
        """The sessions, once so many have ended."""
        return self.wait(**{"for": "sessions", "count": count, "where": {"ended": True}})["sessions"]


class ApiCase(unittest.TestCase):
    """One server for all tests of the class, and a double of its own for each."""

    scenario = "rules: []\n"  # of each test's double
    arguments = ()
    token = None
    variables = None

    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.server = stack.enter_context(ServerProcess(["accept"], "--log-level", "warning", *cls.arguments,
                                                       admin="127.0.0.1:0", variables=cls.variables))
        cls.api = Api(cls.server.admin, cls.token)

    def setUp(self):
        self.double = self.made(scenario=self.scenario)

    def made(self, **wanted):
        """A new double, which is gone when the test is over."""
        double = DoubleAt(self.api, self.api.post("/v1/doubles", wanted, 201).json())
        self.addCleanup(self.gone, double)
        return double

    def gone(self, double):
        status = double.ask("DELETE").status
        self.assertIn(status, (204, 404))

    def assertDetail(self, answer, pattern, title=None):
        """The first error of the answer says so, and the others are about the same place."""
        self.assertLessEqual(len({error.get("pointer") for error in answer.errors}), 1, answer.errors)
        self.assertRegex(answer.errors[0]["detail"], pattern)
        if title is not None:
            self.assertEqual(answer.errors[0]["title"], title)
