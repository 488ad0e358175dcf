"""Where the server listens and how it tells: the READY line, ports, Unix sockets, the port file."""
import os
import socket
import tempfile
import unittest
from pathlib import Path

from server_process import ServerProcess, run
from smtp_peer import Peer, connect


def has_ipv6():
    if not socket.has_ipv6:
        return False
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


class Ready(unittest.TestCase):
    def test_the_line_is_all_there_is_on_standard_output(self):
        with ServerProcess(["accept"], "--seed", 42, "--log-level", "debug") as server:
            with connect(server) as client:
                client.hello()
                client.message()
                client.ask("QUIT")
            server.stop()
            self.assertRegex(server.stdout.text(), r"\AREADY smtp=127\.0\.0\.1:[1-9]\d* scenario=accept seed=42\n\Z")

    def test_the_seed_is_the_one_that_was_given(self):
        scenario = "scenario: seeded\nseed: 7\n"
        for seed in (None, 8, 0, 2**64 - 1):
            options = () if seed is None else ("--seed", seed)
            with self.subTest(seed=seed), ServerProcess(scenario, *options) as server:
                self.assertEqual(server.ready["scenario"], "seeded")
                self.assertEqual(server.ready["seed"], "7" if seed is None else str(seed))

    def test_without_a_seed_one_is_drawn(self):
        seeds = set()
        for _ in range(3):
            with ServerProcess() as server:
                seeds.add(int(server.ready["seed"]))
        self.assertGreater(len(seeds), 1)

    def test_without_a_scenario_it_is_the_default_one(self):
        with ServerProcess() as server:
            self.assertEqual(server.ready["scenario"], "default")

    def test_several_scenarios_are_one(self):
        with ServerProcess(["greylist-once", "unknown-user"]) as server, connect(server) as client:
            self.assertEqual(server.ready["scenario"], "greylist-once+unknown-user")
            client.hello()
            client.ask("MAIL FROM:<>")
            self.assertEqual(client.ask("RCPT TO:<known@example.com>")[:3], "450")
            self.assertEqual(client.ask("RCPT TO:<known@example.com>")[:3], "250")
            self.assertEqual(client.ask("RCPT TO:<stranger@example.com>")[:3], "550")


class Ports(unittest.TestCase):
    def greeted(self, address):
        with Peer(address) as client:
            return client.expect(220)

    def test_several_listeners_are_named_in_their_order(self):
        with ServerProcess(listen=("127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0")) as server:
            self.assertEqual(len(set(server.addresses)), 3)
            for address in server.addresses:
                self.assertRegex(address, r"\A127\.0\.0\.1:[1-9]\d*\Z")
                self.greeted(address)

    def test_each_kind_of_listener_has_its_word(self):
        loopback = "127.0.0.1:0"
        with ServerProcess((), "--listen-lmtp", loopback, "--listen-tls", f"{loopback},proxy:{loopback}") as server:
            self.assertRegex(server.stdout.text(), r"\AREADY smtp=127\.0\.0\.1:[1-9]\d* "
                             r"smtps=127\.0\.0\.1:[1-9]\d*,127\.0\.0\.1:[1-9]\d* lmtp=127\.0\.0\.1:[1-9]\d* scenario=")

    def test_any_listener_takes_the_place_of_the_default_one(self):
        for option, kind in (("--listen-tls", "smtps"), ("--listen-lmtp", "lmtp")):
            with self.subTest(option=option), ServerProcess((), option, "127.0.0.1:0", listen=()) as server:
                self.assertEqual(list(server.ready), [kind, "scenario", "seed"])

    def test_a_port_that_was_asked_for_is_the_one_that_is_bound(self):
        with ServerProcess() as server:
            port = server.port
        with ServerProcess(listen=(f"127.0.0.1:{port}",)) as server:  # at once: nothing lingers in its way
            self.assertEqual(server.addresses, [f"127.0.0.1:{port}"])

    def test_localhost_is_a_name_that_is_known(self):
        with ServerProcess(listen=("localhost:0",)) as server:
            self.assertRegex(server.addresses[0], r"\A127\.0\.0\.1:\d+\Z")

    @unittest.skipUnless(has_ipv6(), "SKIPPED: this machine has no IPv6 loopback address")
    def test_ipv6(self):
        with ServerProcess(listen=("[::1]:0", "127.0.0.1:0"), scenario="""
                rules:
                  - {at: connect, when: {client.ip: "::1"}, reply: "220 by six"}
                """) as server:
            self.assertRegex(server.addresses[0], r"\A\[::1\]:[1-9]\d*\Z")
            self.assertEqual(self.greeted(server.addresses[0]), "220 by six")
            self.assertNotEqual(self.greeted(server.addresses[1]), "220 by six")
            server.log.wait_for(r"session 1 from \[::1\]:\d+:")

    def test_a_port_in_use_is_status_3_and_one_line_that_names_it(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            for options in (("--listen", address), ("--listen", "127.0.0.1:0", "--listen", address),
                            ("--listen-tls", address), ("--listen-lmtp", f"proxy:{address}"),
                            ("--listen", address, "--threads", "2")):
                with self.subTest(options=options):
                    done = run(*options)
                    self.assertEqual((done.returncode, done.stdout), (3, ""))
                    self.assertEqual(done.stderr, f"smtp-double: cannot listen on {address}: Address already in use\n")

    def test_two_doubles_never_share_a_port(self):
        for threads in (1, 2):
            with self.subTest(threads=threads), ServerProcess((), "--threads", threads) as server:
                done = run("--listen", server.addresses[0], "--threads", str(threads))
                self.assertEqual((done.returncode, done.stdout), (3, ""))

    def test_an_address_of_another_machine_is_status_3(self):
        done = run("--listen", "192.0.2.1:0")
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertEqual(done.stderr, "smtp-double: cannot listen on 192.0.2.1:0: Cannot assign requested address\n")

    def test_an_address_that_makes_no_sense_is_status_2(self):
        for address in ("1025", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "mx.example.test:1025",
                        "::1:1025", "unix:", "unix:/" + "x" * 200, ""):
            with self.subTest(address=address):
                done = run("--listen", address)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
                self.assertIn(address or "listen", done.stderr)


class UnixSockets(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="smtp-double-test-")
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "smtp.sock"
        self.address = f"unix:{self.path}"

    def test_served_and_removed_at_the_end(self):
        with ServerProcess(listen=(self.address, "127.0.0.1:0")) as server:
            self.assertEqual(server.addresses[0], self.address)
            with connect(server) as client:
                client.hello()
                self.assertEqual(client.message()[:3], "250")
            server.log.wait_for(r"session 1 from a local client: 1 accepted")
        self.assertFalse(self.path.exists())

    def test_what_a_dead_server_left_is_replaced(self):
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(self.path))
        self.assertTrue(self.path.is_socket())
        with ServerProcess(listen=(self.address,)) as server, connect(server) as client:
            client.expect(220)

    def test_what_a_killed_server_of_ours_left_is_replaced(self):
        with ServerProcess(listen=(self.address,)) as killed:
            killed.kill()
            self.assertTrue(self.path.is_socket())
            with ServerProcess(listen=(self.address,)) as server, connect(server) as client:
                client.expect(220)
            killed.process.returncode = 0  # that it was killed is no failure here

    def test_a_live_one_is_left_alone(self):
        with ServerProcess(listen=(self.address,)) as server:
            done = run("--listen", self.address)
            self.assertEqual((done.returncode, done.stdout), (3, ""))
            self.assertIn(str(self.path), done.stderr)
            with connect(server) as client:
                client.expect(220)

    def test_a_file_that_is_no_socket_is_never_removed(self):
        self.path.write_text("precious", encoding="ascii")
        done = run("--listen", self.address)
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertIn(str(self.path), done.stderr)
        self.assertEqual(self.path.read_text(encoding="ascii"), "precious")

    def test_a_link_is_never_followed_to_something_to_remove(self):
        target = self.path.with_name("target")
        target.write_text("precious", encoding="ascii")
        self.path.symlink_to(target)
        self.assertEqual(run("--listen", self.address).returncode, 3)
        self.assertEqual(target.read_text(encoding="ascii"), "precious")

    def test_a_folder_that_is_not_there_is_status_3(self):
        address = f"unix:{self.path.parent}/none/smtp.sock"
        done = run("--listen", address)
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertEqual(done.stderr, f"smtp-double: cannot listen on {address}: No such file or directory\n")

    def test_a_file_that_took_its_place_is_not_removed_at_the_end(self):
        with ServerProcess(listen=(self.address,)):
            self.path.unlink()
            self.path.write_text("precious", encoding="ascii")
        self.assertEqual(self.path.read_text(encoding="ascii"), "precious")


class PortFile(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="smtp-double-test-")
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "ports"

    def test_it_has_the_ports_when_ready_was_said(self):
        with ServerProcess((), "--port-file", self.path, listen=("127.0.0.1:0", "127.0.0.1:0")) as server:
            ports = ",".join(address.rpartition(":")[2] for address in server.addresses)
            self.assertEqual(self.path.read_text(encoding="ascii"), f"smtp={ports}\n")
            self.assertEqual(os.listdir(self.path.parent), ["ports"])  # nothing half-written beside it

    def test_each_kind_of_listener_has_its_line(self):
        unix = f"unix:{self.path.parent}/lmtp.sock"
        with ServerProcess((), "--port-file", self.path, "--listen-lmtp", unix, "--listen-tls", "127.0.0.1:0") as server:
            tls = server.ready["smtps"].rpartition(":")[2]
            self.assertEqual(self.path.read_text(encoding="ascii"),
                             f"smtp={server.port}\nsmtps={tls}\nlmtp={self.path.parent}/lmtp.sock\n")

    def test_an_old_one_is_replaced(self):
        self.path.write_text("smtp=1\nold\n", encoding="ascii")
        with ServerProcess((), "--port-file", self.path) as server:
            self.assertEqual(self.path.read_text(encoding="ascii"), f"smtp={server.port}\n")

    def test_one_that_cannot_be_written_is_status_2(self):
        done = run("--listen", "127.0.0.1:0", "--port-file", str(self.path / "below"))
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, r"\Asmtp-double: .*below: .+\n\Z")

    def test_no_port_file_where_a_port_is_taken(self):
        with ServerProcess() as server:
            self.assertEqual(run("--listen", server.addresses[0], "--port-file", str(self.path)).returncode, 3)
        self.assertFalse(self.path.exists())
