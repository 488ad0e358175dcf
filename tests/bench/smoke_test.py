"""The load generator against the floors, in every mode: smoke_test.py LOAD_GENERATOR FLOOR_SERVER TLS_FLOOR_SERVER"""
import contextlib
import json
import socket
import subprocess
import sys
import unittest

GENERATOR, FLOOR, TLS_FLOOR = sys.argv[1:4]


def generator(port, *options, limit=30, **keywords):
    command = [GENERATOR, "--port", str(port), "--timeout", str(limit), *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **keywords)


@contextlib.contextmanager
def port_without_listener():
    """Ours while the test runs: nobody else gets it, connects are refused, a child may still listen on it."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


class AgainstTheFloor(unittest.TestCase):
    server, options = FLOOR, ()

    def setUp(self):
        self.floor = subprocess.Popen([self.server, "--port", "0"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.floor.stdout.close)
        self.addCleanup(self.floor.wait)
        self.addCleanup(self.floor.kill)
        self.port = int(self.floor.stdout.readline().removeprefix("READY port="))

    def test_every_message_is_answered_whatever_the_pipelining_and_the_size(self):
        for pipelining in ("none", "message", "deep"):
            for connections, sessions, per_session, size in ((1, 1, 1, 2), (3, 7, 5, 1024), (2, 4, 2, 300_000)):
                with self.subTest(pipelining=pipelining, size=size):
                    done = generator(self.port, *self.options, "--pipelining", pipelining, "--connections", connections,
                                     "--sessions", sessions, "--messages-per-session", per_session, "--size", size)
                    messages = sessions * per_session
                    result = json.loads(done.stdout)
                    self.assertEqual(done.returncode, 0, done.stdout)
                    self.assertEqual(result["errors"], 0)
                    self.assertEqual(result["sessions"], sessions)
                    self.assertEqual(result["messages"], messages)
                    self.assertEqual(result["replies"], {"220": sessions, "221": sessions, "354": messages,
                                                         "250": sessions + 3 * messages})

    def test_the_total_may_be_given_in_messages(self):
        result = json.loads(generator(self.port, *self.options, "--messages", 40, "--messages-per-session", 20).stdout)
        self.assertEqual((result["sessions"], result["messages"]), (2, 40))

    def test_sessions_may_have_no_message(self):
        done = generator(self.port, *self.options, "--connections", 3, "--sessions", 10, "--messages-per-session", 0)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(json.loads(done.stdout)["replies"], {"220": 10, "221": 10, "250": 10})

    def test_idle_connections_are_held_until_told(self):
        command = [GENERATOR, "--port", str(self.port), *self.options, "--idle", "200", "--sources", "3",
                   "--timeout", "30"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            held = json.loads(holder.stdout.readline())
            self.assertEqual((held["state"], held["ready"], held["failed"]), ("held", 200, 0))
            self.assertIsNone(holder.poll())
            released = json.loads(holder.communicate("\n", timeout=30)[0])
            self.assertEqual((released["state"], released["lost"]), ("released", 0))
            self.assertEqual(holder.returncode, 0)

    def test_connections_the_server_ended_while_idle_are_lost(self):
        command = [GENERATOR, "--port", str(self.port), *self.options, "--idle", "10", "--timeout", "30"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            self.assertEqual(json.loads(holder.stdout.readline())["ready"], 10)
            self.floor.kill()
            self.floor.wait()
            released = json.loads(holder.communicate("\n", timeout=30)[0])
            self.assertEqual((released["state"], released["lost"]), ("released", 10))
            self.assertEqual(holder.returncode, 1)


class AgainstTheFloorUnderTls(AgainstTheFloor):
    server, options = TLS_FLOOR, ("--tls",)

    def test_plain_text_is_no_handshake(self):
        done = generator(self.port, "--tls", "--sessions", 1)
        self.assertEqual(done.returncode, 0, done.stdout)
        done = generator(self.port, "--sessions", 1, limit=0.2)
        self.assertEqual(json.loads(done.stdout)["errors"], 1)


class WithoutTheFloor(unittest.TestCase):
    def test_a_command_is_timed_to_its_first_220(self):
        with port_without_listener() as port:
            done = generator(port, "--first-220", "--", FLOOR, "--port", port)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(int(done.stdout), 0)

    def test_a_command_that_never_listens_is_given_up(self):
        with port_without_listener() as port:
            self.assertEqual(generator(port, "--first-220", "--", "/bin/false").returncode, 1)
            self.assertEqual(generator(port, "--first-220", "--", "sleep", "60", limit=0.2).returncode, 1)

    def test_refused_connections_are_errors(self):
        with port_without_listener() as port:
            for options in ((), ("--tls",)):
                with self.subTest(options=options):
                    done = generator(port, *options, "--connections", 2, "--sessions", 5)
                    result = json.loads(done.stdout)
                    self.assertEqual(done.returncode, 1)
                    self.assertEqual((result["messages"], result["broken_connections"], result["errors"]), (0, 5, 5))

    def test_refused_idle_connections_have_failed(self):
        with port_without_listener() as port:
            done = generator(port, "--idle", 5, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(json.loads(done.stdout.splitlines()[0])["failed"], 5)

    def test_a_wrong_reply_is_an_error(self):
        with socket.create_server(("127.0.0.1", 0)) as refusing:
            command = [GENERATOR, "--port", str(refusing.getsockname()[1]), "--timeout", "30"]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
                connection, _ = refusing.accept()
                with connection:
                    connection.sendall(b"554 no\r\n")
                    result = json.loads(client.communicate(timeout=30)[0])
        self.assertEqual(client.returncode, 1)
        self.assertEqual((result["wrong_replies"], result["replies"]), (1, {"554": 1}))

    def test_a_silent_server_ends_the_run_in_time(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            done = generator(silent.getsockname()[1], "--sessions", 3, limit=0.2)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(json.loads(done.stdout)["unfinished_sessions"], 3)

    def test_plain_text_where_tls_is_due_is_an_error(self):
        with socket.create_server(("127.0.0.1", 0)) as plain:
            command = [GENERATOR, "--tls", "--port", str(plain.getsockname()[1]), "--timeout", "30"]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
                connection, _ = plain.accept()
                with connection:
                    connection.sendall(b"220 mx.example.test ESMTP\r\n")
                    connection.shutdown(socket.SHUT_WR)  # some take it for the beginning of a record, and wait
                    result = json.loads(client.communicate(timeout=30)[0])
        self.assertEqual(client.returncode, 1)
        self.assertEqual((result["broken_connections"], result["replies"]), (1, {}))

    def test_a_load_that_is_none_is_bad_usage(self):
        for options in (("--messages", 3, "--messages-per-session", 2), ("--messages", 3, "--messages-per-session", 0),
                        ("--messages-per-session", 0, "--pipelining", "deep")):
            self.assertEqual(generator(25, *options).returncode, 2)

    def test_other_machines_are_refused(self):
        for host in ("192.0.2.1", "0.0.0.0", "example.com"):
            self.assertEqual(generator(25, "--host", host).returncode, 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
