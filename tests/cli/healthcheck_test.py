"""`smtp-double healthcheck`: whether a server that was started with the same options is ready."""
import socket
import threading
import unittest

from server_process import ServerProcess, run
from usage_test import InAFolder


def answering(response):
    """The port of somebody who gives one answer to whoever connects, and the thread that does so."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        with listener, listener.accept()[0] as connection:
            connection.recv(4096)
            connection.sendall(response)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return listener.getsockname()[1], thread


class Healthcheck(InAFolder):
    def check(self, *arguments, **keywords):
        return run("healthcheck", *arguments, cwd=self.folder, **keywords)

    def test_a_server_that_is_ready(self):
        with ServerProcess([], admin="127.0.0.1:0") as server:
            port = server.ready["admin"].rpartition(":")[2]
            for how in ({"arguments": ("--admin", f"127.0.0.1:{port}"), "variables": {"SMTP_DOUBLE_ADMIN": "off"}},
                        {"variables": {"SMTP_DOUBLE_ADMIN": f"127.0.0.1:{port}"}},
                        {"variables": {"SMTP_DOUBLE_ADMIN": f"0.0.0.0:{port}"}},
                        {"variables": {"SMTP_DOUBLE_ADMIN": f"http://127.0.0.1:{port}"}},  # as `run` tells it
                        {"arguments": ("--config", str(self.write("settings.yaml", f"admin: 127.0.0.1:{port}\n"))),
                         "variables": {"SMTP_DOUBLE_ADMIN": ""}}):
                with self.subTest(how):
                    done = self.check(*how.get("arguments", ()), variables=how["variables"])
                    self.assertEqual((done.returncode, done.stdout, done.stderr),
                                     (0, f"ready: http://127.0.0.1:{port}/readyz\n", ""))
        self.assertIn("stopped: 0 sessions\n", server.log.text())

    def test_any_free_port_is_that_of_the_port_file(self):
        ports = self.folder / "ports"
        waiting = self.check("--admin", "127.0.0.1:0", "--port-file", str(ports))
        self.assertEqual((waiting.returncode, waiting.stderr),
                         (1, f"smtp-double: not ready: no admin port in {ports}\n"))
        with ServerProcess([], "--port-file", str(ports), admin="127.0.0.1:0"):
            done = self.check("--admin", "127.0.0.1:0", variables={"SMTP_DOUBLE_PORT_FILE": str(ports)})
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_who_is_not_ready(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            done = self.check("--admin", f"127.0.0.1:{port}")
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertRegex(done.stderr, f"^smtp-double: not ready: http://127.0.0.1:{port}/readyz: no answer ")
        with socket.socket() as bound:  # and does not listen, which refuses us; nobody else can take the port meanwhile
            bound.bind(("127.0.0.1", 0))
            done = self.check("--admin", "127.0.0.1:{}".format(bound.getsockname()[1]))
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertRegex(done.stderr, "no answer .*[Cc]onnect")
        port, thread = answering(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
        done = self.check("--admin", f"127.0.0.1:{port}")
        thread.join()
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("/readyz: HTTP status 503\n", done.stderr)

    def test_nothing_to_ask(self):
        for arguments, said in ((("--admin", "off"), "the admin port is off"),
                                (("--admin", "127.0.0.1:0"), "learns which from --port-file"),
                                (("--admin", "here"), "--admin: 'here' has no port"),
                                (("--config", "none.yaml"), "none.yaml: cannot be read"),
                                (("x",), "x")):
            with self.subTest(arguments):
                done = self.check(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main()
