"""Commands that do not serve, and arguments that cannot be used."""
import json
import os
import tempfile
import textwrap
import unittest
from pathlib import Path

from server_process import ServerProcess, run

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = sorted((ROOT / "scenarios").rglob("*.yaml"))


class InAFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="smtp-double-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def expect_refusal(self, *arguments, **keywords):
        """Status 2, and nothing but what is wrong."""
        done = run(*arguments, cwd=self.folder, **keywords)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertTrue(done.stderr.endswith("\n"))
        return done.stderr


class BadUsage(InAFolder):
    def test_flags(self):
        for arguments, names in (
                (("--nope",), "--nope"),
                (("serve", "--nope"), "--nope"),
                (("--listen",), "--listen"),
                (("--log-level", "loud"), "'loud'.*debug, info, warning, error, off"),
                (("--log-format", "xml"), "'xml'.*text, json"),
                (("--threads", "0"), "threads.*1 to 256"),
                (("--threads", "257"), "threads.*1 to 256"),
                (("--threads", "-1"), "--threads"),
                (("--threads", "two"), "--threads"),
                (("--admin", "here"), "--admin: 'here' has no port"),
                (("--admin", "unix:/run/a"), "--admin: 'unix:/run/a' is no address for the admin port"),
                (("--admin", "proxy:127.0.0.1:0"), "--admin: 'proxy:127.0.0.1:0' is no address for the admin port"),
                (("--admin-token", ""), "--admin-token: the token is empty"),
                (("--admin-token", "a b"), "--admin-token: a token is made of visible ASCII"),
                (("run", "--admin", "here", "--", "true"), "--admin: 'here' has no port"),
                (("--seed", "-1"), "--seed.*'-1'"),
                (("--seed", "18446744073709551616"), "--seed.*'18446744073709551616'"),
                (("--seed", "x"), "--seed.*'x'"),
                (("--seed", "1", "--seed", "2"), "--seed"),
                (("check",), "scenario"),
                (("scenarios", "show"), "name")):
            with self.subTest(arguments=arguments):
                self.assertRegex(self.expect_refusal(*arguments), names)

    def test_variables(self):
        """Nobody sees them in the command: they are named."""
        for name, value, said in (("THREADS", "many", ": 'many' is no number from 1 to 256"),
                                  ("THREADS", "0", ": '0' is no number from 1 to 256"),
                                  ("SEED", "x", ": 'x' is no number from 0 to 18446744073709551615"),
                                  ("LOG_LEVEL", "loud", ": 'loud' is no log level; there are debug, info"),
                                  ("LOG_FORMAT", "xml", ": 'xml' is no log format; there are text, json"),
                                  ("LISTEN", "here", ": 'here' has no port"),
                                  ("LISTEN_TLS", "here", ": 'here' has no port"),
                                  ("LISTEN_LMTP", "proxy:here", ": 'proxy:here' has no port"),
                                  ("ADMIN", "here", ": 'here' has no port"),
                                  ("ADMIN_TOKEN", "", ": the token is empty"),
                                  ("ADMIN_TOKEN", "\u00e4", ": a token is made of visible ASCII characters"),
                                  ("ADMIN_OPEN", "perhaps", ": 'perhaps' is neither true nor false"),
                                  ("DURABLE", "perhaps", ": 'perhaps' is neither true nor false"),
                                  ("SCENARIO", "accept, none.yaml", " names what cannot be used"),
                                  ("CONFIG", "none.yaml", " names what cannot be used")):
            with self.subTest(name=name):
                self.assertIn(f"smtp-double: SMTP_DOUBLE_{name}{said}",
                              self.expect_refusal(variables={"SMTP_DOUBLE_" + name: value}))
        self.assertIn("none.yaml: cannot be read",
                      self.expect_refusal(variables={"SMTP_DOUBLE_SCENARIO": "accept, none.yaml"}))
        self.assertRegex(self.expect_refusal("--listen", "127.0.0.1:0", variables={"SMTP_DOUBLE_PORT_FILE": "none/p"}),
                         r"\Asmtp-double: cannot write the port file none/p: .* \(SMTP_DOUBLE_PORT_FILE\)\n\Z")
        done = run(variables={"SMTP_DOUBLE_LISTEN": "192.0.2.1:0"})
        self.assertEqual((done.returncode, done.stderr), (
            3, "smtp-double: cannot listen on 192.0.2.1:0: Cannot assign requested address (SMTP_DOUBLE_LISTEN)\n"))
        done = run("--listen", "127.0.0.1:0", variables={"SMTP_DOUBLE_LISTEN_TLS": "192.0.2.1:0"})
        self.assertIn("(SMTP_DOUBLE_LISTEN_TLS)\n", done.stderr)

    def test_an_admin_port_for_everybody(self):
        """Whoever reaches it reads all mail: that has to be meant."""
        remedies = ("can be reached from elsewhere, by anybody; give --admin-token TOKEN, which clients have to send, "
                    "or listen on the loopback (127.0.0.1), or let everybody in with --admin-open\n")
        for address in ("0.0.0.0:0", "[::]:0", "192.0.2.1:8025", "[::ffff:192.0.2.1]:0"):
            with self.subTest(address=address):
                self.assertEqual(self.expect_refusal("--admin", address),
                                 f"smtp-double: --admin: '{address}' {remedies}")
        self.assertEqual(self.expect_refusal(variables={"SMTP_DOUBLE_ADMIN": "0.0.0.0:0"}),
                         f"smtp-double: SMTP_DOUBLE_ADMIN: '0.0.0.0:0' {remedies}")
        self.write("config/smtp-double.yaml", "admin: {address: '0.0.0.0:0', open: false}\n")
        self.assertEqual(self.expect_refusal(variables={"SMTP_DOUBLE_ADMIN": ""}),
                         f"smtp-double: admin.address: '0.0.0.0:0' {remedies}")

    def test_an_admin_port_that_is_meant(self):
        """As far as the next mistake, an address that nobody has."""
        for options, variables in (((), {}), (("--admin-token", "t"), {"SMTP_DOUBLE_ADMIN": "0.0.0.0:0"}),
                                   (("--admin", "0.0.0.0:0", "--admin-open"), {}),
                                   (("--admin", "127.0.0.2:0"), {}), (("--admin", "[::1]:0"), {}),
                                   (("--admin", "0.0.0.0:0"), {"SMTP_DOUBLE_ADMIN_TOKEN": "t"}),
                                   (("--admin", "0.0.0.0:0"), {"SMTP_DOUBLE_ADMIN_OPEN": "yes"}),
                                   (("--admin", "off"), {"SMTP_DOUBLE_ADMIN": "here"}),
                                   ((), {"SMTP_DOUBLE_ADMIN": "http://127.0.0.1:1"})):
            with self.subTest(options=options, variables=variables):
                done = run("--listen", "192.0.2.1:0", *options, variables=variables)
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertIn("cannot listen on 192.0.2.1:0", done.stderr)

    def test_a_flag_makes_its_variable_void(self):
        done = run("--listen", "192.0.2.1:0", "--threads", "2",
                   variables={"SMTP_DOUBLE_LISTEN": "here", "SMTP_DOUBLE_THREADS": "many"})
        self.assertEqual(done.returncode, 3, done.stderr)

    def test_a_command_that_is_misspelled(self):
        for words, meant in ((("chekc", "x"), "check"), (("check-", "--nope"), "check"),
                             (("Explain", "550"), "explain"), (("scenario",), "scenarios"),
                             (("sevre", "accept"), "serve"), (("hlep",), "help")):
            with self.subTest(words=words):
                self.assertEqual(self.expect_refusal(*words),
                                 f"smtp-double: there is no command, file or scenario '{words[0]}'; "
                                 f"did you mean the command '{meant}'?\n")
        self.assertIn("no such scenario", self.expect_refusal("serve", "chekc"))

    def test_a_file_may_be_called_like_a_command(self):
        self.write("chekc", "scenario: file\n")
        with ServerProcess(["chekc"], cwd=self.folder) as server:
            self.assertEqual(server.ready["scenario"], "file")

    def test_settings_files(self):
        self.assertIn("none.yaml: cannot be read", self.expect_refusal("--config", "none.yaml"))
        self.write("config/smtp-double.yaml", """\
            threds: 2
            log: {level: loud}
            """)
        said = self.expect_refusal()
        self.assertIn("config/smtp-double.yaml:1:1: unknown key 'threds'; did you mean 'threads'?", said)
        self.assertIn("config/smtp-double.yaml:2:14: log.level: ", said)

    def test_a_scenario_that_is_not_there(self):
        self.assertRegex(self.expect_refusal("unknown-usr"), r"unknown-usr: .*did you mean 'unknown-user'\?")
        self.assertRegex(self.expect_refusal("serve", "unknown-usr"), r"did you mean 'unknown-user'\?")
        self.assertRegex(self.expect_refusal("errors/unknown-usr"), r"did you mean 'errors/unknown-user'\?")
        self.assertRegex(self.expect_refusal("errors"), r"'smtp-double scenarios errors' lists it")
        self.assertRegex(self.expect_refusal("accept", "zzzz"), r"\Azzzz: .*'smtp-double scenarios' lists them\n\Z")
        self.assertIn("none.yaml: cannot be read", self.expect_refusal("none.yaml"))

    def test_every_mistake_in_a_scenario_is_told(self):
        self.write("bad.yaml", """\
            scenario: bad
            rulez: []
            rules:
              - at: rctp
                replay: 550
              - at: mail
                reply: 999
            """)
        said = self.expect_refusal("bad.yaml")
        for line in ("bad.yaml:2:1: unknown key 'rulez'; did you mean 'rules'?",
                     "bad.yaml:4:9: rules[0].at: unknown stage 'rctp'; did you mean 'rcpt'?",
                     "bad.yaml:5:5: rules[0]: unknown key 'replay'; did you mean 'reply'?",
                     "bad.yaml:7:12: rules[1].reply: '999' is no reply code"):
            self.assertIn("\n" + line, "\n" + said)
        self.assertIn("      - at: rctp\n            ^\n", said)

    def test_a_folder_without_scenarios(self):
        self.write("folder/notes.txt", "nothing to serve")
        self.assertRegex(self.expect_refusal("folder"), r"\Afolder: .*\.yaml\n\Z")

    @unittest.skipIf(os.geteuid() == 0, "SKIPPED: root may read every file")
    def test_a_file_that_may_not_be_read(self):
        self.write("secret.yaml", "rules: []\n").chmod(0)
        self.assertIn("secret.yaml: cannot be read: ", self.expect_refusal("secret.yaml"))

    def test_a_path_that_cannot_be_read(self):
        loop = self.folder / "loop.yaml"
        loop.symlink_to(loop)
        self.assertIn("loop.yaml: cannot be read: ", self.expect_refusal("loop.yaml"))

    def test_a_file_that_is_no_text(self):
        (self.folder / "binary.yaml").write_bytes(bytes(range(256)) * 40)
        self.assertIn("binary.yaml", self.expect_refusal("binary.yaml"))


class AFolderOfScenarios(InAFolder):
    def test_all_its_files_by_name(self):
        for name in ("b.yml", "a.yaml"):
            self.write(f"folder/{name}", f"scenario: {name[0]}\nrules: [{{at: noop, reply: 250 {name}}}]\n")
        self.write("folder/readme.txt", "no: scenario")
        with ServerProcess(["folder"], cwd=self.folder) as server:
            self.assertEqual(server.ready["scenario"], "a+b")


class Commas(InAFolder):
    def test_one_in_a_path_is_part_of_it(self):
        self.write("x,y.yaml", "scenario: comma\n")
        self.write("folder, too/z.yaml", "scenario: folder\n")
        with ServerProcess(["x,y.yaml", "folder, too"], cwd=self.folder) as server:
            self.assertEqual(server.ready["scenario"], "comma+folder")
        self.assertIn("x,none: there is no such file", self.expect_refusal("x,none"))

    def test_in_a_variable_they_separate_whatever_blanks_there_are(self):
        with ServerProcess(listen=(), variables={"SMTP_DOUBLE_SCENARIO": " accept , busy-421,",
                                                 "SMTP_DOUBLE_LISTEN": "127.0.0.1:0, 127.0.0.1:0\n"}) as server:
            self.assertEqual(server.ready["scenario"], "accept+busy-421")
            self.assertEqual(len(server.addresses), 2)

    def test_on_the_command_line_they_separate_listeners(self):
        with ServerProcess(listen=("127.0.0.1:0,127.0.0.1:0", "127.0.0.1:0")) as server:
            self.assertEqual(len(server.addresses), 3)


class Information(unittest.TestCase):
    def test_version(self):
        version = next(line.split()[2] for line in (ROOT / "CMakeLists.txt").read_text(encoding="utf-8").splitlines()
                       if line.startswith("project(smtp-double VERSION "))
        done = run("--version")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, f"smtp-double {version}\n", ""))

    def test_help(self):
        for arguments in (("--help",), ("-h",), ("serve", "--help"), ("help",), ("help", "serve")):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for word in ("--listen", "--threads", "--seed", "--port-file", "--log-level", "--log-format", "--config",
                         "SMTP_DOUBLE_SCENARIO", "127.0.0.1:1025", "check", "explain", "scenarios"):
                self.assertIn(word, done.stdout)

    def test_help_of_each_command(self):
        for command, word in (("check", "scenario"), ("explain", "--stage"), ("scenarios", "show")):
            done = run(command, "--help")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn(word, done.stdout)
            self.assertEqual(run("help", command).stdout, done.stdout)
        done = run("help", "chekc")
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (2, "", "smtp-double: there is no command 'chekc'; smtp-double help lists them\n"))

    def test_schema_prints_the_file(self):
        done = run("schema", text=False)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(done.stdout, (ROOT / "config/scenario.schema.json").read_bytes())

    def test_scenarios_are_listed_by_folder_with_their_purpose(self):
        done = run("scenarios")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        listed, folder = {}, ""
        for line in filter(None, done.stdout.splitlines()):
            if line.endswith("/"):
                folder = line
                continue
            self.assertEqual(line.startswith("  "), bool(folder), line)
            name, purpose = line.split(None, 1)
            listed[folder + name] = purpose
        purposes = {str(path.relative_to(ROOT / "scenarios").with_suffix("")):
                    path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ") for path in LIBRARY}
        self.assertEqual(listed, purposes)

    def test_a_folder_of_the_scenarios(self):
        for word in ("errors", "errors/"):
            lines = run("scenarios", word).stdout.splitlines()
            self.assertEqual(lines[1], "errors/")
            self.assertEqual(len(lines) - 2, sum(path.parent.name == "errors" for path in LIBRARY))
        done = run("scenarios", "erors")
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (2, "", "smtp-double: the library has no folder 'erors'; did you mean 'errors'?\n"))

    def test_scenarios_show_prints_the_file(self):
        for path in LIBRARY:
            name = str(path.relative_to(ROOT / "scenarios").with_suffix(""))
            for word in (name, path.stem):
                with self.subTest(word=word):
                    done = run("scenarios", "show", word, text=False)
                    self.assertEqual((done.returncode, done.stdout, done.stderr), (0, path.read_bytes(), b""))

    def test_scenarios_show_what_is_not_there(self):
        for name, said in (("accep", r"'accep'; did you mean 'accept'\?"),
                           ("errors/mailbx-full", r"did you mean 'errors/mailbox-full'\?"),
                           ("errors", r"'errors'; it is a folder of the library; 'smtp-double scenarios errors' lists it"),
                           ("zzzz", r"'zzzz'; 'smtp-double scenarios' lists them")):
            done = run("scenarios", "show", name)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertRegex(done.stderr, said)


class Check(InAFolder):
    def test_fine(self):
        self.write("fine.yaml", "rules: [{at: rcpt, reply: 550}, {at: mail, reply: 451}]\n")
        done = run("check", "fine.yaml", "accept", cwd=self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, "fine.yaml: ok, 2 rules\nscenarios/accept.yaml: ok, 0 rules\n")

    def test_the_whole_library(self):
        done = run("check", *map(str, LIBRARY))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count(": ok, "), len(LIBRARY))

    def test_a_folder_is_one_scenario(self):
        self.write("a.yaml", "server: {hostname: a.test}\nrules: [{at: rcpt, reply: 550}]\n")
        self.write("b.yaml", "rules: [{at: mail, reply: 451}]\n")
        done = run("check", str(self.folder))
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, f"{self.folder}: ok, 2 rules\n", ""))

        self.write("b.yaml", "server: {hostname: b.test}\n")
        done = run("check", str(self.folder))
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("'server' is set in two of the scenarios", done.stderr)

    def test_an_error_in_one_of_them(self):
        self.write("bad.yaml", "rules: [{at: rctp, reply: 550}]\n")
        done = run("check", "accept", "bad.yaml", "none.yaml", "default", cwd=self.folder)
        self.assertEqual(done.returncode, 2)
        self.assertIn("scenarios/accept.yaml: ok", done.stdout)
        self.assertIn("scenarios/default.yaml: ok", done.stdout)
        self.assertNotIn("bad.yaml", done.stdout)
        self.assertIn("bad.yaml:1:14: rules[0].at: unknown stage 'rctp'; did you mean 'rcpt'?", done.stderr)
        self.assertIn("none.yaml: cannot be read", done.stderr)

    def test_a_warning_is_no_error(self):
        path = self.write("odd.yaml", """\
            rules:
              - {at: rcpt, reply: 550}
              - {at: rcpt, reply: 450}
            """)
        done = run("check", "odd.yaml", cwd=self.folder)
        self.assertEqual((done.returncode, done.stdout), (0, "odd.yaml: ok, 2 rules\n"))
        self.assertRegex(done.stderr, r"\Aodd\.yaml:3:5: warning: rules\[1\]: can never fire: .*line 2")
        with ServerProcess([str(path)]) as server:
            server.log.wait_for(r"odd\.yaml:3:5: warning: rules\[1\]: can never fire")

    def test_variables_are_for_serving_only(self):
        variables = {f"SMTP_DOUBLE_{name}": "non sense" for name in ("SCENARIO", "LISTEN", "THREADS", "SEED", "CONFIG",
                                                                     "PORT_FILE", "LOG_LEVEL", "LOG_FORMAT")}
        for command in (("check", "accept"), ("explain", "550"), ("scenarios",), ("scenarios", "show", "accept"),
                        ("--version",), ("--help",)):
            with self.subTest(command=command):
                done = run(*command, variables=variables)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(done.stdout, run(*command).stdout)


class Explain(unittest.TestCase):
    def test_text(self):
        for words in (("550",), ("450 4.2.2",), ("450", "4.2.2"), ("5.7.1",), ("550-5.1.1 No such user",),
                      ("--stage", "rcpt"), ("550", "--stage", "data")):
            done = run("explain", *words)
            self.assertEqual((done.returncode, done.stderr), (0, ""), words)
            self.assertIn("rcpt" if words[0] == "--stage" else words[0][:3], done.stdout)
            self.assertNotIn("\x1b", done.stdout)  # no colours but on a terminal

    def test_json(self):
        code = json.loads(run("explain", "552", "5.3.4", "--json").stdout)
        self.assertEqual(code["code"]["value"], 552)
        self.assertIn("5.3.4", json.dumps(code))
        stage = json.loads(run("explain", "--stage", "rcpt", "--json").stdout)
        self.assertIn("rcpt", json.dumps(stage))

    def test_a_line_pasted_from_a_log(self):
        explained = run("explain", "552 5.3.4").stdout
        for line in ("< 552 5.3.4 Too big", "<** 552 5.3.4 Too big", "smtp; 552 5.3.4 Too big",
                     "host mx.x said: 552 5.3.4 Too big", "(552, b'5.3.4 Too big')", "552 [5.3.4] Too big",
                     '12:55:01.123 debug: session 1 S: send "552 5.3.4 Too big\\r\\n"',
                     "> MAIL FROM:<a@b> SIZE=250\n< 552-5.3.4 Too\n< 552 5.3.4 big"):
            with self.subTest(line=line):
                done = run("explain", line)
                self.assertEqual((done.returncode, done.stderr, done.stdout), (0, "", explained))

    def test_every_code_can_be_explained(self):
        for code in range(200, 560, 7):
            self.assertEqual(json.loads(run("explain", str(code), "--json").stdout)["code"]["value"], code)

    def test_nonsense(self):
        for words, names in ((("999",), "999"), (("hello",), "'hello'"), (("5.1",), "'5.1'"), ((), "Nothing"),
                             (("--stage", "rctp"), "did you mean 'rcpt'")):
            with self.subTest(words=words):
                done = run("explain", *words)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(names, done.stderr)
