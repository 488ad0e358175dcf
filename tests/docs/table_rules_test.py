"""What the tables of docs/ have in backticks is what it says: rules, octets, limits, metrics and scenarios."""
import json
import re
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

import server_process
import yaml
from server_process import ServerProcess

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
DOCKER = ROOT / "docker"
PART = re.compile(r"`((?:\{at: |server: \{|limits: \{)[^`]*\})`")
MALFORMED = re.compile(r"^\| `([a-z0-9-]+)` \| `([^`]+)` \|", re.MULTILINE)
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
PUBLISHED = re.compile(r"(?:^|\s)(?:-p|--publish)[ =](\S*\d)", re.MULTILINE)  # as `docker run` has it
VARIABLE = re.compile(r"\$\{\w+:-([^}]*)\}")  # as compose has it
NAMED_OCTET = {"r": "\r", "n": "\n", "t": "\t", "0": "\0"}
REPLY = "250 2.1.0 OK"
# Octets of the replies that the page cuts short.
LONG = {"overlong-line": [513], "huge-line": [64 * 1024], "endless": range(1024 * 1024 - 100, 1024 * 1024 + 1)}


def page(name):
    return (DOCS / name).read_text(encoding="utf-8")


def rows(text, columns):
    """The first cells of each row of a table that has so many; their backticks are taken away."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and len(cells) == columns and not set(cells[0]) <= set("-|"):
            yield [cell.replace("`", "") for cell in cells]


def published(document):
    """What `ports` of compose or a workflow say, wherever they stand. Those of Kubernetes stay inside the cluster."""
    if isinstance(document, list):
        return [port for part in document for port in published(part)]
    if not isinstance(document, dict):
        return []
    ports = [VARIABLE.sub(r"\1", str(port)) for port in document.get("ports", ())
             if not (isinstance(port, dict) and {"port", "containerPort"} & set(port) and "hostPort" not in port)]
    return ports + published(list(document.values()))


def scenario_of(part):
    """A whole scenario that has this part of one."""
    if part.startswith("limits: "):
        return f"server: {{{part}}}\n"
    if part.startswith("server: "):
        return part + "\n"
    tls = "server: {tls: true}\n" if "tls" in part else ""
    return f"{tls}rules:\n  - {part}\n"


def pattern(shown):
    """Octets as C writes them, with an ellipsis for any number of them."""
    octets = re.sub(r"\\(?:x([0-9A-F]{2})|([rnt0]))",
                    lambda found: chr(int(found[1], 16)) if found[1] else NAMED_OCTET[found[2]], shown)
    return b".*".join(re.escape(part.encode("latin-1")) for part in octets.split("…"))


def reply_to_mail(port):
    """All that comes behind the reply to EHLO, to the end of the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=server_process.PATIENCE) as client:
        stream = client.makefile("rb")
        stream.readline()
        client.sendall(b"EHLO client.test\r\n")
        while stream.readline()[3:4] == b"-":
            pass
        client.sendall(b"MAIL FROM:<me@example.org>\r\n")
        return stream.read()


class Tables(unittest.TestCase):
    def check(self, scenario):
        with tempfile.TemporaryDirectory(prefix="smtp-double-test-") as folder:
            path = Path(folder, "part.yaml")
            path.write_text(scenario, encoding="utf-8")
            done = subprocess.run([server_process.BINARY, "check", path], capture_output=True, text=True,
                                  timeout=server_process.PATIENCE, check=False)
        return done.returncode == 0 and not done.stderr, done.stdout + done.stderr

    def test_each_part_of_a_scenario_loads_without_a_word(self):
        for name, least in (("faults.md", 80), ("migrating.md", 35)):
            parts = [part for part in PART.findall(page(name)) if "…" not in part]
            self.assertGreaterEqual(len(parts), least, name)
            for part in parts:
                with self.subTest(part):
                    fine, said = self.check(scenario_of(part))
                    self.assertTrue(fine, said)
        self.assertFalse(self.check(scenario_of("{at: rcpt, replay: 550}"))[0])

    def test_malformed_replies_are_those_octets(self):
        shown = dict(MALFORMED.findall(page("faults.md")))
        schema = json.loads((ROOT / "config" / "scenario.schema.json").read_text(encoding="utf-8"))
        known = re.findall(r'"enum": (\[[^]]*"bare-lf"[^]]*\])', json.dumps(schema))
        self.assertEqual(set(shown), set(json.loads(known[0])))
        for name, octets in shown.items():
            with self.subTest(name), ServerProcess(
                    f"rules:\n  - {{at: mail, reply: {REPLY}, malformed: {name}, then: half-close}}\n") as server:
                reply = reply_to_mail(server.port)
                self.assertRegex(reply, re.compile(rb"\A" + pattern(octets) + rb"\Z", re.DOTALL))
                if name in LONG:
                    self.assertIn(len(reply), LONG[name])

    def test_every_fault_of_the_library_is_on_the_page(self):
        linked = set(re.findall(r"\]\(\.\./scenarios/faults/([^)]+)\)", page("faults.md")))
        self.assertEqual(linked, {path.name for path in (ROOT / "scenarios" / "faults").glob("*.yaml")})

    def test_containers_publish_on_the_loopback_alone(self):
        pages = [ROOT / "README.md", *DOCS.rglob("*.md"), *DOCKER.rglob("*.md")]
        blocks = [(path, block) for path in pages for block in FENCE.findall(path.read_text(encoding="utf-8"))]
        files = [(path, path.read_text("utf-8", "replace")) for path in DOCKER.rglob("*") if path.is_file()]
        documents = [(path, yaml.safe_load(block)) for path, block in blocks if block.startswith("services:")]
        for path, document in documents:
            services = document["services"].values()
            self.assertTrue(all({"image", "build"} & set(service) for service in services), path)
        documents += [(path, list(yaml.safe_load_all(text))) for path, text in files
                      if path.suffix in (".yaml", ".yml")]
        found = [(path, port) for path, text in blocks + files for port in PUBLISHED.findall(text)]
        found += [(path, port) for path, document in documents for port in published(document)]
        named = {path.relative_to(ROOT).as_posix() for path, _ in found}
        self.assertLessEqual({"README.md", "docs/docker.md", "docs/getting-started.md", "docker/Dockerfile",
                              "docker/compose.yaml", "docker/ci/github-actions.yml"}, named)
        for path, port in found:
            self.assertRegex(port, r"^127\.0\.0\.1:\d+:\d+$", path)

    def test_limits_are_those_of_the_settings(self):
        commented = (ROOT / "config" / "smtp-double.yaml").read_text(encoding="utf-8")
        block = re.search(r"^#limits:\n(?:#  .*\n)+", commented, re.MULTILINE).group()
        defaults = yaml.safe_load(re.sub(r"^#", "", block, flags=re.MULTILINE))["limits"]
        told = {name: value for name, value, _ in rows(page("operations.md"), 3) if name in defaults}
        self.assertEqual(told, {name: str(value) for name, value in defaults.items()})

    def test_metrics_are_those_that_are_served(self):
        with ServerProcess(admin="127.0.0.1:0") as server:
            with socket.create_connection(("127.0.0.1", server.port)) as client:
                client.makefile("rb").readline()
            server.log.wait_for("session 1 from")
            served = subprocess.run(["curl", "-sS", "--fail", f"http://{server.admin}/metrics"], capture_output=True,
                                    text=True, timeout=server_process.PATIENCE, check=True).stdout
        names = set(re.findall(r"^# TYPE (\w+)", served, re.MULTILINE))
        told = {name: set(labels.split(", ")) for name, labels, _ in rows(page("operations.md"), 3)
                if name.startswith("smtp_double_")}
        self.assertEqual(set(told), names)
        for name, labels in re.findall(r"^(\w+?)(?:_bucket|_sum|_count)?\{(.*)\} ", served, re.MULTILINE):
            with self.subTest(name):
                self.assertEqual(set(re.findall(r'(\w+)="', labels)) - {"le"}, told[name])
        dashboard = (ROOT / "docker" / "grafana-dashboard.json").read_text(encoding="utf-8")
        shown = {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"\bsmtp_double_\w+", dashboard)}
        self.assertLessEqual(shown, names)


if __name__ == "__main__":
    unittest.main()
