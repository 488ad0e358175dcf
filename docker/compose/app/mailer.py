#!/usr/bin/env python3
"""A small mailer: it queues mails, sends them by SMTP, tries again after a 4yz, and gives up at a 5yz.

    POST /mails {"sender", "recipient", "subject", "text"}   201 {"id": 1}
    GET  /mails/1?wait=10   its report, as soon as the mail is sent or given up, after 10 s at the latest
    GET  /health            200

A report: {"state": "queued" | "sent" | "failed", "attempts": [{"at": 0.0, "result": "450 4.7.1 Later"}]}
"""
import dataclasses
import heapq
import json
import os
import re
import signal
import smtplib
import socketserver
import sys
import threading
import time
from email.message import EmailMessage
from email.utils import make_msgid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclasses.dataclass(frozen=True)
class Settings:
    """Where the mails go, and when they are tried again: after 0.5 s, 1 s, 2 s … in all so many times."""
    host: str = "127.0.0.1"
    port: int = 1025
    timeout: float = 10.0
    first_gap: float = 0.5
    factor: float = 2.0
    attempts: int = 6

    @classmethod
    def of(cls, variables):
        """From MAILER_HOST, MAILER_PORT, MAILER_FIRST_GAP …"""
        return cls(**{field.name: field.type(variables[name]) for field in dataclasses.fields(cls)
                      if (name := f"MAILER_{field.name.upper()}") in variables})

    def gap(self, attempts):
        """How long to wait after so many attempts; None when there were enough."""
        return None if attempts >= self.attempts else self.first_gap * self.factor ** (attempts - 1)


@dataclasses.dataclass
class Mail:
    """One mail to one recipient, and what became of it."""
    id: int
    sender: str
    recipient: str
    content: EmailMessage
    queued: float
    state: str = "queued"
    attempts: list = dataclasses.field(default_factory=list)

    def report(self):
        return {"id": self.id, "message_id": self.content["Message-ID"], "state": self.state, "attempts": self.attempts}


def composed(asked):
    """The mail as it goes over the wire. All attempts have one Message-ID, so that what comes twice is found."""
    content = EmailMessage()
    content["From"], content["To"], content["Subject"] = asked["sender"], asked["recipient"], asked["subject"]
    content["Message-ID"] = make_msgid(domain="mailer.test")
    content.set_content(asked["text"])
    return content


def result_of(error):
    """(whether another attempt makes sense, what is reported)"""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:  # a connection that could not be made, or broke: the server said nothing of the mail
        return True, f"{type(error).__name__}: {error}"
    words = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return not 500 <= code <= 599, f"{code} {words}"


class Mailer:
    """A queue, and one thread that sends what is due."""

    def __init__(self, settings):
        self._settings = settings
        self._changed = threading.Condition()
        self._mails = {}
        self._due = []  # a heap of (time, id)
        self._ended = False
        self._thread = threading.Thread(target=self._work, name="mailer")
        self._thread.start()

    def queue(self, asked):
        content = composed(asked)
        with self._changed:
            mail = Mail(len(self._mails) + 1, asked["sender"], asked["recipient"], content, time.monotonic())
            self._mails[mail.id] = mail
            heapq.heappush(self._due, (mail.queued, mail.id))
            self._changed.notify_all()
            return mail.id

    def report(self, number, wait=0.0):
        """None when there is no such mail."""
        with self._changed:
            mail = self._mails.get(number)
            if mail is None:
                return None
            self._changed.wait_for(lambda: mail.state != "queued" or self._ended, wait)
            return mail.report()

    def end(self):
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._thread.join()

    def _work(self):
        while (mail := self._next()) is not None:
            begun = time.monotonic()
            again, result = self._sent(mail)
            self._note(mail, begun, again, result)

    def _next(self):
        with self._changed:
            while not self._ended:
                pause = self._due[0][0] - time.monotonic() if self._due else None
                if pause is not None and pause <= 0:
                    return self._mails[heapq.heappop(self._due)[1]]
                self._changed.wait(pause)
        return None

    def _sent(self, mail):
        # Once the content was answered 2yz the mail is delivered, however the session ends after it.
        try:
            client = smtplib.SMTP(self._settings.host, self._settings.port, timeout=self._settings.timeout)
        except (smtplib.SMTPException, OSError) as error:
            return result_of(error)
        try:
            client.send_message(mail.content, mail.sender, [mail.recipient])
        except (smtplib.SMTPException, OSError) as error:
            client.close()
            return result_of(error)
        try:
            client.quit()
        except (smtplib.SMTPException, OSError):
            client.close()
        return None, "sent"

    def _note(self, mail, begun, again, result):
        with self._changed:
            mail.attempts.append({"at": round(begun - mail.queued, 3), "result": result})
            gap = self._settings.gap(len(mail.attempts))
            if again is None:
                mail.state = "sent"
            elif again and gap is not None:
                heapq.heappush(self._due, (time.monotonic() + gap, mail.id))
            else:
                mail.state = "failed"
            self._changed.notify_all()
        print(f"mail {mail.id} to {mail.recipient}: {mail.state}, attempt {len(mail.attempts)}: {result}", flush=True)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        number = re.fullmatch(r"/mails/(\d+)", url.path)
        if url.path == "/health":
            self._answer(200, {"ok": True})
        elif number:
            wait = float(parse_qs(url.query).get("wait", ["0"])[0])
            report = self.server.mailer.report(int(number.group(1)), wait)
            self._answer(200 if report else 404, report or {"error": "no such mail"})
        else:
            self._answer(404, {"error": "no such page"})

    def do_POST(self):
        try:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            number = self.server.mailer.queue(asked)
        except (ValueError, KeyError, TypeError) as error:
            self._answer(400, {"error": repr(error)})
        else:
            self._answer(201, {"id": number})

    def log_message(self, *_):
        """The mailer's own lines tell more."""

    def _answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self):
        # Without the look-up of our own name that HTTPServer does.
        socketserver.TCPServer.server_bind(self)


def main():
    """Serves on the address and port of the command line until SIGTERM comes."""
    address, port = sys.argv[1:3]
    settings = Settings.of(os.environ)
    with Server((address, int(port)), Handler) as server:
        server.mailer = Mailer(settings)
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
        print(f"listening on {address}:{server.server_address[1]}, mails go to {settings.host}:{settings.port}",
              flush=True)
        server.serve_forever()
        server.mailer.end()


if __name__ == "__main__":
    main()
