"""What must not happen: foreign pages, missing tokens, bodies without end, clients that never come to the point."""
import contextlib
import errno
import http.client
import socket
import unittest
from concurrent.futures import ThreadPoolExecutor

from api import Api, ApiCase, received
from server_process import PATIENCE, ServerProcess, run

JSON = {"Content-Type": "application/json"}


def raw(api, octets, half=False):
    """What comes back for these octets, up to the end of the connection."""
    host, _, port = api.address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(octets)
        if half:
            try:
                connection.shutdown(socket.SHUT_WR)
            except OSError as error:
                if error.errno != errno.ENOTCONN:  # the server has ended the connection by now
                    raise
        chunks = []
        try:
            while chunk := connection.recv(65536):
                chunks.append(chunk)
        except ConnectionResetError:
            pass
        return b"".join(chunks)


def status_of(answer):
    return int(answer.split(b" ", 2)[1])


class Foreign(ApiCase):
    def test_a_foreign_host_is_refused(self):
        port = self.api.address.rpartition(":")[2]
        for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "localhost.evil.example",
                     "1.2.3.4.x", "localhost@evil.example",
                     f"evil.example:{port}:127.0.0.1", "evil.example#127.0.0.1"):
            with self.subTest(host=host):
                for path in ("/v1/doubles", "/", "/livez", "/metrics", "/nothing"):
                    self.assertEqual(self.api.ask("GET", path, headers={"Host": host}).status, 403, path)

    def test_our_own_is_not(self):
        port = self.api.address.rpartition(":")[2]
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LocalHost:{port}", f"[::1]:{port}"):
            with self.subTest(host=host):
                self.assertEqual(self.api.ask("GET", "/v1/doubles", headers={"Host": host}).status, 200)

    def test_a_foreign_origin_is_refused(self):
        port = self.api.address.rpartition(":")[2]
        for origin in ("https://evil.example", "null", f"http://127.0.0.1:{int(port) ^ 1}", "http://127.0.0.1",
                       f"http://localhost:{port}",
                       f"http://127.0.0.1:{port}.evil.example", "file://", "chrome-extension://abc",
                       f"http://evil.example@127.0.0.1:{port}"):
            with self.subTest(origin=origin):
                answer = self.double.ask("POST", "reset", headers={"Origin": origin})
                self.assertEqual(answer.status, 403)
                self.assertIsNone(answer.headers["Access-Control-Allow-Origin"])

    def test_our_own_page_is_not(self):
        for name in ("127.0.0.1", "localhost"):
            port = self.api.address.rpartition(":")[2]
            headers = {"Origin": f"http://{name}:{port}", "Host": f"{name}:{port}"}
            self.assertEqual(self.double.ask("POST", "reset", headers=headers).status, 204)

    def test_nothing_is_ever_allowed_to_other_pages(self):
        answer = self.double.ask("OPTIONS", "rules", headers={"Access-Control-Request-Method": "POST"})
        self.assertEqual(answer.status, 405)
        for name in answer.headers:
            self.assertFalse(name.lower().startswith("access-control-"), name)

    def test_two_hosts_are_none(self):
        for headers in (b"Host: 127.0.0.1\r\nHost: evil.example\r\n", b""):
            answer = raw(self.api, b"GET /v1/doubles HTTP/1.1\r\n" + headers + b"Connection: close\r\n\r\n")
            self.assertIn(status_of(answer), (400, 403), answer)


class Tokens(ApiCase):
    token = "s3cret-token"
    variables = {"SMTP_DOUBLE_ADMIN_TOKEN": token}

    def test_without_it_nothing_is_told(self):
        nobody = Api(self.api.address)
        for method, path in (("GET", "/v1/doubles"), ("GET", "/metrics"), ("GET", "/v1/version"),
                             ("POST", "/v1/doubles"), ("GET", "/v1/doubles/nope"),
                             ("GET", f"{self.double.path}/events"), ("POST", f"{self.double.path}/reset"),
                             ("GET", "/v1/library"),
                             ("DELETE", "/v1/doubles/main"), ("GET", "/v1/nothing")):
            with self.subTest(path=path):
                answer = nobody.ask(method, path)
                self.assertEqual(answer.status, 401)
                self.assertNotIn(self.token.encode(), answer.body)

    def test_neither_with_another(self):
        for header in ("Bearer wrong", "Bearer", "Bearer ", f"Bearer {self.token}x", f"Bearer {self.token[:-1]}",
                       f"Basic {self.token}", self.token,
                       f"Bearer {self.token.upper()}", "Bearer " + "x" * 4000):
            with self.subTest(header=header):
                self.assertEqual(Api(self.api.address).ask("GET", "/v1/doubles",
                                                           headers={"Authorization": header}).status, 401)

    def test_health_and_the_page_need_none(self):
        nobody = Api(self.api.address)
        for path in ("/livez", "/readyz", "/"):
            self.assertEqual(nobody.ask("GET", path).status, 200, path)

    def test_in_the_address_for_what_sends_no_headers(self):
        nobody = Api(self.api.address)
        self.assertEqual(nobody.ask("GET", f"/v1/doubles?token={self.token}").status, 200)
        self.assertEqual(nobody.ask("POST", f"{self.double.path}/reset?token={self.token}").status, 401)
        self.assertEqual(nobody.ask("GET", f"{self.double.path}/events?token=wrong").status, 401)
        connection = self.api.connection()
        with contextlib.closing(connection):
            connection.request("GET", f"{self.double.path}/events?token={self.token}")
            self.assertEqual(connection.getresponse().status, 200)

    def test_the_scheme_is_read_in_any_case(self):
        self.assertEqual(Api(self.api.address).ask("GET", "/v1/doubles",
                                                   headers={"Authorization": f"bearer {self.token}"}).status, 200)

    def test_it_is_not_logged(self):
        self.assertNotIn(self.token, self.server.log.text())


class Elsewhere(unittest.TestCase):
    def test_an_address_that_others_reach_needs_a_token_or_a_word(self):
        done = run("--listen", "127.0.0.1:0", "--admin", "0.0.0.0:0")
        self.assertEqual(done.returncode, 2)
        for remedy in ("127.0.0.1", "--admin-token", "--admin-open"):
            self.assertIn(remedy, done.stderr)

    def test_opened_it_takes_names_of_private_networks(self):
        with ServerProcess([], "--admin-open", admin="127.0.0.1:0") as server:
            api = Api(server.ready["admin"])
            for host, status in (("smtp-double:8025", 200), ("double.mail.svc", 200), ("127.0.0.1", 200),
                                 ("evil.example", 403), ("printer.local", 403), ("double.example.com:8025", 403)):
                with self.subTest(host=host):
                    answer = api.ask("GET", "/v1/doubles", headers={"Host": host, "Origin": f"http://{host}"})
                    self.assertEqual(answer.status, status)


class Bodies(ApiCase):
    def test_one_that_is_too_large(self):
        for path in ("/v1/doubles", f"{self.double.path}/rules", f"{self.double.path}/wait"):
            with self.subTest(path=path):
                head = (f"POST {path} HTTP/1.1\r\nHost: {self.api.address}\r\nContent-Type: application/json\r\n"
                        "Content-Length: 10000000000\r\nConnection: close\r\n\r\n")
                self.assertEqual(status_of(raw(self.api, head.encode() + b"{")), 413)

    def test_one_that_grows_too_large(self):
        big = b'{"at": "rcpt", "reply": "' + b"5" * (64 << 20) + b'"}'
        try:
            answer = self.double.ask("POST", "rules", big, type="application/json")
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            return  # refused before all of it was sent
        self.assertEqual(answer.status, 413)

    def test_chunks_without_end(self):
        head = (f"POST {self.double.path}/rules HTTP/1.1\r\nHost: {self.api.address}\r\nConnection: close\r\n"
                "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n").encode()
        chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        try:
            answer = raw(self.api, head + chunk * 40)
        except (BrokenPipeError, ConnectionResetError):
            return
        if answer:
            self.assertEqual(status_of(answer), 411)

    def test_a_large_scenario_is_none_of_these(self):
        rules = [{"name": f"rule {number}", "at": "rcpt", "when": {"recipient": f"user{number}@example.com"},
                  "reply": 550} for number in range(2000)]
        double = self.made(scenario={"rules": rules})
        self.assertEqual(double.get().json()["rules"], 2000)

    def test_json_that_is_none(self):
        for body in (b"{", b'{"count": 1,}', b"{'count': 1}", b'{"count": 1} x', b"\xff\xfe", b'{"a": "\xff"}', b'"',
                     b"nul", b'{"count": 01}', b"\x00",
                     b"[" * 100_000, b'{"a":' * 100_000, b'{"count": NaN}', b"\xef\xbb\xbf{"):
            with self.subTest(body=body[:20]):
                answer = self.double.ask("POST", "wait", body, type="application/json")
                self.assertEqual(answer.status, 400)
                self.assertLess(len(answer.body), 5000)

    def test_a_mistake_has_its_place(self):
        answer = self.double.ask("POST", "wait", b'{\n  "count": 1,\n  oops\n}', type="application/json")
        self.assertEqual(answer.status, 400)
        self.assertEqual(answer.errors[0].get("line"), 3)

    def test_types_that_are_not_taken(self):
        for path in ("wait", "verify", "clock"):
            for type in ("text/plain", "multipart/form-data; boundary=x", "application/yaml", "application/jsonx",
                         "application/json/x", "json"):
                with self.subTest(path=path, type=type):
                    self.assertEqual(self.double.ask("POST", path, b"{}", type=type).status, 415)
        # What curl sends unless told otherwise is taken for JSON: a page elsewhere cannot send it without its Origin.
        for type in ("application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8",
                     "application/x-www-form-urlencoded"):
            self.assertEqual(self.double.ask("POST", "verify", b"{}", type=type).status, 200)

    def test_yaml_that_would_grow_without_end(self):
        laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        laughs += "".join(f"a{n + 1}: &a{n + 1} [{','.join([f'*a{n}'] * 9)}]\n" for n in range(9))
        self.assertEqual(self.double.ask("PUT", "scenario", laughs).status, 422)
        deep = "rules: " + "[" * 20_000
        self.assertEqual(self.double.ask("PUT", "scenario", deep).status, 422)


class Paths(ApiCase):
    def test_what_is_no_path(self):
        for path in ("/v1", "/v1/", "/v2/doubles", "/v1/doubles/", "//v1/doubles", "/v1//doubles",
                     "/v1/doubles/main/nothing", "/V1/doubles", "/v1/doubles/main/",
                     "/v1/doubles/main/rules/", "/favicon.icox", "/index.php", "/..", "/.", "/%2e%2e/%2e%2e/etc/passwd",
                     "/../../etc/passwd", "/page.css/..",
                     "/page/../../../etc/passwd", "/%00", "/v1/doubles/main%2Frules", "/v1/doubles/main%00",
                     "/v1/doubles/%ff", "/v1/doubles/%zz", "/" + "a" * 5000):
            with self.subTest(path=path):
                answer = self.api.ask("GET", path)
                self.assertIn(answer.status, (400, 404, 414))
                self.assertNotIn(b"root:", answer.body)

    def test_methods_that_are_not_there(self):
        for method, path, allowed in (("DELETE", "/v1/doubles", "GET, POST"),
                                      ("PUT", "/v1/doubles/main", "DELETE, GET"), ("POST", "/livez", "GET"),
                                      ("GET", "/v1/doubles/main/wait", "POST"),
                                      ("GET", "/v1/doubles/main/reset", "POST"),
                                      ("PATCH", "/v1/doubles/main/rules", "GET, POST"),
                                      ("POST", "/v1/doubles/main/rules/x", "DELETE, GET, PUT"),
                                      ("TRACE", "/v1/doubles", "GET, POST"), ("DELETE", "/", "GET")):
            with self.subTest(method=method, path=path):
                answer = self.api.ask(method, path)
                self.assertEqual(answer.status, 405)
                self.assertEqual(", ".join(sorted(answer.headers["Allow"].split(", "))), allowed)

    def test_head_is_get_without_the_body(self):
        for path in ("/livez", "/v1/doubles", "/", "/openapi.json"):
            head, get = self.api.ask("HEAD", path), self.api.ask("GET", path)
            self.assertEqual((head.status, head.body), (200, b""))
            self.assertEqual(head.headers["Content-Type"], get.headers["Content-Type"])

    def test_requests_that_are_none(self):
        for octets in (b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"EHLO me.test\r\n",
                       b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100,
                       b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                       b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n",
                       b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
                       b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\n\r\n",
                       b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                       b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
                       b"POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"):
            with self.subTest(octets=octets[:40]):
                try:
                    answer = raw(self.api, octets, half=True)
                except (BrokenPipeError, ConnectionResetError):
                    answer = b""
                if answer:
                    self.assertGreaterEqual(status_of(answer), 400)
        self.api.get("/livez")

    def test_answers_have_their_headers(self):
        for path in ("/", "/v1/doubles", "/livez", "/v1/nothing"):
            answer = self.api.ask("GET", path)
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff", path)
            if path == "/":
                policy = answer.headers["Content-Security-Policy"]
                self.assertIn("default-src 'none'", policy)
                self.assertNotIn("unsafe", policy)


class Patience(ApiCase):
    def hanging(self, *requests, api=None):
        """Connections that have sent this, and go no further; they end with the test."""
        host, _, port = (api or self.api).address.rpartition(":")
        for request in requests:
            connection = socket.create_connection((host, int(port)), timeout=PATIENCE)
            self.addCleanup(connection.close)
            connection.sendall(request.encode())

    def request(self, method, path, body=None, api=None):
        head = f"{method} {path} HTTP/1.1\r\nHost: {(api or self.api).address}\r\n"
        if body is None:
            return head + "\r\n"
        return head + f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"

    def test_idle_connections_stop_nobody(self):
        self.hanging(*[""] * 300)
        self.api.get("/livez")
        self.assertEqual(self.double.send()[:3], "250")

    def test_neither_do_slow_ones(self):
        half = self.request("POST", "/v1/doubles", '{"name": "never"}')[:-1]
        self.hanging(*["GET /livez HT", half] * 75)
        self.api.get("/livez")
        self.assertEqual(self.double.send()[:3], "250")

    def test_neither_do_waits_and_event_streams(self):
        events = self.request("GET", f"{self.double.path}/events")
        wait = self.request("POST", f"{self.double.path}/wait", '{"count": 1000, "timeout": "5m"}')
        self.hanging(*[events, wait] * 60)
        with ThreadPoolExecutor(8) as pool:
            statuses = {answer.status for answer in pool.map(lambda _: self.api.get("/v1/doubles"), range(40))}
        self.assertEqual(statuses, {200})
        self.assertEqual(self.double.send()[:3], "250")

    def test_several_requests_on_one_connection(self):
        with contextlib.closing(self.double.connection()) as connection:
            for _ in range(20):
                connection.request("GET", self.double.path)
                self.assertEqual(received(connection.getresponse()).status, 200)
                connection.request("POST", f"{self.double.path}/wait", b"{", JSON)
                self.assertEqual(received(connection.getresponse()).status, 400)

    def test_it_stops_while_clients_hang(self):
        with ServerProcess(["accept"], admin="127.0.0.1:0") as server:
            api = Api(server.admin)
            path = "/v1/doubles/main"
            self.hanging(self.request("GET", f"{path}/events", api=api), "GET /", "",
                         self.request("POST", f"{path}/wait", '{"count": 9, "timeout": "5m"}', api), api=api)
            api.get("/livez")
            self.assertLess(server.stop(), 5)


if __name__ == "__main__":
    unittest.main()
