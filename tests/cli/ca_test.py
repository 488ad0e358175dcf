"""ca: the certificate authority of a folder, for those who are to trust it."""
import unittest

from server_process import run
from usage_test import InAFolder

CERTIFICATE = r"\A-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n\Z"
CRL = r"\A-----BEGIN X509 CRL-----\n[A-Za-z0-9+/=\n]+-----END X509 CRL-----\n\Z"


class Authority(InAFolder):
    def shown(self, *options, variables=None):
        done = run("ca", *options, variables=variables, cwd=self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_it_is_made_where_there_is_none_and_stays(self):
        shown = self.shown("--tls-dir", "new/tls")
        self.assertRegex(shown, CERTIFICATE)
        self.assertEqual((self.folder / "new/tls/ca.pem").read_text(encoding="ascii"), shown)
        self.assertEqual(self.shown("--tls-dir", "new/tls"), shown)
        self.assertEqual((self.folder / "new/tls/ca-key.pem").stat().st_mode & 0o777, 0o600)

    def test_the_list_of_what_is_revoked(self):
        shown = self.shown("--tls-dir", "tls", "--crl")
        self.assertRegex(shown, CRL)
        self.assertEqual((self.folder / "tls/ca.crl").read_text(encoding="ascii"), shown)

    def test_the_folder_is_that_of_a_flag_or_a_variable_or_the_settings_file(self):
        one, two, three = (self.shown("--tls-dir", name) for name in ("one", "two", "three"))
        self.assertEqual(len({one, two, three}), 3)
        variable = {"SMTP_DOUBLE_TLS_DIR": "two"}
        self.write("config/smtp-double.yaml", "tls-dir: three\n")
        self.write("other.yaml", "tls-dir: one\n")
        self.assertEqual(self.shown("--tls-dir", "one", variables=variable), one)
        self.assertEqual(self.shown(variables=variable), two)
        self.assertEqual(self.shown(), three)
        self.assertEqual(self.shown("--config", "other.yaml"), one)
        self.assertEqual(self.shown(variables={"SMTP_DOUBLE_CONFIG": "other.yaml"}), one)

    def test_without_a_folder_it_says_what_to_do(self):
        self.write("config/smtp-double.yaml", "threads: 2\n")
        self.assertEqual(self.expect_refusal("ca"),
                         "smtp-double: ca needs the folder of the CA: give --tls-dir DIR, or set SMTP_DOUBLE_TLS_DIR, "
                         "or tls-dir in the settings file; without one the CA lives only in the running process\n")
        self.write("config/smtp-double.yaml", "tls-dri: x\n")
        self.assertIn("unknown key 'tls-dri'; did you mean 'tls-dir'?", self.expect_refusal("ca"))
        self.assertIn("none.yaml: cannot be read", self.expect_refusal("ca", "--config", "none.yaml"))

    def test_a_folder_that_cannot_be_used(self):
        self.write("file", "text")
        self.assertEqual(self.expect_refusal("ca", "--tls-dir", "file"),
                         "smtp-double: --tls-dir: file: Not a directory\n")
        self.write("tls/ca.pem", "nonsense")
        self.assertEqual(self.expect_refusal("ca", variables={"SMTP_DOUBLE_TLS_DIR": "tls"}),
                         "smtp-double: SMTP_DOUBLE_TLS_DIR: tls/ca.pem: there is no certificate in it\n")
        self.assertEqual((self.folder / "tls/ca.pem").read_text(encoding="ascii"), "nonsense")
