"""The mail clients that are tested with: how each is made to send, and where it says what it was told."""
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATIENCE = 60  # seconds; then the client is killed
CONTENT = (b"From: me@example.org\r\nTo: you@example.com\r\nSubject: Pick up the parcel\r\n\r\n"
           b"First line\r\n.one dot\r\n..two dots\r\n.\r\n \r\nLast line, not QUIT\r\nQUIT\r\n")


@dataclass(frozen=True)
class Report:
    """What a client has to say about one mail."""
    status: str  # as its kind tells success from failure: exit status, exception
    sent: bool
    code: str    # of the reply it blames, "" for none
    text: str
    output: str
    seconds: float


class Client:
    name = ""

    def command(self, port, helo, sender, recipient, timeout):
        raise NotImplementedError

    def version(self):
        raise NotImplementedError

    def told(self, output):
        """(code, text) of the reply in its output that it takes for the reason."""
        raise NotImplementedError

    def status(self, returncode, output):
        return f"exit {returncode}"

    def send(self, port, helo="client.example", sender="me@example.org", recipient="you@example.com", timeout=20,
             patience=PATIENCE):
        with tempfile.TemporaryDirectory() as home:
            begun = time.monotonic()
            done = subprocess.run(self.command(port, helo, sender, recipient, timeout), input=CONTENT, cwd=home,
                                  env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=patience)
            seconds = time.monotonic() - begun
        output = done.stdout.decode(errors="replace").replace("\r\n", "\n")
        code, text = self.told(output)
        return Report(self.status(done.returncode, output), done.returncode == 0, code, text, output, seconds)


def environment(home):
    """Nobody's settings."""
    return {"PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8"}


def last(pattern, output):
    found = re.findall(pattern, output, re.MULTILINE)
    return found[-1] if found else ("", "")


def first_line(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True).stdout.splitlines()[0]


class Curl(Client):
    name = "curl"

    def version(self):
        return first_line("curl", "--version").split()[1]

    def command(self, port, helo, sender, recipient, timeout):
        return ["curl", "-q", "-sS", "-v", "--noproxy", "*", "--max-time", str(timeout), "--mail-from", sender,
                "--mail-rcpt", recipient, "--upload-file", "-", f"smtp://127.0.0.1:{port}/{helo}"]

    def told(self, output):
        return last(r"^< ([45]\d\d) (.*)$", output)


class Swaks(Client):
    name = "swaks"

    def version(self):
        return first_line("swaks", "--version").split()[-1]

    def command(self, port, helo, sender, recipient, timeout):
        return ["swaks", "--server", f"127.0.0.1:{port}", "--helo", helo, "--from", sender, "--to", recipient,
                "--data", "-", "--timeout", f"{timeout}s"]

    def told(self, output):
        return last(r"^<\*\* ([45]\d\d) (.*)$", output)


class Smtplib(Client):
    name = "smtplib"

    def version(self):
        return "Python " + sys.version.split()[0]

    def command(self, port, helo, sender, recipient, timeout):
        return [sys.executable, "-B", HERE / "send_with_smtplib.py", str(port), helo, sender, recipient, str(timeout)]

    def told(self, output):
        told = json.loads(output)
        return str(told.get("code", "")), told.get("text", "")

    def status(self, returncode, output):
        return json.loads(output).get("error", "returns")


class Nodemailer(Client):
    name = "nodemailer"

    def version(self):
        package = HERE / "node_modules" / "nodemailer" / "package.json"
        return json.loads(package.read_text(encoding="utf-8"))["version"]

    def command(self, port, helo, sender, recipient, timeout):
        if not (HERE / "node_modules").is_dir():
            raise AssertionError("nodemailer is not there: npm ci --prefix tests/clients")
        return ["node", HERE / "send_with_nodemailer.js", str(port), helo, sender, recipient, str(timeout)]

    def told(self, output):
        told = json.loads(output)
        code, _, text = (told.get("response") or "").partition(" ")
        return (code, text) if "error" in told else ("", "")

    def status(self, returncode, output):
        return json.loads(output).get("error", "resolves")


class Msmtp(Client):
    name = "msmtp"

    def version(self):
        return first_line("msmtp", "--version").split()[2]

    def command(self, port, helo, sender, recipient, timeout):
        return ["msmtp", "--host=127.0.0.1", f"--port={port}", f"--domain={helo}", f"--from={sender}", "--tls=off",
                "--auth=off", f"--timeout={timeout}", "--", recipient]

    def told(self, output):
        return last(r"^msmtp: server message: ([45]\d\d) (.*)$", output)


ALL = [Curl(), Swaks(), Smtplib(), Nodemailer(), Msmtp()]
