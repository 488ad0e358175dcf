"""run: a server for as long as a command runs, and what is said about it afterwards."""
import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import textwrap
import unittest
import urllib.request
from pathlib import Path

import server_process
from server_process import PATIENCE, SANITIZER_REPORT, Lines, environment, until
from usage_test import InAFolder

SEND = """
    import os, smtplib
    with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"])) as client:
        client.sendmail("me@example.org", ["ann@example.com"], "Subject: hello\\r\\n\\r\\nHi.\\r\\n")
    """

REFUSED = """
    rules:
      - name: nobody
        at: rcpt
        reply: 550 5.1.1 No such user
    """

# Says when it can be told something, and waits for it.
# It waits by sigwait(): a signal that came between a look for one and pause() would not end the pause.
TOLD = """
    import signal, sys
    awaited = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT}
    signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    print("waiting", flush=True)
    told = []
    while True:
        number = signal.sigwait(awaited)
        told.append(signal.Signals(number).name)
        print("told", *told, flush=True)
        if number == signal.SIGTERM:
            sys.exit(7)
    """


def python(code):
    return [sys.executable, "-c", textwrap.dedent(code)]


class Running(InAFolder):
    def run_with(self, *options, command, variables=None, text_in=None):
        """Runs it to its end: its status, standard output and standard error."""
        done = subprocess.run([server_process.BINARY, "run", *map(str, options), "--", *command], cwd=self.folder,
                              env=environment(variables), timeout=PATIENCE, capture_output=True, input=text_in,
                              text=True, check=False, stdin=subprocess.DEVNULL if text_in is None else None)
        self.assertNotRegex(done.stderr, SANITIZER_REPORT)
        return done.returncode, done.stdout, done.stderr

    @contextlib.contextmanager
    def started(self, *options, command, **keywords):
        process = subprocess.Popen([server_process.BINARY, "run", *options, "--", *command], cwd=self.folder,
                                   env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, **keywords)
        try:
            yield process, Lines(process.stdout), Lines(process.stderr)
        finally:
            process.kill()
            process.wait()


class ACommand(Running):
    def test_that_succeeds_is_all_there_is(self):
        self.assertEqual(self.run_with(command=python(SEND)), (0, "", ""))

    def test_has_our_streams(self):
        code = 'import sys; print(sys.stdin.read().upper(), end=""); print("no", file=sys.stderr)'
        self.assertEqual(self.run_with(command=python(code), text_in="hello\n"), (0, "HELLO\n", "no\n"))

    def test_is_told_where(self):
        code = 'import os; print(os.environ["SMTP_HOST"], os.environ["SMTP_PORT"], os.environ["SMTP_DOUBLE_URL"])'
        for options, variables, pattern in (
                ((), {}, r"127\.0\.0\.1 (\d+) smtp://127\.0\.0\.1:\1\n"),
                ((), {"SMTP_HOST": "mx.example", "SMTP_PORT": "25", "SMTP_DOUBLE_LISTEN": "192.0.2.1:25"},
                 r"127\.0\.0\.1 (\d+) smtp://127\.0\.0\.1:\1\n"),
                (("--listen", "0.0.0.0:0"), {}, r"127\.0\.0\.1 (\d+) smtp://127\.0\.0\.1:\1\n"),
                (("--listen", "[::1]:0"), {}, r"::1 (\d+) smtp://\[::1\]:\1\n"),
                (("--listen", f"unix:{self.folder}/s", "--listen", "127.0.0.2:0"), {},
                 r"127\.0\.0\.2 (\d+) smtp://127\.0\.0\.2:\1\n")):
            with self.subTest(options=options):
                status, said, _ = self.run_with(*options, command=python(code), variables=variables)
                self.assertEqual(status, 0)
                self.assertRegex(said, rf"\A{pattern}\Z")

    def test_is_told_the_ports_of_other_listeners(self):
        code = 'import os; print(*(name for name in ("SMTP_PORT", "SMTPS_PORT", "LMTP_PORT") if name in os.environ))'
        loopback = "127.0.0.1:0"
        elsewhere = {"SMTP_DOUBLE_LISTEN_TLS": "192.0.2.1:0", "SMTP_DOUBLE_LISTEN_LMTP": "192.0.2.1:0"}
        self.write("config/smtp-double.yaml", 'listen-tls: "192.0.2.1:0"\nlisten-lmtp: "192.0.2.1:0"\n')
        for options, expected in (((), "SMTP_PORT"),
                                  (("--listen-tls", loopback), "SMTP_PORT SMTPS_PORT"),
                                  (("--listen-lmtp", loopback), "SMTP_PORT LMTP_PORT"),
                                  (("--listen-tls", f"unix:{self.folder}/s"), "SMTP_PORT")):
            with self.subTest(options=options):
                self.assertEqual(self.run_with(*options, command=python(code), variables=elsewhere),
                                 (0, expected + "\n", ""))

    def test_is_told_of_the_ca(self):
        code = 'import os; path = os.environ.get("SMTP_DOUBLE_CA"); print(path, open(path).read() if path else "")'
        for options in ((), ("--starttls",), ("--listen-tls", "127.0.0.1:0")):
            with self.subTest(options=options):
                status, said, complaint = self.run_with(*options, command=python(code))
                self.assertEqual((status, complaint), (0, ""))
                path, certificate = said.split(" ", 1)
                self.assertTrue(certificate.startswith("-----BEGIN CERTIFICATE-----"), certificate)
                self.assertFalse(os.path.exists(path))

    def test_shakes_hands_with_it(self):
        code = """
import os, smtplib, ssl
trusting = ssl.create_default_context(cafile=os.environ["SMTP_DOUBLE_CA"])
with smtplib.SMTP("localhost", int(os.environ["SMTP_PORT"])) as client:
    client.starttls(context=trusting)
    client.login("ann", "any password")
    client.sendmail("ann@a.example", "bob@b.example", "Subject: x")
"""
        self.assertEqual(self.run_with("--starttls", command=python(code)), (0, "", ""))

    def test_may_be_this_program(self):
        code = f"import subprocess; subprocess.run([{server_process.BINARY!r}, *{['run', '--', *python(SEND)]!r}], " \
               "check=True)"
        self.assertEqual(self.run_with(command=python(code)), (0, "", ""))

    def test_finds_everything_as_we_found_it(self):
        code = """
            import os, resource
            print(sorted(map(int, os.listdir("/proc/self/fd")))[:-1], resource.getrlimit(resource.RLIMIT_NOFILE),
                  os.getpgid(0) == os.getpgid(os.getppid()))
            """
        for command in (python(code), ["grep", "-E", "^Sig(Blk|Ign|Cgt)", "/proc/self/status"]):
            with self.subTest(command=command):
                alone = subprocess.run(command, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
                self.assertEqual(self.run_with(command=command), (0, alone.stdout, ""))

    def test_has_the_arguments_behind_the_dashes(self):
        code = "import sys; print(sys.argv[1:])"
        for arguments in (["--", "-x", "--seed", "a b", ""], ["--help"], ["run", "--", "x"]):
            with self.subTest(arguments=arguments):
                self.assertEqual(self.run_with(command=[*python(code), *arguments]), (0, f"{arguments}\n", ""))

    def test_that_fails_gives_the_status_and_the_sessions_that_tell_why(self):
        scenario = self.write("refused.yaml", REFUSED)
        status, said, error = self.run_with(scenario, "--seed", "7",
                                            command=python(f"{textwrap.dedent(SEND)}\nraise SystemExit(0)"))
        self.assertEqual((status, said), (1, ""))
        said_by_python, _, report = error.partition("smtp-double: ")
        self.assertIn("SMTPRecipientsRefused", said_by_python)
        self.assertRegex(report, r"""(?x)\A
            the\ command\ ended\ with\ status\ 1\n
            smtp-double:\ scenario\ refused,\ seed\ 7:\ 1\ session,\ 0\ messages\ accepted\n
            smtp-double:\ session\ 1\n
            \ \ \ 0\.\d{3}s\ \ \ \ \ \(connected\ from\ 127\.0\.0\.1\)\n
            ~S:\ 220\ .*\n
            ~C:\ ehlo\ .*\n
            (~S:\ 250.*\n)+
            ~C:\ mail\ (?i:from):<me@example\.org>.*\n
            ~S:\ 250\ .*\n
            ~C:\ rcpt\ (?i:to):<ann@example\.com>\n
            ~\ \ \ \(rcpt:\ rule\ 'nobody'\ \(.*refused\.yaml:3\),\ hit\ 1\)\n
            ~S:\ 550\ 5\.1\.1\ No\ such\ user\n
            ~\ \ \ 550\ 5\.1\.1:\ there\ is\ no\ such\ mailbox:\ .*\ \(permanent\ failure\)\n
            ~C:\ rset\n
            ~S:\ 250\ .*\n
            ~C:\ QUIT\n
            ~S:\ 221\ .*\n
            ~\ \ \ \(closed\)\n\Z""".replace("~", r"[ \d.s]{9}\ \ "))

    def test_that_fails_without_an_error_of_ours(self):
        status, _, error = self.run_with(command=python(f"{textwrap.dedent(SEND)}\nraise SystemExit(5)"))
        self.assertEqual(status, 5)
        self.assertRegex(error, r"\Asmtp-double: the command ended with status 5\n"
                                r"smtp-double: scenario default, seed \d+: 1 session, 1 message accepted\n"
                                r"smtp-double: no session had an error reply, and each ended with QUIT\n\Z")

    def test_that_a_signal_ends(self):
        status, _, error = self.run_with(command=python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))
        self.assertEqual(status, 128 + signal.SIGKILL)
        self.assertIn("smtp-double: the command was ended by signal 9 (Killed)\n", error)
        self.assertIn("0 sessions", error)

    def test_that_leaves_its_sessions_open(self):
        """Whoever inherits the connection is told 421; nobody waits for long."""
        code = """
            import os, socket, subprocess, sys
            client = socket.create_connection((os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"])))
            client.recv(1000)
            rest = subprocess.Popen([sys.executable, "-c", "import socket, sys; s = socket.socket(fileno=0);"
                                     "sys.stdout.buffer.write(s.recv(1000))"], stdin=client)
            """
        status, said, error = self.run_with(command=python(code))
        self.assertEqual((status, error), (0, ""))
        self.assertRegex(said, r"\A421 4\.3\.2 ")

    def test_that_does_not_wait_for_replies(self):
        """What it sent before it ended is heard to the end."""
        scenario = self.write("a.yaml", "verify: {messages: 20, sessions: 20, never: [RSET]}\n")
        code = """
            import os, socket
            for _ in range(20):
                with socket.create_connection((os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"]))) as client:
                    client.sendall(b"HELO a\\r\\nMAIL FROM:<>\\r\\nRCPT TO:<a@b.example>\\r\\nDATA\\r\\nHi\\r\\n.\\r\\n")
                    client.shutdown(socket.SHUT_WR)
            """
        for threads in (1, 2):
            with self.subTest(threads=threads):
                self.assertEqual(self.run_with(scenario, "--threads", threads, command=python(code))[::2], (0, ""))

    def test_that_is_not_there(self):
        self.write("folder/file.txt", "")
        self.write("script", "#!/none/such\n").chmod(0o755)
        for word, status, reason in (("./none", 127, "No such file or directory"),
                                     ("no-such-command", 127, "No such file or directory"),
                                     ("", 127, "No such file or directory"),
                                     ("./folder", 126, "Permission denied"),
                                     ("./folder/file.txt", 126, "Permission denied"),
                                     ("./script", 127, "No such file or directory")):
            with self.subTest(word=word):
                self.assertEqual(self.run_with(command=[word, "x"]),
                                 (status, "", f"smtp-double: cannot run '{word}': {reason}\n"))


class Expecting(Running):
    def test_what_comes_true(self):
        scenario = self.write("a.yaml", """\
            rules:
              - {name: once, at: mail, delay: 1ms, expect: 1}
            verify:
              messages: 1
              sessions: 1
              sequence: [EHLO, MAIL, "RCPT TO:<ann@*>", DATA, ., QUIT]
              never: [RSET]
            """)
        self.assertEqual(self.run_with(scenario, command=python(SEND)), (0, "", ""))

    def test_what_does_not(self):
        scenario = self.write("a.yaml", """\
            rules:
              - {name: twice, at: mail, delay: 1ms, expect: {hits: 2}}
            verify:
              messages: {min: 2}
              never: [QUIT]
            """)
        status, said, error = self.run_with(scenario, command=python(SEND))
        self.assertEqual((status, said), (1, ""))
        self.assertRegex(error, rf"""(?x)\A
            smtp-double:\ {scenario}:2:\ expected\ 2\ hits\ of\ rule\ 'twice',\ but\ there\ was\ 1\n
            smtp-double:\ {scenario}:4:\ expected\ at\ least\ 2\ accepted\ messages,\ but\ there\ was\ 1\n
            smtp-double:\ {scenario}:5:\ expected\ no\ session\ with\ QUIT,\ but\ session\ 1\ sent\ "[Qq]uit"\n
            smtp-double:\ scenario\ a,\ .*\n
            smtp-double:\ no\ session\ had\ an\ error\ reply,.*\n
            smtp-double:\ session\ 1\n
            (.*\n)+\Z""".replace("[Qq]uit", "[Qq][Uu][Ii][Tt]"))

    def test_the_status_of_a_command_that_failed_comes_first(self):
        scenario = self.write("a.yaml", "verify: {sessions: 1}\n")
        status, _, error = self.run_with(scenario, command=["sh", "-c", "exit 3"])
        self.assertEqual(status, 3)
        self.assertIn("the command ended with status 3\n", error)
        self.assertIn("expected 1 session, but there was none\n", error)

    def test_no_more_is_shown_than_anybody_reads(self):
        scenario = self.write("a.yaml", "verify: {messages: 1}\n")
        code = """
            import os, socket
            for number in range(30):
                with socket.create_connection((os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"]))) as client:
                    client.sendall(b"NOOP\\r\\n" * 200 if number == 29 else b"WHAT\\r\\nQUIT\\r\\n")
                    client.shutdown(socket.SHUT_WR)
                    while client.recv(65536):
                        pass
            """
        _, _, error = self.run_with(scenario, command=python(code))
        self.assertIn("these are the last 20 sessions with an error reply or without a proper end, "
                      "10 before them are left out\n", error)
        self.assertEqual(re.findall(r"session (\d+)\n", error), [str(number) for number in range(11, 31)])
        last = error.partition("session 30\n")[2].splitlines()
        self.assertEqual(len(last), 101)
        self.assertEqual(last[20], "   … 303 lines …")
        self.assertIn("500 5.5.1: ", error)

    def test_in_json(self):
        scenario = self.write("a.yaml", "verify: {messages: 2}\n")
        _, _, error = self.run_with(scenario, "--log-format", "json", command=python(SEND))
        self.assertRegex(error, r'\A(\{"time":"[^"]*","level":"(error|info)","message":"[^\n]*"\}\n){4}\Z')
        self.assertIn("accepted messages, but there was 1", error)

    def test_a_server_tells_when_it_stops(self):
        scenario = self.write("a.yaml", "verify: {sessions: 0, messages: 1}\n")
        with subprocess.Popen([server_process.BINARY, scenario, "--listen", "127.0.0.1:0"], cwd=self.folder, text=True,
                              env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
            self.assertIn("READY", server.stdout.readline())
            server.terminate()
            self.assertIn(f"error: {scenario}:1: expected 1 accepted message, but there was none\n",
                          server.communicate(timeout=PATIENCE)[1])
        self.assertEqual(server.returncode, 1)

    def test_a_server_tells_of_the_doubles_that_are_still_there(self):
        with subprocess.Popen([server_process.BINARY, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"], text=True,
                              cwd=self.folder, env=environment(), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as server:
            admin = re.search(r" admin=(\S+)", server.stdout.readline()).group(1)
            for name in ("shop", "gone"):
                scenario = {"name": name, "scenario": {"verify": {"messages": 1}}}
                self.ask("POST", f"http://{admin}/v1/doubles", json.dumps(scenario).encode())
            self.ask("DELETE", f"http://{admin}/v1/doubles/gone")
            server.terminate()
            error = server.communicate(timeout=PATIENCE)[1]
        self.assertEqual(re.findall(r"expected .*", error), ["expected 1 accepted message, but there was none"])
        self.assertRegex(error, r"error: double 'shop': shop\.yaml:1: expected 1 ")
        self.assertEqual(server.returncode, 1)

    def ask(self, method, url, body=None):
        with urllib.request.urlopen(urllib.request.Request(url, body, method=method), timeout=PATIENCE) as answer:
            self.assertIn(answer.status, (201, 204))


class BadUsage(Running):
    def test_the_command_is_not_started(self):
        self.write("bad.yaml", "rules: [{at: rctp, reply: 550}]\n")
        for options, status, said in ((("bad.yaml",), 2, "bad.yaml:1:14: rules[0].at: unknown stage 'rctp'"),
                                      (("none.yaml",), 2, "none.yaml: cannot be read"),
                                      (("--nope",), 2, "--nope"),
                                      (("--threads", "0"), 2, "--threads"),
                                      (("--port-file", "none/p"), 2, "cannot write the port file"),
                                      (("--listen", f"unix:{self.folder}/s"), 2, "run needs a listener with a port"),
                                      (("--listen", "192.0.2.1:0"), 3, "cannot listen on 192.0.2.1:0")):
            with self.subTest(options=options):
                got, out, error = self.run_with(*options, command=["sh", "-c", "echo started; touch started"])
                self.assertEqual((got, out), (status, ""))
                self.assertIn(said, error)
                self.assertFalse((self.folder / "started").exists())

    def test_a_command_has_to_be_there(self):
        for words in (("run",), ("run", "accept"), ("run", "accept", "--"), ("--seed", "1", "run", "--")):
            with self.subTest(words=words):
                self.assertEqual(self.expect_refusal(*words), "smtp-double: run needs a command behind '--': "
                                                              "run [SCENARIO…] -- COMMAND [ARG…]\n")

    def test_options_may_stand_before_the_word(self):
        status, _, error = self.run_with("--seed", "12", command=["false"])
        self.assertEqual(status, 1)
        self.assertIn("seed 12:", error)
        done = server_process.run("--seed", "13", "run", "--", "false")
        self.assertIn("seed 13:", done.stderr)

    def test_the_dashes_of_other_commands_are_theirs(self):
        self.write("-odd.yaml", "rules: []\n")
        done = server_process.run("check", "--", "-odd.yaml", cwd=self.folder)
        self.assertEqual((done.returncode, done.stdout), (0, "-odd.yaml: ok, 0 rules\n"))

    def test_the_log_is_there_when_it_is_asked_for(self):
        status, said, error = self.run_with("accept", "--log-level", "info", command=python(SEND))
        self.assertEqual((status, said), (0, ""))
        self.assertRegex(error, r"info: serving smtp=127\.0\.0\.1:\d+ admin=127\.0\.0\.1:\d+ scenario=accept seed=\d+\n")
        self.assertRegex(error, r"info: session 1 from .*: 1 accepted")
        self.write("config/smtp-double.yaml", "scenario: unknown-user\nlog: {level: debug}\nlisten: 192.0.2.1:25\n")
        status, _, error = self.run_with(command=python(SEND))
        self.assertEqual(status, 1)
        self.assertIn("scenario unknown-user", error)
        self.assertNotIn("debug", error)

    def test_a_port_file(self):
        code = ('import os; admin = os.environ["SMTP_DOUBLE_ADMIN"].rpartition(":")[2]; '
                'print(open("p").read() == f"smtp={os.environ[\'SMTP_PORT\']}\\nadmin={admin}\\n")')
        self.assertEqual(self.run_with("--port-file", "p", command=python(code)), (0, "True\n", ""))


class Signals(Running):
    def test_are_handed_on(self):
        with self.started(command=python(TOLD)) as (process, said, log):
            said.wait_for("^waiting$")
            for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
                process.send_signal(number)
                said.wait_for(f"^told .*{number.name}$")
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(PATIENCE), 7)
            log.join()
            self.assertIn("ended with status 7", log.text())

    def test_end_what_does_not_mind_them(self):
        with self.started(command=["sleep", "600"]) as (process, _, _):
            until(lambda: children_of(process.pid), "the command runs")
            process.terminate()
            self.assertEqual(process.wait(PATIENCE), 128 + signal.SIGTERM)

    def test_twice_is_no_reason_to_leave_the_command_behind(self):
        code = TOLD.replace("sys.exit(7)", "len(told) == 2 and sys.exit(9)")
        with self.started(command=python(code)) as (process, said, _):
            said.wait_for("^waiting$")
            process.terminate()
            said.wait_for("^told SIGTERM$")
            self.assertIsNone(process.poll())
            process.terminate()
            self.assertEqual(process.wait(PATIENCE), 9)

    def test_a_command_does_not_outlive_a_run_that_is_killed(self):
        with self.started(command=python(TOLD)) as (process, said, _):
            said.wait_for("^waiting$")
            process.kill()
            said.wait_for("^told SIGTERM$")
            said.join()

    def test_of_the_terminal_come_once(self):
        """A key sends them to all in the foreground: the command has got its own."""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)

        def take_terminal():
            os.setsid()
            import fcntl
            fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)

        with self.started(command=python(TOLD), stdin=theirs, preexec_fn=take_terminal) as (process, said, _):
            os.close(theirs)
            said.wait_for("^waiting$")
            os.write(ours, b"\x03")
            said.wait_for("^told SIGINT$")
            process.terminate()
            self.assertEqual(process.wait(PATIENCE), 7)
            said.join()
            self.assertEqual(said.text().splitlines()[-1], "told SIGINT SIGTERM")


def children_of(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
