"""docker/kubernetes: what agrees with what, what the strictest pod security asks for, and that the real program answers
its probes and follows a change of the ConfigMap."""
import contextlib
import http.client
import json
import shutil
import smtplib
import subprocess
import tempfile
import unittest
from pathlib import Path

import yaml

import image
import kustomize
import server_process
from server_process import PATIENCE, ServerProcess

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docker" / "kubernetes"
BASE, DRILL = FOLDER / "base", FOLDER / "drill"
TOKEN = "of-this-test"


def one(objects, kind):
    (found,) = [object for object in objects if object["kind"] == kind]
    return found


def pod(objects):
    return one(objects, "Deployment")["spec"]["template"]["spec"]


def container(objects):
    (found,) = pod(objects)["containers"]
    return found


class Agreement(unittest.TestCase):
    def setUp(self):
        self.objects = {folder: kustomize.build(folder) for folder in (BASE, DRILL)}
        self.base = self.objects[BASE]

    def test_every_file_is_used(self):
        for folder in (BASE, DRILL):
            (kustomization,) = kustomize.documents(folder / "kustomization.yaml")
            named = {"kustomization.yaml", *kustomization["resources"]}
            named |= {name for generator in kustomization["configMapGenerator"] for name in generator["files"]}
            there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
            self.assertEqual(there, {name for name in named if (folder / name).is_file()})

    def test_everything_has_the_same_label_and_is_selected_by_it(self):
        deployment = one(self.base, "Deployment")
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        self.assertTrue(labels)
        self.assertEqual(deployment["spec"]["selector"]["matchLabels"], labels)
        self.assertEqual(one(self.base, "Service")["spec"]["selector"], labels)
        self.assertEqual(one(self.base, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"], labels)
        for kind in ("Deployment", "Service", "NetworkPolicy"):
            self.assertEqual(one(self.base, kind)["metadata"], {"name": "smtp-double", "labels": labels})

    def test_ports_are_those_of_the_image_and_called_by_name(self):
        ports = {port["name"]: port["containerPort"] for port in container(self.base)["ports"]}
        self.assertEqual(ports, {"smtp": 1025, "admin": 8025})
        self.assertEqual(set(ports.values()), image.ports())
        service = {(port["port"], port["targetPort"]) for port in one(self.base, "Service")["spec"]["ports"]}
        self.assertEqual(service, {(1025, "smtp"), (25, "smtp"), (8025, "admin")})
        policy = one(self.base, "NetworkPolicy")["spec"]
        self.assertEqual({port["port"] for rule in policy["ingress"] for port in rule["ports"]}, set(ports))
        self.assertEqual((policy["policyTypes"], policy["egress"]), (["Ingress", "Egress"], []))

    def test_the_mounted_map_is_the_one_that_is_made(self):
        for objects in self.objects.values():
            (mount,), (volume,) = container(objects)["volumeMounts"], pod(objects)["volumes"]
            folder = image.variables()["SMTP_DOUBLE_SCENARIO"]
            self.assertEqual(mount, {"name": volume["name"], "mountPath": folder, "readOnly": True})
            self.assertEqual(volume["configMap"]["name"], one(objects, "ConfigMap")["metadata"]["name"])

    def test_pods_are_as_the_restricted_standard_wants_them(self):
        spec, inner = pod(self.base), container(self.base)
        user, group = image.user()
        self.assertEqual(spec["securityContext"], {
            "runAsNonRoot": True, "runAsUser": user, "runAsGroup": group, "seccompProfile": {"type": "RuntimeDefault"}})
        self.assertEqual(inner["securityContext"], {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}})
        self.assertIs(spec["automountServiceAccountToken"], False)
        self.assertNotIn("cpu", inner["resources"]["limits"])
        self.assertIn("memory", inner["resources"]["limits"])

    def test_the_variables_of_the_service_stay_out(self):
        self.assertIs(pod(self.base)["enableServiceLinks"], False)
        linked = {"SMTP_DOUBLE_PORT": "tcp://10.96.0.7:1025", "SMTP_DOUBLE_SERVICE_HOST": "10.96.0.7"}
        with ServerProcess(variables=linked) as server:  # why they are to stay out
            for name in linked:
                server.log.wait_for(rf"warning: .*{name}\b")

    def test_the_drill_replaces_the_scenario_and_nothing_else(self):
        def without_the_map(objects):
            return [object for object in objects if object["kind"] != "ConfigMap"]
        self.assertEqual(without_the_map(self.objects[DRILL]), without_the_map(self.base))
        self.assertEqual(set(one(self.objects[DRILL], "ConfigMap")["data"]), {"outage.yaml"})

    @unittest.skipUnless(shutil.which("kubectl"), "there is no kubectl: its objects are not compared with ours")
    def test_kubectl_builds_the_same_objects(self):
        for folder, objects in self.objects.items():
            done = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True, timeout=PATIENCE,
                                  check=True)
            built = list(yaml.safe_load_all(done.stdout))
            self.assertCountEqual(built, objects)


class Strictly(unittest.TestCase):
    """By the API's own types."""

    def checked(self, objects):
        return subprocess.run(["node", Path(__file__).with_name("strict_objects.mjs")], input=json.dumps(objects),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=4 * PATIENCE,
                              check=False)

    def test_the_objects(self):
        for folder in (BASE, DRILL):
            done = self.checked(kustomize.build(folder))
            self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_a_mistake_would_be_found(self):
        for path, value, said in ((("ports",), [{"containerPort": "1025"}], "must be integer"),
                                  (("readinessProbe", "httpGet", "pathh"), "/readyz", "'\"pathh\"' does not exist"),
                                  (("securityContext", "runAsNonRot"), True, "'\"runAsNonRot\"' does not exist")):
            objects = kustomize.build(BASE)
            place = container(objects)
            for name in path[:-1]:
                place = place[name]
            place[path[-1]] = value
            done = self.checked(objects)
            self.assertEqual(done.returncode, 1)
            self.assertIn(said, done.stdout)


class Mounted:
    """A ConfigMap as the kubelet mounts it: each file is a link over ..data, and that one link is replaced."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.versions = 0

    def update(self, objects):
        data = one(objects, "ConfigMap")["data"]
        self.versions += 1
        version = f"..2026_01_{self.versions:02}"
        (self.folder / version).mkdir()
        for name, text in data.items():
            (self.folder / version / name).write_text(text, encoding="utf-8")
        before = (self.folder / "..data").resolve()
        (self.folder / "..data_tmp").symlink_to(version)
        (self.folder / "..data_tmp").rename(self.folder / "..data")
        links = {path.name for path in self.folder.iterdir() if not path.name.startswith("..")}
        for name in data.keys() - links:
            (self.folder / name).symlink_to(f"..data/{name}")
        for name in links - data.keys():
            (self.folder / name).unlink()
        if self.versions > 1:
            shutil.rmtree(before)


class Serving(unittest.TestCase):
    """The real program, with the variables of the image and of the Deployment, on ports of the loopback."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="smtp-double-test-")
        self.addCleanup(folder.cleanup)
        self.mounted = Mounted(folder.name)
        self.base = kustomize.build(BASE)
        self.mounted.update(self.base)

    def server(self):
        variables = image.variables() | {"SMTP_DOUBLE_SCENARIO": str(self.mounted.folder)}
        self.assertEqual(variables["SMTP_DOUBLE_WATCH"], "true")
        for variable in container(self.base)["env"]:
            self.assertEqual(variable["valueFrom"], {"secretKeyRef": {"name": "smtp-double-admin", "key": "token"}})
            variables[variable["name"]] = TOKEN
        return ServerProcess(variables=variables, admin="127.0.0.1:0")

    def status(self, server, path, host, token=None):
        connection = http.client.HTTPConnection(server.admin, timeout=PATIENCE)
        with contextlib.closing(connection):
            headers = {"Host": host} | ({"Authorization": f"Bearer {token}"} if token else {})
            connection.request("GET", path, headers=headers)
            return connection.getresponse().status

    def answer(self, server, recipient):
        with smtplib.SMTP("127.0.0.1", server.port, local_hostname="app.example.test", timeout=PATIENCE) as client:
            client.ehlo()
            client.mail("me@example.org")
            return client.rcpt(recipient)[0]

    def test_the_probes(self):
        """They have no token, and the Host header that the kubelet sends: the address of the pod."""
        with self.server() as server:
            for name in ("readinessProbe", "livenessProbe"):
                probe = container(self.base)[name]["httpGet"]
                self.assertEqual(probe["port"], "admin")
                self.assertEqual(set(probe), {"path", "port"})
                for host in ("10.244.0.7:8025", "[fd00::7]:8025", "smtp-double:8025"):
                    self.assertEqual(self.status(server, probe["path"], host), 200)
            # All else wants the token, though the image has the admin port open, and takes every name with it.
            for name in ("smtp-double:8025", "smtp-double.mail:8025", "smtp-double.mail.svc.cluster.local:8025"):
                self.assertEqual(self.status(server, "/v1/doubles/main/sessions", name), 401)
                self.assertEqual(self.status(server, "/v1/doubles/main/sessions", name, TOKEN), 200)

    def test_what_the_base_does(self):
        with self.server() as server:
            self.assertEqual(self.answer(server, "full@example.com"), 452)
            self.assertEqual(self.answer(server, "ann@example.com"), 250)

    def test_a_drill_begins_and_ends_without_a_restart(self):
        with self.server() as server:
            self.assertEqual(self.answer(server, "full@example.com"), 452)
            self.mounted.update(kustomize.build(DRILL))
            server.log.wait_for(r"scenario outage reloaded: 3 rules$")
            self.assertEqual(self.answer(server, "full@example.com"), 250)
            self.mounted.update(self.base)
            server.log.wait_for(r"reloaded: 1 rule$")
            self.assertEqual(self.answer(server, "full@example.com"), 452)
            server.log.wait_for(r"session 3 from")  # the numbers go on

    def test_every_scenario_is_served_without_a_warning(self):
        for folder in (BASE, DRILL):
            done = server_process.run("check", str(folder / "scenarios"))
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertRegex(done.stdout, r": ok, \d+ rules?\n\Z")
