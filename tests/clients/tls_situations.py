"""What clients are shown of TLS: good and bad certificates, and everything that can go wrong on the way."""
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from subprocess import TimeoutExpired
from tempfile import TemporaryDirectory

from mail_clients import Report, Tls
from server_process import ServerProcess

HOST = "localhost"
CLIENT_TIMEOUT = 2  # seconds, of the clients
PATIENCE = 30         # then the client is killed

CERTIFICATES = ("trusted-test-ca", "self-signed", "expired", "not-yet-valid", "wrong-host", "untrusted-ca", "weak-key",
                "revoked")

ARRIVED = """
  - {name: it came over TLS, at: message, when: {tls: true}, reply: 250 2.0.0 Nobody has read it}
  - {name: it came in the clear, at: message, when: {tls: false}, reply: 250 2.0.0 Everybody has read it}
"""


def failing(rule="", server="{tls: true}"):
    return f"server: {server}\nrules:{ARRIVED}{'  - ' + rule if rule else ''}\n"


# Of each that has no word on it: STARTTLS is offered, and answered 220.
FAILURES = {
    "STARTTLS is not offered": failing(server="{tls: true, extensions: [PIPELINING]}"),
    "454 to STARTTLS": failing("{at: starttls, reply: 454 4.7.0 TLS is out for lunch}"),
    "502 to STARTTLS": failing("{at: starttls, reply: 502 5.5.1 Never heard of TLS}"),
    "220, and a reply injected behind it":
        failing(r'{at: starttls, tls: {inject: "250 2.0.0 Said by somebody else\r\n"}}'),
    "closed behind the 220": failing("{at: tls, tls: {abort: before-handshake}}"),
    "closed in the middle of the handshake": failing("{at: tls, tls: {abort: mid-handshake}}"),
    "closed behind the handshake": failing("{at: tls, tls: {abort: after-handshake}}"),
    "reset at the ClientHello": failing("{at: tls, then: reset}"),
    "alert handshake_failure": failing("{at: tls, tls: {alert: handshake_failure}}"),
    "garbage for a ServerHello": failing(r'{at: tls, raw: "HTTP/1.1 400 Bad Request\r\n\r\n"}'),
    "no ServerHello, client's timeout 2 s": failing("{at: tls, then: hang}"),
    "TLS 1.0 only": failing("{at: tls, tls: {versions: TLSv1}}"),
    "nothing but EHLO is left inside": failing(
        server="{tls: true, extensions: {offer: [PIPELINING, STARTTLS], accept: [PIPELINING, STARTTLS],"
               " after-tls: []}}"),
    "no close_notify at the end": failing(server="{tls: {close-notify: false}}"),
}


@contextmanager
def authority():
    """A folder with the CA; `ca.crl` is there once a server is."""
    with TemporaryDirectory(prefix="smtp-double-test-") as folder:
        yield Path(folder)


@contextmanager
def server_of(scenario, folder, *options):
    with ServerProcess(scenario, "--tls-dir", folder, "--listen-tls", "127.0.0.1:0", *options) as server:
        yield server


def ports(server):
    """(SMTP, SMTP over TLS)"""
    return server.port, int(server.ready["smtps"].rpartition(":")[2])


def shown(client, kind, folder, implicit=False, crl=True):
    """The client's report on a server that shows this certificate."""
    with server_of(f"server: {{tls: {{certificate: {kind}}}}}", folder) as server:
        tls = Tls(ca=str(folder / "ca.pem"), implicit=implicit,
                  crl=str(folder / "ca.crl") if crl and kind == "revoked" and client.reads_crl else "")
        return client.send(ports(server)[implicit], host=HOST, tls=tls)


def met(client, title, folder, demanded=True):
    """(the client's report on this failure, how the mail came: "TLS", "clear" or "")"""
    with server_of(FAILURES[title], folder) as server:
        try:
            report = client.send(server.port, host=HOST, timeout=CLIENT_TIMEOUT, patience=PATIENCE,
                                 tls=Tls(ca=str(folder / "ca.pem"), demanded=demanded))
        except TimeoutExpired:
            report = Report("never ends", False, "", "", "", "", PATIENCE)
        server.stop()
        log = server.log.text()
    came = "TLS" if "'it came over TLS'" in log else "clear" if "'it came in the clear'" in log else ""
    return report, came


def all_of(function, titles):
    """By title; most of the time is waiting, which several can do at once."""
    with ThreadPoolExecutor(max_workers=6) as pool:
        return dict(zip(titles, pool.map(function, titles)))
