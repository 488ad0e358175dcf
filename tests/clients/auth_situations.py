"""What clients are told when they log in: each mechanism, and each refusal."""
import subprocess
from pathlib import Path
from subprocess import TimeoutExpired

from mail_clients import Login, Report, Tls
from server_process import ServerProcess
from tls_situations import CLIENT_TIMEOUT, HOST, PATIENCE, ports, server_of

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER", "EXTERNAL")


def offering(mechanisms, rule=""):
    """A server for ann and her secret, which takes no mail from anybody else."""
    return (f"server:\n  auth: {{mechanisms: {mechanisms}, users: {{ann: secret}}, legacy: false}}\n"
            f"  require: [hello, auth]\n" + (f"rules:\n  - {rule}\n" if rule else ""))


REFUSALS = {
    "535, the password is wrong": ("PLAIN", "", "wrong"),
    "454 to AUTH": ("PLAIN", "{at: auth, reply: 454 4.7.0 The keys are out for lunch}", "secret"),
    "432": ("PLAIN", "{at: auth-result, reply: 432 4.7.12 Think of a new password}", "secret"),
    "525": ("PLAIN", "{at: auth-result, reply: 525 5.7.13 Ann has left us}", "secret"),
    "534": ("PLAIN", "{at: auth-result, reply: 534 5.7.9 That is too easy}", "secret"),
    "538": ("PLAIN", "{at: auth-result, reply: 538 5.7.11 Somebody might listen}", "secret"),
    "421, and closed": ("PLAIN", "{at: auth-result, reply: 421 4.7.0 Gone fishing}", "secret"),
    "334 again and again": ("LOGIN", '{at: [auth, auth-response, auth-result], reply: "334 VXNlcm5hbWU6"}', "secret"),
    "a challenge that is not base64": ("CRAM-MD5", '{at: auth, reply: "334 %%% what %%%"}', "secret"),
    "no answer to AUTH, client's timeout 2 s": ("PLAIN", "{at: auth, reply: none, then: hang}", "secret"),
    "235 without a question": ("CRAM-MD5", "{at: auth, reply: 235 2.7.0 Never mind}", "secret"),
    "535 at the first attempt, PLAIN and LOGIN offered":
        ("PLAIN, LOGIN", "{at: auth-result, times: 1, reply: 535 5.7.8 Ask me again}", "secret"),
    "AUTH is not offered": ("", "", "secret"),
}


def client_identity(folder, name="ann"):
    """A file with a client's certificate and key. No more is asked of it than the name."""
    path = Path(folder) / f"{name}.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", f"/CN={name}", "-days", "2", "-keyout", path, "-out", f"{path}.crt"],
                   check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return str(path)


def logged_in(client, mechanism, secret="secret"):
    """The client's report on a server that offers nothing else."""
    with ServerProcess(offering(f"[{mechanism}]")) as server:
        return client.send(server.port, host=HOST, login=Login(mechanism, secret=secret))


def logged_in_by_certificate(client, folder, name):
    scenario = ("server: {auth: {mechanisms: [EXTERNAL], users: {ann: secret}},"
                " tls: {client-certificate: asked}, require: [hello, tls, auth]}")
    with server_of(scenario, folder) as server:
        identity = client_identity(folder, name)
        tls = Tls(ca=str(Path(folder) / "ca.pem"), identity=identity)
        return client.send(ports(server)[0], host=HOST, tls=tls, login=Login("EXTERNAL", user=name))


def refused(client, title):
    mechanisms, rule, secret = REFUSALS[title]
    scenario = offering(f"[{mechanisms}]", rule) if mechanisms else "server: {extensions: [PIPELINING]}"
    chosen = "" if "," in mechanisms or not mechanisms else mechanisms
    with ServerProcess(scenario) as server:
        try:
            return client.send(server.port, host=HOST, timeout=CLIENT_TIMEOUT, patience=PATIENCE,
                               login=Login(chosen, secret=secret))
        except TimeoutExpired:
            return Report("never ends", False, "", "", "", "", PATIENCE)
