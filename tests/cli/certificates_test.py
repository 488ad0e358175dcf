"""Certificate files of one's own: checked with their place, served, and read anew by SIGHUP, all or none."""
import signal
import smtplib
import ssl
import subprocess
import unittest

from server_process import ServerProcess, run
from usage_test import InAFolder

SCENARIO = """
server: {tls: true}
rules:
  - {at: tls, when: {tls.sni: one.example}, tls: {certificate: one.pem}}
  - {at: tls, when: {tls.sni: two.example}, tls: {certificate: two.pem}}
"""


def write_certificate(path, name):
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                           "-subj", f"/CN={name}", "-keyout", "-", "-out", "-"], capture_output=True, check=True)
    path.write_bytes(made.stdout)


def shown(server, name):
    """The certificate that is shown to who asks for that name."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with smtplib.SMTP("127.0.0.1", server.port, timeout=30) as client:
        client._host = name
        client.starttls(context=context)
        return ssl.DER_cert_to_PEM_cert(client.sock.getpeercert(binary_form=True))


class Certificates(InAFolder):
    def test_what_is_wrong_has_its_place(self):
        self.write("a.yaml", "server:\n  tls: {certificate: none.pem, ciphers: FOO}\nrules:\n"
                   "  - {at: tls, tls: {versions: [TLSv1.2], ciphers: TLS_AES_128_GCM_SHA256}}\n")
        checked = run("check", "a.yaml", cwd=self.folder)
        served = run("serve", "a.yaml", "--listen", "127.0.0.1:0", cwd=self.folder)
        for done in (checked, served):
            self.assertEqual(done.returncode, 2)
            self.assertIn("a.yaml:2:8: server.tls: none.pem: No such file or directory\n"
                          "      tls: {certificate: none.pem, ciphers: FOO}\n           ^\n", done.stderr)
            self.assertIn("a.yaml:2:8: server.tls: OpenSSL knows no cipher suite 'FOO'\n", done.stderr)
            self.assertIn("a.yaml:4:20: rules[0].tls: none of these cipher suites belongs to the versions\n", done.stderr)

    def test_they_are_read_anew_all_or_none(self):
        write_certificate(self.folder / "one.pem", "one, the first")
        write_certificate(self.folder / "two.pem", "two, the first")
        self.write("a.yaml", SCENARIO)
        with ServerProcess([self.folder / "a.yaml"]) as server:
            before = shown(server, "one.example"), shown(server, "two.example")
            self.assertIn(before[0], (self.folder / "one.pem").read_text(encoding="ascii"))
            self.assertNotEqual(*before)
            write_certificate(self.folder / "one.pem", "one, the second")
            self.write("two.pem", "nonsense")
            server.process.send_signal(signal.SIGHUP)
            server.log.wait_for(r"error: not reloaded")
            self.assertEqual((shown(server, "one.example"), shown(server, "two.example")), before)
            write_certificate(self.folder / "two.pem", "two, the second")
            server.process.send_signal(signal.SIGHUP)
            server.log.wait_for(r"reloaded: 2 rules")
            after = shown(server, "one.example"), shown(server, "two.example")
            self.assertFalse(set(before) & set(after))


if __name__ == "__main__":
    unittest.main()
