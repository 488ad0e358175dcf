"""docker/ci and .github/workflows: the files are what their readers take, name scripts and steps that exist, and the
commands of the examples work against the real program."""
import contextlib
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import jsonschema
import yaml

import image
from server_process import PATIENCE, SANITIZER_REPORT, ServerProcess, environment

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests" / "schema"))
from scenario_yaml import Loader  # noqa: E402  YAML 1.2: `on` is a text, as those who read these files have it

OWN = ROOT / ".github" / "workflows" / "ci.yml"
GITHUB, GITLAB = ROOT / "docker" / "ci" / "github-actions.yml", ROOT / "docker" / "ci" / "gitlab-ci.yml"
EXPRESSION = re.compile(r"\$\{\{ (.*?) \}\}")

# Of the server that the examples talk to.
SCENARIO = """
rules:
  - {name: full, at: rcpt, reply: 452 4.2.2 Mailbox full, expect: {min: 1}}
verify: {messages: 0}
"""
TEST = """
import os, smtplib, unittest

class Mail(unittest.TestCase):
    def test_it(self):
        with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"])) as client:
            with self.assertRaises(smtplib.SMTPRecipientsRefused):
                client.sendmail("me@example.org", ["ann@example.com"], "Subject: hello\\r\\n\\r\\nHi.\\r\\n")
"""


def load(path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader)


def mistakes(document, schema):
    validator = jsonschema.Draft202012Validator(json.loads((HERE / schema).read_text(encoding="utf-8")))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def commands(document):
    """Of a workflow, with the job that each belongs to."""
    for job in document["jobs"].values():
        for step in job["steps"]:
            if "run" in step:
                yield job, step["run"]


class Schemas(unittest.TestCase):
    def test_the_files(self):
        for path, schema in ((OWN, "github_workflow.schema.json"), (GITHUB, "github_workflow.schema.json"),
                             (GITLAB, "gitlab_ci.schema.json")):
            self.assertEqual(mistakes(load(path), schema), [], path)

    def test_a_mistake_would_be_found(self):
        for key, value, said in (("timeout-minutess", 5, "'timeout-minutess' was unexpected"),
                                 ("timeout-minutes", "5", "'5' is not of type 'integer'"),
                                 ("steps", [{"run": "true", "shel": "sh"}], "'shel' was unexpected"),
                                 ("steps", [{"name": "nothing"}], "is not valid under any of the given schemas")):
            workflow = load(OWN)
            workflow["jobs"]["checks"][key] = value
            self.assertIn(said, "\n".join(mistakes(workflow, "github_workflow.schema.json")))
        pipeline = load(GITLAB)
        pipeline["mail"]["service"] = []
        self.assertIn("'service' was unexpected", "\n".join(mistakes(pipeline, "gitlab_ci.schema.json")))

    def test_commands_are_shell(self):
        scripts = [run for path in (OWN, GITHUB) for _, run in commands(load(path))] + load(GITLAB)["mail"]["script"]
        self.assertGreater(len(scripts), 8)
        for script in scripts:
            done = subprocess.run(["bash", "-n"], input=EXPRESSION.sub("x", script), capture_output=True, text=True,
                                  timeout=PATIENCE, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), script)


class OwnWorkflow(unittest.TestCase):
    """Jobs run what script/test runs."""

    def setUp(self):
        self.workflow = load(OWN)
        self.script = (ROOT / "script" / "test").read_text(encoding="utf-8")
        self.steps = re.search(r"^steps=\((.*)\)$", self.script, re.MULTILINE).group(1).split()

    def expanded(self):
        """Each command once for each value of the variable that it names."""
        for job, run in commands(self.workflow):
            names = [name.removeprefix("matrix.") for name in EXPRESSION.findall(run)]
            matrix = job.get("strategy", {}).get("matrix", {})
            more = [included[names[0]] for included in matrix.get("include", [])] if names else []
            values = matrix.get(names[0], []) + more if names else [""]
            for value in values:
                yield EXPRESSION.sub(value, run)

    def test_scripts_and_steps_exist(self):
        calls = [run.split() for run in self.expanded() if run.startswith("script/")]
        self.assertGreaterEqual(len(calls), len(self.steps))
        for program, *steps in calls:
            self.assertTrue(os.access(ROOT / program, os.X_OK), program)
            for step in steps:
                self.assertRegex(self.script, rf"(?m)^run_{step}\(\) \{{")

    def test_every_step_of_the_script_is_a_job(self):
        self.assertEqual(self.workflow["jobs"]["checks"]["strategy"]["matrix"]["step"], self.steps)

    def test_expressions_name_what_there_is(self):
        for job in self.workflow["jobs"].values():
            for name in EXPRESSION.findall(json.dumps(job)):
                kind, _, rest = name.partition(".")
                self.assertTrue(name == "github.sha" or (kind == "matrix" and rest in job["strategy"]["matrix"]), name)

    def test_the_cache_is_where_ccache_writes(self):
        for job in self.workflow["jobs"].values():
            paths = [step["with"]["path"] for step in job["steps"] if step.get("uses", "").startswith("actions/cache@")]
            told = [step["run"] for step in job["steps"] if "CCACHE_DIR" in step.get("run", "")]
            self.assertEqual([f'echo "CCACHE_DIR=$PWD/{path}" >> "$GITHUB_ENV"' for path in paths], told)


class Examples(unittest.TestCase):
    """Their commands, one after the other, with the addresses of this run in place of theirs."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="smtp-double-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.write(SCENARIO)
        (self.folder / "test_mail.py").write_text(TEST, encoding="utf-8")

    def write(self, scenario):
        (self.folder / "full-mailbox.yaml").write_text(scenario, encoding="utf-8")

    def server(self, variables):
        given = image.variables() | variables
        self.assertEqual((given["SMTP_DOUBLE_SCENARIO"], given["SMTP_DOUBLE_ADMIN_OPEN"]), ("/scenarios", "true"))
        return ServerProcess(["default"], variables=given, admin="127.0.0.1:0")

    def run_all(self, script, variables):
        """As the runners do: bash, and the end at the first command that fails."""
        return subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], cwd=self.folder, text=True,
                              env=environment(variables), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=2 * PATIENCE, check=False)

    def follow(self, service, script, variables):
        server = self.server(service)
        try:
            host, _, port = server.addresses[0].rpartition(":")

            def here(text):
                return re.sub(r"(127\.0\.0\.1|smtp):8025", server.admin, text)
            done = self.run_all(here(script), {name: here(value) for name, value in variables.items()}
                                | {"SMTP_HOST": host, "SMTP_PORT": port})
        finally:
            server.stop()
            server.forget()
        # Expectations that failed are the server's status too.
        self.assertIn(server.process.returncode, (0, 1), server.log.text())
        self.assertNotRegex(server.log.text(), SANITIZER_REPORT)
        if "\nOK\n" in done.stdout:
            self.assertIn('S: send "452 4.2.2 Mailbox full', server.log.text())  # what is shown of a failure
        return done

    def github(self):
        job = load(GITHUB)["jobs"]["mail"]
        service = job["services"]["smtp"]
        self.assertEqual(service["ports"], [f"127.0.0.1:{job['env']['SMTP_PORT']}:1025", "127.0.0.1:8025:8025"])
        script = "\n".join(step["run"] for step in job["steps"] if "run" in step and "if" not in step)
        return self.follow(service["env"], script, job["env"])

    def gitlab(self):
        job = load(GITLAB)["mail"]
        (service,) = job["services"]
        self.assertEqual((service["alias"], job["variables"]["SMTP_PORT"]), (job["variables"]["SMTP_HOST"], "1025"))
        # They would be settings of the server.
        self.assertEqual([name for name in job["variables"] if name.startswith("SMTP_DOUBLE_")], [])
        return self.follow(service["variables"], "\n".join(job["script"]), job["variables"])

    def test_the_name_of_the_service_is_taken(self):
        (service,) = load(GITLAB)["mail"]["services"]
        with self.server(service["variables"]) as server:
            for name, status in ((service["alias"], 200), ("smtp.example.com", 403)):
                with contextlib.closing(http.client.HTTPConnection(server.admin, timeout=PATIENCE)) as connection:
                    connection.request("GET", "/v1/doubles", headers={"Host": f"{name}:8025"})
                    self.assertEqual(connection.getresponse().status, status)

    def test_they_pass(self):
        for example in (self.github, self.gitlab):
            done = example()
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn("\nOK\n", done.stdout)

    def test_what_the_scenario_expects_fails_them(self):
        self.write(SCENARIO.replace("messages: 0", "messages: 1"))
        for example in (self.github, self.gitlab):
            done = example()
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("\nOK\n", done.stdout)
            self.assertIn("expected 1 accepted message", done.stdout)

    def test_a_scenario_with_a_mistake_fails_them_and_is_told(self):
        self.write("rules: [{at: rctp, reply: 550}]\n")
        for example in (self.github, self.gitlab):
            done = example()
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("did you mean 'rcpt'?", done.stdout)
            self.assertNotIn("\nOK\n", done.stdout)
