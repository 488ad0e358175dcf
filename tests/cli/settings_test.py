"""A flag goes before its variable, the variable before the settings file, the settings file before the default."""
import os
import tempfile
import unittest
from pathlib import Path

from server_process import ServerProcess, run
from smtp_peer import connect


def scenario(server):
    return server.ready["scenario"]


def seed(server):
    return server.ready["seed"]


def listeners(server):
    return len(server.addresses)


def threads(server):
    """One listening socket per event loop shares the port; all are there when READY is said."""
    port = f":{server.port:04X}"
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    return sum(words[1].endswith(port) and words[3] == "0A" for words in map(str.split, lines))


def watches(server):
    opened = Path(f"/proc/{server.pid}/fd")
    return "anon_inode:inotify" in [os.readlink(descriptor) for descriptor in opened.iterdir()]


def one_session(server):
    with connect(server) as client:
        client.hello()
        client.ask("QUIT")
    server.stop()
    return server.log.text()


def log_level(server):
    log = one_session(server)
    return "debug" if ' S: send "220 ' in log else "info" if "session 1 from" in log else "off"


def log_format(server):
    return "json" if '"message":"session 1 from' in one_session(server) else "text"


class Precedence(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="smtp-double-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def observed(self, observe, options=(), variables=None, settings="", listen=("127.0.0.1:0",)):
        path = self.folder / "config" / "smtp-double.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(settings, encoding="utf-8")
        with ServerProcess((), *options, listen=listen, variables=variables, cwd=self.folder) as server:
            return observe(server)

    def check(self, observe, flag, name, in_file, one, two, default, **keywords):
        """`one` and `two` are (what is written, what is observed then)."""
        for (high, seen), (low, seen_low) in ((one, two), (two, one)):
            variable = "SMTP_DOUBLE_" + name
            file = in_file.format(low) if in_file else ""
            for arguments, expected in (
                    (dict(options=[*flag, high], variables={variable: low}, settings=file), seen),
                    (dict(options=[*flag, high], settings=file), seen),
                    (dict(variables={variable: high}, settings=file), seen),
                    (dict(variables={variable: ""}, settings=file), seen_low if in_file else default),
                    (dict(settings=file), seen_low if in_file else default),
                    ({}, default)):
                if expected is not None:
                    with self.subTest(**arguments):
                        self.assertEqual(self.observed(observe, **arguments, **keywords), expected)

    def test_scenario(self):
        self.check(scenario, [], "SCENARIO", "scenario: {}", ("accept", "accept"), ("slow-server", "slow-server"),
                   "default")

    def test_what_is_served_without_a_word_is_the_librarys_whatever_lies_around(self):
        (self.folder / "default").mkdir()
        self.assertEqual(self.observed(scenario), "default")
        self.assertEqual(self.observed(scenario, ["accept"]), "accept")

    def test_listen(self):
        self.check(listeners, ["--listen"], "LISTEN", "listen: [{}]",
                   ("127.0.0.1:0,127.0.0.1:0", 2), ("127.0.0.1:0,127.0.0.1:0,127.0.0.1:0", 3), None, listen=())

    def test_listen_for_tls_and_for_lmtp(self):
        for kind, option in (("smtps", "tls"), ("lmtp", "lmtp")):
            self.check(lambda server, kind=kind: server.ready.get(kind, "").count(":"), ["--listen-" + option],
                       "LISTEN_" + option.upper(), f"listen-{option}: [{{}}]", ("127.0.0.1:0", 1),
                       ("127.0.0.1:0,127.0.0.1:0", 2), 0)

    def test_listen_default(self):
        """It may be taken on this machine, and is named in either case."""
        done = run("--port-file", str(self.folder))  # a folder: it ends as soon as it has bound
        self.assertIn(done.returncode, (2, 3))
        if done.returncode == 3:
            self.assertIn("127.0.0.1:1025", done.stderr)
        else:
            self.assertIn("port file", done.stderr)

    def test_threads(self):
        self.check(threads, ["--threads"], "THREADS", "threads: {}", ("2", 2), ("3", 3), 1)

    def test_watch(self):
        (self.folder / "rules.yaml").write_text("rules: []\n", encoding="utf-8")
        for options, variable, in_file, expected in (
                (["--watch"], "no", "false", True), (["--no-watch"], "1", "true", False), ([], "true", "false", True),
                ([], "0", "true", False), ([], "", "true", True), ([], "", "false", False)):
            with self.subTest(options=options, variable=variable, in_file=in_file):
                self.assertEqual(self.observed(watches, ["rules.yaml", *options], {"SMTP_DOUBLE_WATCH": variable},
                                               f"watch: {in_file}"), expected)
        self.assertFalse(self.observed(watches, ["rules.yaml"]))

    def test_a_watch_that_cannot_be(self):
        done = run("accept", variables={"SMTP_DOUBLE_WATCH": "maybe"})
        self.assertEqual((done.returncode, done.stderr),
                         (2, "smtp-double: SMTP_DOUBLE_WATCH: 'maybe' is neither true nor false\n"))

    def test_starttls_that_is_neither_offered_nor_not(self):
        done = run("accept", variables={"SMTP_DOUBLE_STARTTLS": "maybe"})
        self.assertEqual((done.returncode, done.stderr),
                         (2, "smtp-double: SMTP_DOUBLE_STARTTLS: 'maybe' is neither true nor false\n"))
        done = run("accept", "--starttls", "--listen", "192.0.2.1:0", variables={"SMTP_DOUBLE_STARTTLS": "maybe"})
        self.assertEqual(done.returncode, 3, done.stderr)

    def test_seed(self):
        self.check(seed, ["--seed"], "SEED", None, ("5", "5"), ("6", "6"), None)

    def test_port_file(self):
        written = {name: str(self.folder / name) for name in ("one", "two")}

        def port_file(server):
            found = [name for name, path in written.items() if Path(path).exists()]
            for name in found:
                self.assertEqual(Path(written[name]).read_text(encoding="ascii"), f"smtp={server.port}\n")
                Path(written[name]).unlink()
            return found

        self.check(port_file, ["--port-file"], "PORT_FILE", "port-file: {}", (written["one"], ["one"]),
                   (written["two"], ["two"]), [])

    def test_log_level(self):
        self.check(log_level, ["--log-level"], "LOG_LEVEL", "log: {{level: {}}}", ("debug", "debug"), ("off", "off"),
                   "info")

    def test_log_format(self):
        self.check(log_format, ["--log-format"], "LOG_FORMAT", "log: {{format: {}}}", ("json", "json"),
                   ("text", "text"), "text")

    def test_settings_file(self):
        for name in ("accept", "slow-server"):
            (self.folder / f"{name}.yaml").write_text(f"scenario: {name}\n", encoding="utf-8")
        in_place = "scenario: busy-421\n"
        for options, variables, expected in (
                (["--config", "accept.yaml"], {"SMTP_DOUBLE_CONFIG": "slow-server.yaml"}, "accept"),
                (["--config", "accept.yaml"], {}, "accept"),
                ([], {"SMTP_DOUBLE_CONFIG": "slow-server.yaml"}, "slow-server"),
                ([], {}, "busy-421")):
            with self.subTest(options=options, variables=variables):
                self.assertEqual(self.observed(scenario, options, variables, in_place), expected)

    def test_it_is_told_where_settings_come_from(self):
        told = r"info: settings are those of config/smtp-double\.yaml\n"
        self.assertRegex(self.observed(one_session, settings="threads: 1\n"), told)
        with ServerProcess() as server:
            self.assertNotRegex(one_session(server), "settings")

    def test_a_misspelled_variable_is_told(self):
        log = self.observed(one_session, variables={"SMTP_DOUBLE_LOGLEVEL": "debug", "SMTP_DOUBLE_THREADS": "1"})
        self.assertTrue(log.startswith("smtp-double: warning: SMTP_DOUBLE_LOGLEVEL is no variable of this program; did "
                                       "you mean SMTP_DOUBLE_LOG_LEVEL?\n"), log)
        self.assertNotIn("THREADS", log)

    def test_a_flag_before_the_word_serve_holds_too(self):
        with ServerProcess(["--seed", "5", "serve", "accept"]) as server:
            self.assertEqual((server.ready["seed"], server.ready["scenario"]), ("5", "accept"))

    def test_limits_of_the_settings_file_and_of_the_scenario(self):
        size = "server: {limits: {message-size: 2kB}}\n"
        for text, expected in (("", "SIZE 1000"), (size, "SIZE 2000")):
            path = self.folder / "scenario.yaml"
            path.write_text(text or "rules: []\n", encoding="utf-8")

            def offered(server):
                with connect(server) as client:
                    client.expect(220)
                    return client.ask("EHLO x")

            self.assertIn(expected, self.observed(offered, [str(path)], settings="limits: {message-size: 1kB}"))
