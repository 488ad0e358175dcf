"""The scenario is read anew, by SIGHUP and by --watch: sessions that begin then have the new one, all others theirs."""
import contextlib
import json
import os
import pty
import re
import shutil
import signal
import tempfile
import threading
import unittest
from pathlib import Path

import server_process
from server_process import PATIENCE, ServerProcess, is_sanitized, until
from smtp_peer import connect

IN_TIME = 6 if is_sanitized() else 2  # seconds from the signal to the end


def saying(text, more=""):
    return f"rules: [{{at: noop, reply: 250 {text}{more}}}]\n"


def scenario_file(server):
    return server.folder / "scenario.yaml"


def ask(server, line="NOOP"):
    """The answer in a session of its own."""
    with connect(server) as client:
        client.hello()
        return client.ask(line)


def reloaded(server, count=1):
    return server.log.wait_for(r"info: scenario \S+ reloaded: \d+ rules?$", count=count)


def reload(server, text, count=1):
    scenario_file(server).write_text(text, encoding="utf-8")
    server.process.send_signal(signal.SIGHUP)
    reloaded(server, count)


def replace(path, text):
    """As many editors save: another file that gets the name."""
    beside = path.with_name(path.name + ".tmp")
    beside.write_text(text, encoding="utf-8")
    beside.rename(path)


class OnHangUp(unittest.TestCase):
    def test_new_sessions_have_the_new_scenario_and_open_ones_theirs(self):
        for threads in (1, 2):
            with self.subTest(threads=threads), ServerProcess(saying("one"), "--threads", threads) as server:
                with connect(server) as client:
                    client.hello()
                    self.assertEqual(client.ask("NOOP"), "250 one")
                    reload(server, saying("two"))
                    self.assertEqual(client.ask("NOOP"), "250 one")
                    self.assertEqual(ask(server), "250 two")
                    self.assertEqual(client.ask("NOOP"), "250 one")
                self.assertEqual(ask(server), "250 two")

    def test_counters_start_anew_and_those_of_open_sessions_go_on(self):
        once = "rules: [{at: noop, times: 1, reply: 450 once}]\n"
        with ServerProcess(once) as server, connect(server) as client:
            client.hello()
            self.assertEqual([client.ask("NOOP")[:3], ask(server)[:3]], ["450", "250"])
            reload(server, once)  # asked for: though nothing has changed
            self.assertEqual([client.ask("NOOP")[:3], ask(server)[:3], ask(server)[:3]], ["250", "450", "250"])

    def test_sessions_are_numbered_on(self):
        number = 'rules: [{at: noop, reply: "250 {{session}}"}]\n'
        with ServerProcess(number) as server:
            self.assertEqual(ask(server), "250 1")
            reload(server, number)
            self.assertEqual(ask(server), "250 2")

    def test_what_cannot_be_served_is_told_and_changes_nothing(self):
        with ServerProcess(saying("one")) as server:
            scenario_file(server).write_text("rules:\n  - {at: rctp, reply: 550}\n  - {at: noop, replay: 450}\n",
                                             encoding="utf-8")
            server.process.send_signal(signal.SIGHUP)
            server.log.wait_for(r"error: not reloaded: scenario scenario goes on as it was$")
            self.assertRegex(server.log.text(), "\n".join((
                r"error: \S+scenario\.yaml:2:10: rules\[0\]\.at: unknown stage 'rctp'; did you mean 'rcpt'\?",
                r"      - \{at: rctp, reply: 550\}",
                r"             \^",
                r"\S+ error: \S+scenario\.yaml:3:16: rules\[1\]: unknown key 'replay'; did you mean 'reply'\?\n")))
            self.assertEqual(ask(server), "250 one")
            scenario_file(server).unlink()
            server.process.send_signal(signal.SIGHUP)
            server.log.wait_for(r"error: \S+scenario\.yaml: cannot be read: No such file or directory$")
            server.log.wait_for("not reloaded", count=2)
            self.assertEqual(ask(server), "250 one")
            reload(server, saying("two"))
            self.assertEqual(ask(server), "250 two")

    def test_as_json_every_mistake_is_an_object(self):
        with ServerProcess(saying("one"), "--log-format", "json") as server:
            scenario_file(server).write_text("rules:\n  - {at: rctp, reply: 550}\n", encoding="utf-8")
            server.process.send_signal(signal.SIGHUP)
            server.log.wait_for("not reloaded")
            server.stop()
            entries = [json.loads(line) for line in server.log.text().splitlines()]
            self.assertEqual([entry["level"] for entry in entries], ["error", "error", "info"])
            self.assertRegex(entries[0]["message"],
                             r"scenario\.yaml:2:10: rules\[0\]\.at: unknown stage 'rctp'; did you mean 'rcpt'\?\Z")

    def test_warnings_are_told_with_it(self):
        with ServerProcess(saying("one")) as server:
            reload(server, "rules:\n  - {at: rcpt, reply: 550}\n  - {at: rcpt, reply: 450}\n")
            self.assertRegex(server.log.text(), r"warning: \S+scenario\.yaml:3:5: rules\[1\]: can never fire: ")
            self.assertIn("scenario scenario reloaded: 2 rules\n", server.log.text())

    def test_limits_are_those_of_the_new_scenario(self):
        with ServerProcess("rules: []\n") as server, connect(server) as first:
            first.hello()
            reload(server, "server: {limits: {connections: 2, message-size: 1kB}}\n")
            with connect(server) as second, connect(server) as third:
                second.hello()
                third.expect(421)
                self.assertEqual(second.message(b"x" * 2000 + b"\r\n")[:3], "552")
                self.assertEqual(first.message(b"x" * 2000 + b"\r\n")[:3], "250")
                reload(server, "server: {limits: {connections: 5}}\n", count=2)
                with connect(server) as fourth:
                    fourth.hello()

    def test_the_settings_file_is_not_read_again(self):
        with tempfile.TemporaryDirectory() as folder:
            settings = Path(folder) / "smtp-double.yaml"
            settings.write_text("limits: {message-size: 1kB}\n", encoding="utf-8")
            with ServerProcess(saying("one"), "--config", settings) as server:
                settings.write_text("limits: {message-size: 2kB}\n", encoding="utf-8")
                reload(server, saying("two"))
                self.assertIn("SIZE 1000", ask(server, "EHLO x"))

    def test_the_library_does_no_harm(self):
        for words, name in (([], "default"), (["accept", "busy-421"], r"accept\+busy-421")):
            with self.subTest(words=words), ServerProcess(words) as server:
                server.process.send_signal(signal.SIGHUP)
                server.log.wait_for(f"info: scenario {name} reloaded: ")
                with connect(server) as client:
                    self.assertIn(client.reply()[:3], ("220", "421"))

    def test_several_words_and_folders_are_one_scenario_again(self):
        with ServerProcess(saying("one")) as server:
            folder = server.folder / "rules"
            folder.mkdir()
            (folder / "a.yaml").write_text(saying("from a"), encoding="utf-8")
            with ServerProcess([str(folder), "accept"]) as other:
                (folder / "0.yaml").write_text(saying("from 0", ", times: 1"), encoding="utf-8")
                other.process.send_signal(signal.SIGHUP)
                other.log.wait_for(r"scenario 0\+a\+accept reloaded: 2 rules$")
                self.assertEqual([ask(other), ask(other)], ["250 from 0", "250 from a"])

    def test_sessions_at_work_lose_nothing(self):
        count, messages = 50, 20
        for threads in (1, 2):
            with self.subTest(threads=threads), ServerProcess(saying("one"), "--threads", threads) as server:
                wrong = []

                def work(server=server, wrong=wrong):
                    try:
                        with connect(server) as client:
                            client.hello()
                            answer = client.ask("NOOP")
                            for _ in range(messages):
                                if client.message()[:3] != "250" or client.ask("NOOP") != answer:
                                    wrong.append(answer)
                            client.ask("QUIT")
                    except (AssertionError, OSError) as error:
                        wrong.append(error)

                workers = [threading.Thread(target=work) for _ in range(count)]
                for worker in workers:
                    worker.start()
                reloads = 0
                while any(worker.is_alive() for worker in workers):
                    reloads += 1
                    reload(server, saying(f"number {reloads}"), count=reloads)
                for worker in workers:
                    worker.join(PATIENCE)
                self.assertEqual(wrong, [])
                server.log.wait_for(rf"session \d+ from \S+: {messages} accepted", count=count)

    def test_a_burst_of_them_and_the_end_right_behind(self):
        rules = "rules:\n" + "".join(f"  - {{at: rcpt, when: {{recipient: u{n}@x}}, reply: 450}}\n"
                                     for n in range(1000))
        for options in ((), ("--watch",)):
            with self.subTest(options=options), ServerProcess(rules, *options) as server:
                for _ in range(100):
                    server.process.send_signal(signal.SIGHUP)
                self.assertLess(server.stop(), IN_TIME)
                self.assertRegex(server.log.text(), r"stopped: 0 sessions\n\Z")

    def test_a_pipe_is_not_waited_for(self):
        with ServerProcess(saying("one")) as server:
            scenario_file(server).unlink()
            os.mkfifo(scenario_file(server))
            server.process.send_signal(signal.SIGHUP)
            server.log.wait_for("is a pipe, which cannot be read twice")
            self.assertEqual(ask(server), "250 one")


    def test_a_pipe_in_a_folder_is_no_scenario(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "one.yaml").write_text(saying("one"), encoding="utf-8")
            with ServerProcess([folder]) as server:
                os.mkfifo(Path(folder, "pipe.yaml"))
                server.process.send_signal(signal.SIGHUP)
                reloaded(server)
                self.assertEqual(ask(server), "250 one")


class AtATerminal(unittest.TestCase):
    """A shell that loses its terminal ends its jobs with the same signal."""

    @contextlib.contextmanager
    def server(self, shell='exec "$0" "$@"'):
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "log"
            command = ["sh", "-c", f"{shell} 2>{log}", server_process.BINARY, "accept", "--listen", "127.0.0.1:0"]
            child, terminal = pty.fork()
            if child == 0:
                os.chdir(folder)
                os.execve("/bin/sh", command, server_process.environment())
            try:
                said = b""
                while not re.search(rb"^READY .*\n", said):
                    said += os.read(terminal, 4096)
                yield child, terminal, log
            finally:
                with contextlib.suppress(OSError):
                    os.kill(child, signal.SIGKILL)
                with contextlib.suppress(OSError):
                    os.waitpid(child, 0)
                with contextlib.suppress(OSError):
                    os.close(terminal)

    def test_it_ends_with_its_terminal(self):
        with self.server() as (child, terminal, log):
            os.kill(child, signal.SIGHUP)
            until(lambda: "scenario accept reloaded" in log.read_text(encoding="utf-8"), "the reload")
            os.close(terminal)
            os.kill(child, signal.SIGHUP)
            self.assertEqual(os.waitpid(child, 0)[1], 0)
            self.assertIn("stopped: 0 sessions", log.read_text(encoding="utf-8"))

    def test_under_nohup_it_stays(self):
        with self.server('trap "" HUP; exec "$0" "$@"') as (child, terminal, log):
            os.close(terminal)
            os.kill(child, signal.SIGHUP)
            until(lambda: "scenario accept reloaded" in log.read_text(encoding="utf-8"), "the reload")
            os.kill(child, signal.SIGTERM)
            self.assertEqual(os.waitpid(child, 0)[1], 0)


class Watching(unittest.TestCase):
    def watched(self, *options):
        return ServerProcess(saying("one"), "--watch", *options)

    def expect(self, server, text, count):
        reloaded(server, count)
        self.assertEqual(ask(server), "250 " + text)

    def test_a_file_however_it_is_written(self):
        with self.watched() as server:
            path = scenario_file(server)
            path.write_text(saying("in place"), encoding="utf-8")
            self.expect(server, "in place", 1)
            replace(path, saying("renamed"))
            self.expect(server, "renamed", 2)
            path.unlink()
            server.log.wait_for(r"error: \S+scenario\.yaml: cannot be read: No such file or directory$")
            self.assertEqual(ask(server), "250 renamed")
            path.write_text(saying("there again"), encoding="utf-8")
            self.expect(server, "there again", 3)
            path.rename(path.with_name("moved"))
            server.log.wait_for("cannot be read", count=2)
            replace(path, saying("and again"))
            self.expect(server, "and again", 4)
            server.stop()
            self.assertEqual(server.log.text().count("reloaded: 1 rule\n"), 4)
            self.assertEqual(server.log.text().count("cannot be read"), 2)

    def test_mistakes_are_told_once_and_healed_by_the_next_change(self):
        with self.watched() as server:
            path = scenario_file(server)
            path.write_text("rules: [{at: rctp}]\n", encoding="utf-8")
            server.log.wait_for(r"error: \S+scenario\.yaml:1:14: rules\[0\]\.at: unknown stage 'rctp'")
            server.log.wait_for("not reloaded: scenario scenario goes on as it was")
            os.utime(path)
            self.assertEqual(ask(server), "250 one")
            replace(path, saying("two"))
            self.expect(server, "two", 1)
            self.assertEqual(server.log.text().count("not reloaded"), 1)

    def test_what_is_written_and_is_the_same_is_no_change(self):
        once = "rules: [{at: noop, times: 1, reply: 450 once}]\n"
        with ServerProcess(once, "--watch") as server:
            path = scenario_file(server)
            self.assertEqual(ask(server), "450 once")
            os.utime(path)
            replace(path, once)
            self.assertEqual(ask(server), "250 2.0.0 OK")
            replace(path, saying("two"))
            self.expect(server, "two", 1)
            server.stop()
            self.assertEqual(server.log.text().count("reloaded"), 1)

    def test_a_signal_is_one_too(self):
        with self.watched() as server:
            server.process.send_signal(signal.SIGHUP)
            self.expect(server, "one", 1)

    def test_it_ends_in_time(self):
        with self.watched() as server, connect(server) as client:
            client.hello()
            self.assertLess(server.stop(), IN_TIME)

    def test_what_is_written_all_the_time_is_read_all_the_same(self):
        with self.watched() as server:
            path, numbers = scenario_file(server), iter(range(1_000_000))

            def is_read():
                replace(path, saying(f"number {next(numbers)}"))
                return len(re.findall("reloaded: 1 rule\n", server.log.text())) >= 2

            until(is_read, "two reloads")

    def test_several_files_written_together_are_read_together(self):
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / f"{n}.yaml" for n in range(50)]
            for path in paths:
                path.write_text("rules: []\n", encoding="utf-8")
            with ServerProcess([folder], "--watch") as server:
                for path in paths:
                    replace(path, "rules: [{at: noop, times: 1, reply: 450}]\n")
                server.log.wait_for(r"reloaded: 50 rules$")
                server.stop()
                self.assertLess(server.log.text().count("reloaded: "), 10)

    def test_nothing_to_watch_is_warned_of(self):
        for words in ([], ["accept"]):
            with self.subTest(words=words), ServerProcess(words, "--watch") as server:
                server.process.send_signal(signal.SIGHUP)
                reloaded(server)
                self.assertEqual(server.log.text().splitlines()[0],
                                 "smtp-double: warning: --watch: there is nothing to watch, the library does not change")

    def test_a_variable_may_be_there_for_other_scenarios(self):
        with ServerProcess(["accept"], variables={"SMTP_DOUBLE_WATCH": "true"}) as server:
            server.stop()
        self.assertNotIn("watch", server.log.text())


class WatchingFolders(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="smtp-double-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "rules"
        self.folder.mkdir()
        self.write("b.yaml", saying("from b"))

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def expect(self, server, text, names, count):
        """That many reloads to this scenario; a file that was empty when it was read is a failed one before it."""
        server.log.wait_for(rf"scenario {re.escape(names)} reloaded: ", count=count)
        self.assertEqual(ask(server), "250 " + text)

    def test_files_come_and_go(self):
        with ServerProcess([str(self.folder)], "--watch") as server:
            self.write("a.yaml", saying("from a"))
            self.expect(server, "from a", "a+b", 1)
            self.write("a.yaml", saying("from a anew"))
            self.expect(server, "from a anew", "a+b", 2)
            (self.folder / "a.yaml").rename(self.folder / "a.yaml.off")
            self.expect(server, "from b", "b", 1)
            (self.folder / "b.yaml").unlink()
            server.log.wait_for(r"error: \S+: the folder has no \*\.yaml$")
            self.assertEqual(ask(server), "250 from b")
            (self.folder / "a.yaml.off").rename(self.folder / "c.yml")
            self.expect(server, "from a anew", "c", 1)

    def test_a_name_taken_twice_waits_for_the_next_change(self):
        named = "rules: [{{name: mine, at: noop, reply: 250 from {}}}]\n"
        with ServerProcess([str(self.folder)], "--watch") as server:
            self.write("a.yaml", named.format("a"))
            self.expect(server, "from a", "a+b", 1)
            self.write("b.yaml", named.format("b"))
            server.log.wait_for(r"b\.yaml:1:9: the name 'mine' is taken; the first is \S+a\.yaml:1$")
            self.assertEqual(ask(server), "250 from a")
            (self.folder / "a.yaml").unlink()
            self.expect(server, "from b", "b", 1)

    def test_the_folder_itself_comes_and_goes(self):
        with ServerProcess(["rules"], "--watch", cwd=self.folder.parent) as server:
            shutil.rmtree(self.folder)
            server.log.wait_for("not reloaded")
            self.folder.mkdir()
            self.write("c.yaml", saying("from c"))
            self.expect(server, "from c", "c", 1)

    def test_a_config_map_of_kubernetes(self):
        """The files are links over a link to a folder, and that one link is replaced."""
        mounted = self.folder.parent / "mounted"

        def version(name, text):
            (mounted / name).mkdir(parents=True)
            (mounted / name / "a.yaml").write_text(saying(text), encoding="utf-8")
            (mounted / "..data_tmp").symlink_to(name)
            (mounted / "..data_tmp").rename(mounted / "..data")

        version("..2026_01", "first")
        (mounted / "a.yaml").symlink_to("..data/a.yaml")
        for word in (mounted, mounted / "a.yaml"):
            with self.subTest(word=word), ServerProcess([str(word)], "--watch") as server:
                self.assertEqual(ask(server), "250 first")
                version("..2026_02", "second")
                shutil.rmtree(mounted / "..2026_01")
                self.expect(server, "second", "a", 1)
                version("..2026_01", "first")
                shutil.rmtree(mounted / "..2026_02")
                self.expect(server, "first", "a", 2)
