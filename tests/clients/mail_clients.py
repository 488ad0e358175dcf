"""The mail clients that are tested with: how each is made to send, and where it says what it was told."""
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATIENCE = 60  # seconds; then the client is killed
VARYING = re.compile(r"(?<=localhost:)\d+|(?<=after )\d+(?= ms| millisec)|(?<=_ssl.c:)\d+")
CONTENT = (b"From: me@example.org\r\nTo: you@example.com\r\nSubject: Pick up the parcel\r\n\r\n"
           b"First line\r\n.one dot\r\n..two dots\r\n.\r\n \r\nLast line, not QUIT\r\nQUIT\r\n")


@dataclass(frozen=True)
class Tls:
    """How the connection is to be encrypted, and whom the client is told to trust."""
    ca: str
    implicit: bool = False   # from the first octet on, in place of STARTTLS
    demanded: bool = True    # no mail without it
    crl: str = ""            # given to the clients that can look into one
    identity: str = ""       # the client's own certificate and key, in one file


@dataclass(frozen=True)
class Login:
    mechanism: str = ""      # without one it is the client's choice
    user: str = "ann"
    secret: str = "secret"   # a password, or a token


@dataclass(frozen=True)
class Mail:
    """One mail, and how the client is to bring it."""
    host: str = "127.0.0.1"
    helo: str = "client.example"
    sender: str = "me@example.org"
    recipient: str = "you@example.com"
    timeout: int = 20
    tls: Tls | None = None
    login: Login | None = None
    dsn: bool = False        # nodemailer's way to ask for it
    options: tuple = ()      # more words for those that have a command line


@dataclass(frozen=True)
class Report:
    """What a client has to say about one mail."""
    status: str  # as its kind tells success from failure: exit status, exception
    sent: bool
    code: str    # of the reply it blames, "" for none
    text: str
    words: str   # its own, for what went wrong
    output: str
    seconds: float


class Client:
    name = ""
    mechanisms = ()   # of AUTH, that it can be told to use
    reads_crl = True
    content = CONTENT

    def command(self, port, mail):
        raise NotImplementedError

    def version(self):
        raise NotImplementedError

    def has_tls_of_its_own(self):
        return True

    def told(self, output):
        """(code, text) of the reply in its output that it takes for the reason."""
        raise NotImplementedError

    def words(self, output):
        """What it says of its own accord when it fails."""
        raise NotImplementedError

    def status(self, returncode, output):
        return f"exit {returncode}"

    def run(self, command, home, patience):
        """(exit status, output)"""
        done = subprocess.run(command, input=self.content, cwd=home, env=environment(home), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=patience)
        return done.returncode, done.stdout

    def send(self, port, patience=PATIENCE, **mail):
        with tempfile.TemporaryDirectory() as home:
            begun = time.monotonic()
            returncode, output = self.run(self.command(port, Mail(**mail)), home, patience)
            seconds = time.monotonic() - begun
        output = output.decode(errors="replace").replace("\r\n", "\n")
        code, text = self.told(output)
        status = self.status(returncode, output)
        words = "" if returncode == 0 else VARYING.sub("N", self.words(output)).strip()
        return Report(status, returncode == 0, code, text, words, output, seconds)


def environment(home):
    """Nobody's settings."""
    return {"PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8"}


def last(pattern, output):
    found = re.findall(pattern, output, re.MULTILINE)
    return found[-1] if found else ("", "")


def first_word(pattern, output):
    found = re.search(pattern, output, re.MULTILINE)
    return found.group(1) if found else ""


def first_line(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True).stdout.splitlines()[0]


class Curl(Client):
    name = "curl"
    mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "OAUTHBEARER", "EXTERNAL")

    def version(self):
        return first_line("curl", "--version").split()[1]

    def command(self, port, mail):
        scheme = "smtps" if mail.tls and mail.tls.implicit else "smtp"
        return ["curl", "-q", "-sS", "-v", "--noproxy", "*", "--max-time", str(mail.timeout), *self.tls(mail.tls),
                *self.login(mail.login), "--mail-from", mail.sender, "--mail-rcpt", mail.recipient, *mail.options,
                "--upload-file", "-", f"{scheme}://{mail.host}:{port}/{mail.helo}"]

    def tls(self, tls):
        if tls is None:
            return []
        return ["--ssl-reqd" if tls.demanded else "--ssl", "--cacert", tls.ca,
                *(["--crlfile", tls.crl] if tls.crl else []), *(["--cert", tls.identity] if tls.identity else [])]

    def login(self, login):
        if login is None:
            return []
        if login.mechanism in ("XOAUTH2", "OAUTHBEARER"):
            secret = ["--user", login.user, "--oauth2-bearer", login.secret]
        else:
            secret = ["--user", f"{login.user}:{'' if login.mechanism == 'EXTERNAL' else login.secret}"]
        return [*secret, *(["--login-options", f"AUTH={login.mechanism}"] if login.mechanism else [])]

    def told(self, output):
        return last(r"^< ([45]\d\d) (.*)$", output)

    def words(self, output):
        return first_word(r"^curl: \(\d+\) (.*)$", output)


class Swaks(Client):
    name = "swaks"
    mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5")
    reads_crl = False

    def version(self):
        return first_line("swaks", "--version").split()[-1]

    def command(self, port, mail):
        return ["swaks", "--server", f"{mail.host}:{port}", "--helo", mail.helo, "--from", mail.sender,
                "--to", mail.recipient, *self.tls(mail), *self.login(mail.login), *mail.options, "--data", "-",
                "--timeout", f"{mail.timeout}s"]

    def tls(self, mail):
        tls = mail.tls
        if tls is None:
            return []
        how = "--tls-on-connect" if tls.implicit else "--tls" if tls.demanded else "--tls-optional-strict"
        return [how, "--tls-verify", "--tls-ca-path", tls.ca, "--tls-sni", mail.host,
                *(["--tls-cert", tls.identity, "--tls-key", tls.identity] if tls.identity else [])]

    def login(self, login):
        if login is None:
            return []
        return ["--auth", *([login.mechanism] if login.mechanism else []), "--auth-user", login.user, "--auth-password", login.secret]

    def told(self, output):
        return last(r"^<[*~]\* ([45]\d\d) (.*)$", output)

    def words(self, output):
        return first_word(r"^\*\*\* (.*)$", output)


class Scripted(Client):
    """A library, called by a few lines of its language; they print as JSON what it told them."""
    script = ()
    succeeds = ""

    def command(self, port, mail):
        return [*self.script, json.dumps({"port": port} | asdict(mail))]

    def told(self, output):
        told = json.loads(output)
        return str(told.get("code") or ""), told.get("text") or ""

    def words(self, output):
        # The words of OpenSSL come with an address before them and a line of its source behind them.
        return re.sub(r"^[0-9A-F]+:(error:[^/]*):\.\./.*", r"\1", json.loads(output).get("message", "").strip())

    def status(self, returncode, output):
        return json.loads(output).get("error", self.succeeds)


class Smtplib(Scripted):
    name = "smtplib"
    mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5")
    script = (sys.executable, "-I", str(HERE / "send_with_smtplib.py"))
    succeeds = "returns"

    def version(self):
        return f"Python {sys.version.split()[0]}"


class Nodemailer(Scripted):
    name = "nodemailer"
    mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2")
    script = ("node", str(HERE / "send_with_nodemailer.js"))
    succeeds = "resolves"

    def version(self):
        package = HERE / "node_modules" / "nodemailer" / "package.json"
        return json.loads(package.read_text(encoding="utf-8"))["version"]

    def has_tls_of_its_own(self):
        """Whether this Node.js was built with its own OpenSSL, and not with the system's."""
        return first_line("node", "-p", "process.config.variables.node_shared_openssl") == "false"

    def command(self, port, mail):
        if not (HERE / "node_modules").is_dir():
            raise AssertionError("nodemailer is not there: npm ci --prefix tests/clients")
        return super().command(port, mail)


class Msmtp(Client):
    name = "msmtp"
    mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "OAUTHBEARER", "XOAUTH2", "EXTERNAL")

    def version(self):
        return first_line("msmtp", "--version").split()[2]

    def command(self, port, mail):
        return ["msmtp", f"--host={mail.host}", f"--port={port}", f"--domain={mail.helo}", f"--from={mail.sender}",
                *self.tls(mail.tls), *self.login(mail.login), f"--timeout={mail.timeout}", *mail.options, "--",
                mail.recipient]

    def tls(self, tls):
        if tls is None:
            return ["--tls=off"]
        own = [f"--tls-cert-file={tls.identity}", f"--tls-key-file={tls.identity}"] if tls.identity else []
        return ["--tls=on", f"--tls-starttls={'off' if tls.implicit else 'on'}", f"--tls-trust-file={tls.ca}",
                *([f"--tls-crl-file={tls.crl}"] if tls.crl else []), *own]

    def login(self, login):
        if login is None:
            return ["--auth=off"]
        return [f"--auth={login.mechanism.lower() or 'on'}", f"--user={login.user}", f"--passwordeval=echo {login.secret}"]

    def told(self, output):
        return last(r"^msmtp: server message: ([45]\d\d) (.*)$", output)

    def words(self, output):
        return first_word(r"^msmtp: (.*)$", output)


class Piped(Client):
    """No mail client, but a TLS client that is given the whole session as its input."""
    content = (b"EHLO client.example\r\nMAIL FROM:<me@example.org>\r\nRCPT TO:<you@example.com>\r\nDATA\r\n"
               + CONTENT.replace(b"\r\n.", b"\r\n..") + b".\r\nQUIT\r\n")

    def told(self, output):
        return last(r"^([45]\d\d) (.*)$", output)

    def run(self, command, home, patience):
        # An end of the input would be the end of the connection, whatever is still to come.
        reading, writing = os.pipe()
        os.write(writing, self.content)
        try:
            done = subprocess.run(command, stdin=reading, cwd=home, env=environment(home), stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=patience)
        finally:
            os.close(reading)
            os.close(writing)
        return done.returncode, done.stdout


class Openssl(Piped):
    name = "openssl s_client"

    def version(self):
        return first_line("openssl", "version").split()[1]

    def command(self, port, mail):
        tls = mail.tls
        return ["openssl", "s_client", "-quiet", "-connect", f"{mail.host}:{port}", "-servername", mail.host,
                *([] if tls.implicit else ["-starttls", "smtp"]), "-CAfile", tls.ca, "-verify_return_error",
                "-verify_hostname", mail.host, *(["-crl_check", "-CRL", tls.crl] if tls.crl else []),
                *(["-cert", tls.identity] if tls.identity else [])]

    def words(self, output):
        return first_word(r"^(?:verify error:|[0-9A-F]+:error:[0-9A-F]+:)(.*)$", output).partition(":../")[0]


class Gnutls(Piped):
    name = "gnutls-cli"

    def version(self):
        return first_line("gnutls-cli", "--version").split()[1]

    def command(self, port, mail):
        tls = mail.tls
        return ["gnutls-cli", "--port", str(port), *([] if tls.implicit else ["--starttls-proto=smtp"]),
                "--x509cafile", tls.ca, *(["--x509crlfile", tls.crl] if tls.crl else []),
                *(["--x509certfile", tls.identity, "--x509keyfile", tls.identity] if tls.identity else []), mail.host]

    def words(self, output):
        return (first_word(r"^- Status: (.*NOT trusted.*)$", output)
                or first_word(r"^\*\*\* (?:Fatal error: )?(.*)$", output))


class Gsasl(Piped):
    """No mail client: it logs in, and says QUIT."""
    name = "gsasl"
    mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256")
    content = b""

    def version(self):
        return first_line("gsasl", "--version").split()[-1]

    def command(self, port, mail):
        return ["gsasl", "--smtp", "--connect", f"{mail.host}:{port}", "--no-starttls", "--hostname=localhost",
                "--service=smtp", f"--mechanism={mail.login.mechanism}", f"--authentication-id={mail.login.user}",
                f"--password={mail.login.secret}"]

    def run(self, command, home, patience):
        return Client.run(self, command, home, patience)

    def words(self, output):
        return first_word(r"^gsasl: (.*)$", output)


ALL = [Curl(), Swaks(), Smtplib(), Nodemailer(), Msmtp()]
ALL_OF_TLS = [*ALL, Openssl(), Gnutls()]
ALL_OF_AUTH = [*ALL, Gsasl()]
