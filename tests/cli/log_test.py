"""What goes to standard error while it serves."""
import base64
import contextlib
import json
import os
import re
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import server_process
from server_process import ServerProcess, until
from smtp_peer import Peer, connect

NASTY = b'NOOP \xff\xfe \xc3\x28 "quoted" \\back\\ \x01\x1b[31m\x7f tab\there {{line}} {} %s'

BUSY = """
    rules:
      - {name: "not \\"now\\"", at: rcpt, times: 1, reply: 450 4.2.1 Not now}
      - {name: lost, at: message, delay: 1ms, reply: 451 4.3.0 Lost}
    """


def log_of(*options, scenario=BUSY):
    """The log after one session in which rules answered twice."""
    with ServerProcess(scenario, *options) as server:
        with connect(server) as client:
            client.hello()
            client.ask("MAIL FROM:<me@example.org>")
            client.ask("RCPT TO:<you@example.com>")
            client.ask("RCPT TO:<them@example.com>")
            client.ask("DATA")
            client.ask("Subject: hello\r\n\r\nHi.\r\n.")
            client.send(NASTY + b"\r\n")
            client.reply()
            client.ask("QUIT")
        server.stop()
        return server.log.text()


class Text(unittest.TestCase):
    def test_info_is_one_line_per_session_and_one_per_answer_of_a_rule(self):
        lines = log_of().splitlines()
        for line, pattern in zip(lines, (
                r"session 1 rcpt: 450 by rule 'not \"now\"' \(\S*scenario\.yaml:3\), hit 1",
                r"session 1 message: 451 by rule 'lost' \(\S*scenario\.yaml:4\), hit 1",
                r"session 1 from 127\.0\.0\.1:\d+: 0 accepted, 9 replies, \d+ ms, closed (after QUIT|by the client)",
                r"stopped: 1 session"), strict=True):
            self.assertRegex(line, r"\A\d\d:\d\d:\d\d\.\d{3} info: " + pattern + r"\Z")

    def test_debug_is_the_dialogue_too(self):
        log = log_of("--log-level", "debug")
        for line in ("session 1: opened by 127.0.0.1:", 'session 1 S: send "220 mx.example.test ESMTP',
                     'session 1 C: "MAIL FROM:<me@example.org>"', 'session 1 S: send "450 4.2.1 Not now\\r\\n"',
                     "session 1 S: wait 1ms, send", "by rule 'lost'", ": 0 accepted, 9 replies"):
            self.assertIn(line, log)
        self.assertNotRegex(log, r"[^\n\x20-\x7e]")  # what a client sends cannot drive a terminal

    def test_a_line_for_each_session(self):
        with ServerProcess(["accept"]) as server:
            for _ in range(5):
                with connect(server) as client:
                    client.hello()
                    client.message()
            server.log.wait_for(r"session \d from \S+: 1 accepted, 6 replies, \d+ ms, closed by the client", count=5)

    def test_quieter_levels(self):
        for level in ("warning", "error", "off"):
            self.assertEqual(log_of("--log-level", level), "")

    def test_what_was_not_said_is_not_in_it(self):
        scenario = """
            rules:
              - {name: lost, at: message, reply: none, then: close}
              - {name: gone, at: rcpt, when: {recipient.local: gone}, reply: none, then: reset}
              - {name: last, at: noop, reply: 250 the last word, then: close}
              - {name: mute, at: vrfy, reply: none, then: hang}
              - {name: half, at: expn, reply: none, then: half-close}
              - {name: deaf, at: help, reply: 214 no more, then: stop-reading}
            """
        with ServerProcess(scenario) as server:
            for line, said in (("RCPT TO:<gone@x>", "rcpt: no reply, reset by rule 'gone'"),
                               ("NOOP", "noop: 250, closed by rule 'last'"),
                               ("VRFY x", "vrfy: no reply, silent from here on by rule 'mute'"),
                               ("EXPN x", "expn: no reply, half-closed by rule 'half'"),
                               ("HELP", "help: 214, reading nothing from here on by rule 'deaf'"),
                               ("RCPT TO:<a@x>\r\nDATA\r\n.", "message: no reply, closed by rule 'lost'")):
                with connect(server) as client:
                    client.hello()
                    client.ask("MAIL FROM:<>")
                    client.send(line + "\r\n")
                    server.log.wait_for(said)
            server.log.wait_for(r"0 accepted, \d replies, \d+ ms, closed by a rule$")

    def test_the_dialogue_is_in_its_order(self):
        lines = [line for line in log_of("--log-level", "debug").splitlines() if "session 1 " in line]
        asked = next(i for i, line in enumerate(lines) if 'C: "RCPT TO:<you@' in line)
        self.assertIn("by rule 'not", lines[asked + 1])
        self.assertIn('S: send "450', lines[asked + 2])

    def test_lines_come_while_it_serves(self):
        with ServerProcess(BUSY) as server, connect(server) as client:
            client.hello()
            client.ask("MAIL FROM:<>")
            client.ask("RCPT TO:<you@example.com>")
            server.log.wait_for("450 by rule")


@contextlib.contextmanager
def server_with(shell="", **streams):
    """A server whose streams the shell has redirected, or Popen; and a client of it."""
    with tempfile.TemporaryDirectory() as folder:
        port_file = Path(folder) / "port"
        command = ["sh", "-c", f'exec "$0" "$@" {shell}', server_process.BINARY, "accept", "--log-level", "debug",
                   "--listen", "127.0.0.1:0", "--port-file", str(port_file)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=folder,
                                   env=server_process.environment(), **streams)
        try:
            until(port_file.exists, "the port file")
            with Peer(int(port_file.read_text(encoding="ascii").removeprefix("smtp="))) as client:
                client.hello()
                yield process, client
        finally:
            process.kill()
            process.wait()


class Forgotten(unittest.TestCase):
    def test_keys_that_had_to_make_room_are_told_at_the_end(self):
        scenario = "{server: {limits: {keys: 2}}, rules: [{at: noop, per: argument, times: 1, reply: 450 first}]}"
        with ServerProcess(scenario) as server:
            with connect(server) as client:
                client.hello()
                self.assertEqual([client.ask(f"NOOP {n}")[:3] for n in (1, 2, 2, 3, 1)],
                                 ["450", "450", "250", "450", "450"])
            server.stop()
            server.log.wait_for("warning: 2 keys of rules and states were forgotten, as server.limits.keys is 2")


class Streams(unittest.TestCase):
    def serve(self, shell="", **streams):
        """What the client sees at the end of a session."""
        with server_with(shell, **streams) as (process, client):
            self.assertEqual(client.message()[:3], "250")
            client.send("QUIT\r\n")
            seen = client.rest()
            self.stop(process)
            return seen

    def stop(self, process):
        process.terminate()
        self.assertEqual(process.wait(server_process.PATIENCE), 0)

    def fill(self, client, commands=40_000):
        """With more lines than a pipe and the server's own room for them hold."""
        sender = threading.Thread(target=client.send, args=(b"NOOP\r\n" * commands,))
        sender.start()
        self.assertEqual(set(client.replies(commands)), {"250 2.0.0 OK"})
        sender.join(server_process.PATIENCE)

    def test_the_log_never_goes_to_a_client(self):
        for shell in ("2>&-", ">&- 2>&-", "<&- >&- 2>&-"):
            with self.subTest(shell=shell):
                self.assertRegex(self.serve(shell), rb"\A221 [^\r\n]*\r\n\Z")

    def test_a_reader_that_went_away_is_no_reason_to_stop(self):
        reader, writer = os.pipe()
        os.close(reader)
        try:
            self.assertRegex(self.serve(stderr=writer), rb"\A221 [^\r\n]*\r\n\Z")
        finally:
            os.close(writer)

    def test_a_reader_that_does_not_read_holds_up_nobody(self):
        with server_with(stderr=subprocess.PIPE) as (process, client), process.stderr:
            self.fill(client)
            self.stop(process)

    def test_a_reader_that_comes_back_is_told_what_it_missed(self):
        with server_with(stderr=subprocess.PIPE) as (process, client), process.stderr as log:
            self.fill(client)
            lost = 0
            while not lost:
                line = log.readline()
                self.assertRegex(line, rb"\A\d\d:\d\d:\d\d\.\d{3} [a-z]+: [ -~]+\n\Z")  # whole
                if told := re.search(rb"warning: (\d+) log lines were lost", line):
                    lost = int(told.group(1))
            self.assertGreater(lost, 1000)
            self.stop(process)


class Findings(unittest.TestCase):
    def test_what_a_strict_server_would_refuse_about_content_is_told(self):
        with ServerProcess(["accept"]) as server, connect(server) as client:
            client.hello()
            client.message(b"Subject: x\r\n\r\na\rb\nc\0d\r\n")
            server.log.wait_for(r"warning: session 1 message 1: there is a bare CR at octet 15, a bare LF at octet 17, "
                                r"a NUL at octet 19 of the content$")
            client.message()
            client.ask("QUIT")
            server.stop()
            self.assertNotIn("message 2", server.log.text())

    def test_a_client_that_waits_after_a_bare_lf_is_told_while_it_waits(self):
        with ServerProcess(["accept"]) as server, connect(server) as client:
            client.hello()
            client.send("NOOP\n")
            server.log.wait_for("warning: session 1: the client's last line ended with a bare LF")


class Json(unittest.TestCase):
    def test_every_line_is_an_object(self):
        for level in ("info", "debug"):
            lines = log_of("--log-format", "json", "--log-level", level).splitlines()
            entries = [json.loads(line) for line in lines]
            self.assertGreater(len(entries), 3)
            for entry in entries:
                self.assertEqual(entry.keys(), {"time", "level", "message"})
                self.assertRegex(entry["time"], r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d\d:\d\d\Z")
                self.assertIn(entry["level"], ("debug", "info"))
            self.assertTrue(any("'not \"now\"'" in entry["message"] for entry in entries))

    def test_whatever_a_client_sends(self):
        scenario = """
            rules:
              - {name: "naïve “rule” \\\\ \\"", at: noop, reply: "250 {{argument}}"}
              - {name: hello, at: ehlo, reply: "250 {{helo}}"}
            """
        with ServerProcess(scenario, "--log-format", "json", "--log-level", "debug") as server:
            with connect(server) as client:
                client.expect(220)
                octets = bytes(set(range(256)) - {0x0A, 0x0D})
                for line in (NASTY, b"NOOP " + octets, octets, b"EHLO " + octets[32:], b"\xe2\x82",
                             b"MAIL FROM:<\xff\"@x>", b"NOOP " + "ü€😀".encode() + b"\xf0\x9f"):
                    client.send(line + b"\r\n")
                    client.reply()
            server.stop()
            lines = server.log.octets().splitlines()
            self.assertGreater(len(lines), 15)
            for line in lines:
                json.loads(line.decode("utf-8"))  # strictly: no octet of a client's may spoil it

    def said_at_start(self, *arguments, status, **keywords):
        """What stands on standard error when it cannot serve: (level, message) of each line."""
        done = server_process.run(*arguments, text=False, **keywords)
        self.assertEqual((done.returncode, done.stdout), (status, b""), done.stderr)
        entries = [json.loads(line.decode("utf-8")) for line in done.stderr.splitlines()]
        for entry in entries:
            self.assertEqual(list(entry), ["time", "level", "message"])
        return [(entry["level"], entry["message"]) for entry in entries]

    def test_what_cannot_be_served(self):
        with tempfile.TemporaryDirectory() as folder:
            bad = Path(folder) / "bad.yaml"
            bad.write_text("rules:\n  - {at: rctp, reply: 550}\n", encoding="utf-8")
            json_settings = Path(folder) / "json.yaml"
            json_settings.write_text("log: {format: json}\n", encoding="utf-8")
            said = [("error", "bad.yaml:2:10: rules[0].at: unknown stage 'rctp'; did you mean 'rcpt'?")]
            for arguments, variables in ((("--log-format", "json", "bad.yaml"), {}),
                                         (("bad.yaml",), {"SMTP_DOUBLE_LOG_FORMAT": "json"}),
                                         (("--config", "json.yaml", "bad.yaml"), {})):
                with self.subTest(arguments=arguments):
                    self.assertEqual(
                        self.said_at_start(*arguments, status=2, variables=variables, cwd=folder), said)
            for arguments, status, message in (
                    (("--config", "none.yaml"), 2, "none.yaml: cannot be read: No such file or directory"),
                    (("--threads", "0"), 2, "--threads: '0' is no number from 1 to 256"),
                    (("--listen", "192.0.2.1:0"), 3, "cannot listen on 192.0.2.1:0: Cannot assign requested address"),
                    (("--listen", "127.0.0.1:0", "--port-file", "none/ports"), 2,
                     "cannot write the port file none/ports: No such file or directory")):
                with self.subTest(arguments=arguments):
                    self.assertEqual(self.said_at_start("--log-format", "json", *arguments, status=status, cwd=folder),
                                     [("error", message)])

    def test_warnings_of_the_scenario(self):
        scenario = "rules: [{at: rcpt, reply: 550}, {at: rcpt, reply: 450}]\n"
        with ServerProcess(scenario, "--log-format", "json") as server:
            server.stop()
            entries = [json.loads(line) for line in server.log.text().splitlines()]
            self.assertEqual([entry["level"] for entry in entries], ["warning", "info"])
            self.assertRegex(entries[0]["message"], r"scenario\.yaml:1:33: rules\[1\]: can never fire: [^\n^]*\Z")

    def test_a_path_that_is_no_utf8(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.fsencode(folder) + b"/f\xff\xc3.yaml"
            with open(path, "w", encoding="ascii") as file:
                file.write("rules: [{at: noop, reply: 250 yes}]\n")
            with ServerProcess([path], "--log-format", "json") as server:
                with connect(server) as client:
                    client.hello()
                    client.ask("NOOP")
                server.stop()
                lines = [json.loads(line.decode("utf-8")) for line in server.log.octets().splitlines()]
                self.assertTrue(any("/f\ufffd\ufffd.yaml:1" in line["message"] for line in lines), lines)
        self.assertRegex(self.said_at_start("--log-format", "json", b"g\xff.yaml", status=2)[0][1],
                         r"\Ag\ufffd\.yaml: cannot be read")


class Secrets(unittest.TestCase):
    def test_credentials_are_in_no_log(self):
        secret = "s3cret-Passw0rd"
        plain = base64.b64encode(b"\0ann\0" + secret.encode()).decode()
        half = base64.b64encode(secret.encode()).decode()
        prompts = """
            rules:
              - {at: auth, when: {argument: {starts: LOGIN}}, reply: 334 VXNlcm5hbWU6}
              - {at: auth-response, when: {session: 2}, times: 1, reply: 334 UGFzc3dvcmQ6}
              - {at: auth-response, when: {session: 2}, reply: 535 5.7.8 No}
              - {at: auth-response, when: {session: 3}, times: 2, reply: 334 UGFzc3dvcmQ6}
              - {at: auth-response, when: {session: 3}, reply: 535 5.7.8 No}
            """
        for format_ in ("text", "json"):
            with self.subTest(format=format_), \
                    ServerProcess(prompts, "--log-level", "debug", "--log-format", format_) as server:
                with connect(server) as client:
                    client.hello()
                    for line in (f"AUTH PLAIN {plain}", f"auth plain {plain}", f"AUTH  PLAIN {plain} ",
                                 f"AUTH\t{plain}", f"AUTH PLAIN {plain}\x01", "AUTH PLAIN " + plain * 200,
                                 f"AUTH PLAIN {plain}\nNOOP", f"AUTH CRAM-MD5 {half}", f" AUTH PLAIN {plain}"):
                        client.ask(line)
                with connect(server) as client:
                    client.hello()
                    self.assertEqual(client.ask("AUTH LOGIN YW5u")[:3], "334")
                    self.assertEqual(client.ask(half), "334 UGFzc3dvcmQ6")
                    self.assertEqual(client.ask(half)[:3], "535")
                    self.assertEqual(client.ask("VRFY shown")[:3], "252")
                with connect(server) as client:
                    client.hello()
                    self.assertEqual(client.ask("AUTH LOGIN")[:3], "334")
                    for line, code in (("", "334"), ("", "334"), (half, "535")):
                        self.assertEqual(client.ask(line)[:3], code)
                server.stop()
                log = server.log.text()
                for hidden in (secret, plain, half):
                    self.assertNotIn(hidden, log)
                self.assertIn("AUTH [redacted]", log)
                self.assertIn("VRFY shown", log)
