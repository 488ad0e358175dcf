"""What stands in for Postfix and Prometheus in a drill without an engine."""
import heapq
import http.server
import json
import re
import smtplib
import threading
import time
import urllib.parse
import urllib.request

from server_process import PATIENCE


def fetch(url):
    with urllib.request.urlopen(url, timeout=PATIENCE) as response:
        return response.read()


class Worker:
    """A thread that does its turn again and again until the `with` block ends; its mistake is the block's."""

    def __init__(self, every):
        self._every = every
        self._ended = threading.Event()
        self._mistake = None
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()
        if self._mistake is not None:
            raise self._mistake

    def _run(self):
        try:
            while not self._ended.wait(self._every):
                self.turn()
        except Exception as mistake:  # pylint: disable=broad-except
            self._mistake = mistake


class Relay(Worker):
    """Takes the mails that a double `front` has accepted, and hands each to a port until that has taken it."""

    GAP = 0.1

    def __init__(self, front, port):
        super().__init__(0.05)
        self._messages = f"http://{front}/v1/doubles/main/messages"
        self._port = port
        self._after = 0
        self._due = []  # a heap of (time, number, sender, recipients, content)

    def turn(self):
        for listed in json.loads(fetch(f"{self._messages}?after={self._after}&limit=500"))["messages"]:
            self._after = listed["id"]
            content = fetch(f"{self._messages}/{listed['id']}/raw")
            heapq.heappush(self._due, (time.monotonic(), listed["id"], listed["sender"], listed["recipients"], content))
        now = time.monotonic()
        while self._due and self._due[0][0] <= now:
            _, number, sender, recipients, content = heapq.heappop(self._due)
            if not self._taken(sender, recipients, content):
                heapq.heappush(self._due, (now + self.GAP, number, sender, recipients, content))

    def _taken(self, sender, recipients, content):
        try:
            # With a name, as smtplib asks the DNS for its own otherwise, and that may take its time.
            with smtplib.SMTP("127.0.0.1", self._port, "relay.test", PATIENCE) as client:
                client.sendmail(sender, recipients, content)
        except (smtplib.SMTPException, OSError):
            return False
        return True


class Metrics(Worker):
    """Scrapes a double, and answers the one query that the drill has. `url` is where."""

    SAMPLE = re.compile(r'^smtp_double_rule_hits_total\{double="main",rule="([^"]*)"\} (\d+)$', re.MULTILINE)

    def __init__(self, admin):
        super().__init__(0.1)
        self._admin = admin
        self._samples = {}
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._serving = threading.Thread(target=self._server.serve_forever)

    def __enter__(self):
        self._serving.start()
        return super().__enter__()

    def __exit__(self, *failure):
        self._server.shutdown()
        self._serving.join()
        self._server.server_close()
        super().__exit__(*failure)

    def turn(self):
        for rule, hits in self.SAMPLE.findall(fetch(f"http://{self._admin}/metrics").decode()):
            self._samples.setdefault(rule, []).append((time.time(), hits))

    def _answer(self, query):
        rule = re.fullmatch(r'smtp_double_rule_hits_total\{double="main",rule="([^"]*)"\}\[5m\]', query).group(1)
        values = list(self._samples.get(rule, ()))
        return {"status": "success", "data": {"resultType": "matrix",
                                              "result": [{"metric": {}, "values": values}] if values else []}}

    def _handler(self):
        metrics = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                url = urllib.parse.urlsplit(self.path)
                (query,) = urllib.parse.parse_qs(url.query)["query"]
                body = json.dumps(metrics._answer(query)).encode()
                self.send_response(200 if url.path == "/api/v1/query" else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler
