"""The files of docker/ name what is there, keep to what every version of compose reads, and their scenarios load."""
import re
import shlex
import unittest
from pathlib import Path

import server_process
import yaml
from fixtures import DOCKER

ROOT = DOCKER.parent
COMPOSE_FILES = sorted(DOCKER.rglob("compose.yaml"))
# That of the server itself is of another kind, with stages of its own.
DOCKERFILES = sorted(set(DOCKER.rglob("Dockerfile")) - {DOCKER / "Dockerfile"})
SCENARIO_FOLDERS = sorted(DOCKER.rglob("scenarios"))
VARIABLE = re.compile(r"\$\{\w+:-([^}]*)\}")
COMMAND = re.compile(r"^(?:#\s+)?(docker compose .*)$", re.MULTILINE)


def services_of(file):
    return yaml.safe_load(file.read_text(encoding="utf-8"))["services"]


def dockerfile_of(service, file):
    context = (file.parent / service["build"]["context"]).resolve()
    return context, context / service["build"].get("dockerfile", "Dockerfile")


def all_services():
    for file in COMPOSE_FILES:
        for name, service in services_of(file).items():
            yield file, name, service


class Files(unittest.TestCase):
    def test_there_are_some(self):
        self.assertEqual([str(file.relative_to(DOCKER)) for file in COMPOSE_FILES],
                         ["compose.yaml", "drill/compose.yaml", "migration/compose.yaml"])
        self.assertGreaterEqual(len(DOCKERFILES), 5)
        self.assertGreaterEqual(len(SCENARIO_FOLDERS), 2)

    def test_compose_files_are_for_old_and_new(self):
        for file in COMPOSE_FILES:
            with self.subTest(file=file):
                read = yaml.safe_load(file.read_text(encoding="utf-8"))
                self.assertEqual(set(read), {"services"}, "v1 refuses 'name', v2 ignores 'version'")
                for service in read["services"].values():
                    for value in service.get("environment", {}).values():
                        self.assertIsInstance(value, str)

    def test_what_they_build_and_mount_is_there(self):
        for file, name, service in all_services():
            with self.subTest(file=file, service=name):
                if "build" in service:
                    context, dockerfile = dockerfile_of(service, file)
                    self.assertTrue(dockerfile.is_file(), dockerfile)
                    self.assertTrue(context.is_dir(), context)
                for volume in service.get("volumes", []):
                    source, target, mode = volume.split(":")
                    self.assertTrue((file.parent / source).is_dir(), "a single file that is renamed stays the old one")
                    self.assertEqual((target, mode), ("/scenarios", "ro"))

    def test_ports_are_those_of_this_machine(self):
        published = 0
        for file, name, service in all_services():
            for port in service.get("ports", []):
                published += 1
                self.assertRegex(VARIABLE.sub(r"\1", port), r"^127\.0\.0\.1:(\d+):\1$", f"{file}: {name}")
        self.assertGreaterEqual(published, 5)

    def test_who_waits_for_whom(self):
        for file, name, service in all_services():
            services = services_of(file)
            for other in service.get("depends_on", []):
                with self.subTest(file=file, service=name, other=other):
                    self.assertIn(other, services)
                    if isinstance(service["depends_on"], dict) and "healthcheck" not in services[other]:
                        self.assertEqual(service["depends_on"][other], {"condition": "service_healthy"})
                        _, dockerfile = dockerfile_of(services[other], file)
                        self.assertIn("\nHEALTHCHECK ", dockerfile.read_text(encoding="utf-8"))

    def test_the_image_is_as_the_fixtures_need_it(self):
        images = [service.get("image") for _, _, service in all_services()]
        self.assertEqual(images.count("${DOUBLE_IMAGE:-smtp-double}"), len(COMPOSE_FILES))
        text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
        for setting in ("LISTEN=0.0.0.0:1025", "ADMIN=0.0.0.0:8025", "ADMIN_OPEN=true", "SCENARIO=/scenarios",
                        "WATCH=true"):
            self.assertEqual(text.count(f" SMTP_DOUBLE_{setting}"), 2, f"{setting} in both images")
        self.assertEqual(len(re.findall(r"^HEALTHCHECK .*healthcheck", text, re.MULTILINE)), 2)

    def test_dockerfiles_are_for_an_old_engine(self):
        for file in DOCKERFILES:
            with self.subTest(file=file):
                text = file.read_text(encoding="utf-8")
                self.assertRegex(text, r"\A(?:#.*\n)+ARG BASE=debian:\w+-slim\nFROM \$\{BASE\}\n")
                self.assertNotRegex(text, r"# syntax=|<<|--link|--start-interval")
                for words in re.findall(r"^COPY (.*)$", text, re.MULTILINE):
                    for source in words.split()[:-1]:
                        self.assertTrue((file.parent / source).is_file(), source)

    def test_what_is_beside_a_dockerfile_is_in_the_image(self):
        for file in DOCKERFILES:
            copied = " ".join(re.findall(r"^COPY (.*) \S+$", file.read_text(encoding="utf-8"), re.MULTILINE)).split()
            beside = [path.name for path in file.parent.iterdir() if path.is_file() and path != file]
            self.assertEqual(sorted(copied), sorted(beside), file)

    def test_migration_is_one_line(self):
        text = (DOCKER / "migration/compose.yaml").read_text(encoding="utf-8")
        images = re.findall(r"^    (# )?image: (\S+)$", text, re.MULTILINE)
        self.assertEqual(images, [("# ", "mailhog/mailhog"), ("# ", "axllent/mailpit"),
                                  ("", "${DOUBLE_IMAGE:-smtp-double}")])

    def test_names_within_the_drill(self):
        services = services_of(DOCKER / "drill/compose.yaml")
        (target,) = yaml.safe_load((DOCKER / "drill/prometheus/prometheus.yml").read_text(encoding="utf-8"))[
            "scrape_configs"][0]["static_configs"][0]["targets"]
        settings = (DOCKER / "drill/postfix/main.cf").read_text(encoding="utf-8")
        relay = re.search(r"^relayhost = \[(.*)\]:1025$", settings, re.MULTILINE).group(1)
        for host in (target.removesuffix(":8025"), relay, *(
                re.sub(r"^http://|:\d+$", "", value) for value in services["drill"]["environment"].values()
                if ":" in VARIABLE.sub("", value))):
            self.assertIn(host, services)

    def test_scenarios_load_without_a_word(self):
        for folder in SCENARIO_FOLDERS:
            for words in ([folder], sorted(folder.iterdir())):
                with self.subTest(words=words):
                    done = server_process.run("check", *map(str, words))
                    self.assertEqual((done.returncode, done.stderr), (0, ""))
            for file in folder.iterdir():
                self.assertRegex(file.read_text(encoding="utf-8"), r"\A# \S", "line 1 says what it is for")


class Commands(unittest.TestCase):
    """Those that start a fixture are in its file and on the page, and script/test-docker runs them."""

    def test_the_page_has_those_of_the_files(self):
        page = COMMAND.findall((ROOT / "docs/docker.md").read_text(encoding="utf-8"))
        for file in COMPOSE_FILES:
            for command in COMMAND.findall(file.read_text(encoding="utf-8")):
                self.assertIn(command, page)

    def test_they_name_files_and_services(self):
        commands = COMMAND.findall((ROOT / "docs/docker.md").read_text(encoding="utf-8"))
        self.assertGreaterEqual(len(commands), len(COMPOSE_FILES))
        for command in commands:
            with self.subTest(command=command):
                words = shlex.split(command, comments=True)
                file = Path(words[words.index("-f") + 1])
                self.assertIn(ROOT / file, COMPOSE_FILES)
                rest = words[words.index("-f") + 2:]
                self.assertIn(rest[0], ("up", "down", "logs", "kill"))
                for word in rest[1:]:
                    if not word.startswith("-") and word not in ("HUP",):
                        self.assertIn(word, services_of(ROOT / file))

    def test_script_test_docker_runs_each_fixture_to_its_end(self):
        script = (ROOT / "script/test-docker").read_text(encoding="utf-8")
        self.assertIn("up --build --no-color --abort-on-container-exit", script)
        for file in COMPOSE_FILES:
            for service in re.findall(r"--exit-code-from (\S+)$", file.read_text(encoding="utf-8"), re.MULTILINE):
                self.assertIn(f"ends {'compose' if file.parent == DOCKER else file.parent.name} {service} 0 ", script)


if __name__ == "__main__":
    unittest.main()
