"""The schema and the program accept the same scenarios, and refuse the same."""
import copy
import json
import random
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import jsonschema
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "docs"))

import page_blocks  # noqa: E402
import scenario_yaml  # noqa: E402
import server_process  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "config/scenario.schema.json").read_text(encoding="utf-8"))
VARIANTS = 2500
VARIANTS_WITH_A_SANITIZER = 300
BATCH = 1000

# What a schema cannot know of a text or of numbers, by what the program says.
BEYOND_A_SCHEMA = {
    r"the name '.*' is taken": "names are compared with one another",
    r"no valid regular expression": "RE2 decides",
    r"unknown variable|without a variable|'\{\{' without '\}\}'": "variables depend on the groups of the rule",
    r"has no value yet when the greeting is sent": "the same, of the banner",
    r"line \d+ has the code": "the codes of several lines are compared with one another",
    r"is less than|more than the median|no less than the median": "two durations are compared",
    r"the period ends before it begins|the cycle is shorter": "two durations are compared",
    r"no number satisfies this|no number is at least": "two bounds are compared, or those in a list",
    r"'\d\.\d{10,}' is no probability|up to 10, not '\d\.\d{7,}'|'\d+\.0' is no size|not '-?\d+\.0'":
        "an editor sees a number and not how it is written",
    r"of AUTH only the mechanism is kept": "a pattern is compared with what is kept",
    r"behind this reply there is no handshake": "the class of a code, in all the forms that a reply has",
    r"needs users whose passwords are known": "the mechanisms of a line of text, and what is known of them",
    r"is no IP address|is no IP network": "which colons an IPv6 address may have, and bits behind the prefix",
}

# The same, of whole files of tests/diagnostics.
BEYOND_FILES = {
    "reply-broken-template": "a variable that does not end, in a text that has others",
    "reply-group-in-not": "the variables depend on the groups of the rule",
    "reply-two-codes": "the codes of several lines are compared with one another",
    "reply-unknown-variable": "the variables depend on the groups of the rule",
    "rule-name-twice": "names are compared with one another",
    "server-auth-secrets": "what a mechanism needs",
    "server-banner": "a variable without a value yet",
    "when-regex": "RE2 decides",
}


# ---- the two that have to agree

def ref(validator, target, instance, _):
    """In place of jsonschema's own, which takes most of the time: here all definitions are in one place."""
    yield from validator.descend(instance, SCHEMA["definitions"][target.removeprefix("#/definitions/")])


def pattern(_, expression, instance, __):
    # '$' is the very end in a schema.
    if isinstance(instance, str) and not re.search(re.sub(r"(?<!\\)\$", r"\\Z", expression), instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {expression!r}")


VALIDATOR = jsonschema.validators.extend(jsonschema.Draft7Validator, {"$ref": ref, "pattern": pattern})(SCHEMA)


def as_seen_by_editor(text):
    """The document, or None where it is no YAML or an empty file."""
    try:
        return scenario_yaml.read(text)
    except (yaml.YAMLError, ValueError):
        return None


def schema_accepts(text):
    return VALIDATOR.is_valid(as_seen_by_editor(text))


def complaints(texts):
    """What the program says to each text; "" to those it accepts."""
    with tempfile.TemporaryDirectory() as folder:
        names = [f"{number}.yaml" for number in range(len(texts))]
        for name, text in zip(names, texts):
            Path(folder, name).write_bytes(text if isinstance(text, bytes) else text.encode())
        said = {name: "" for name in names}
        fine = set()
        for start in range(0, len(names), BATCH):
            done = subprocess.run([server_process.BINARY, "check", *names[start:start + BATCH]], cwd=folder,
                                  capture_output=True, timeout=120, check=False)
            fine |= set(re.findall(r"(?m)^(\d+\.yaml): ok, ", done.stdout.decode()))
            for line in done.stderr.decode(errors="replace").splitlines():
                place = re.match(r"(\d+\.yaml):(?!\d+:\d+: warning: )", line)
                if place:
                    said[place.group(1)] += line + "\n"
    return ["" if name in fine else said[name] or "refused without a word" for name in names]


# ---- what is compared

def documented():
    """The scenarios of the pages, but those that show a mistake and those that need a file which their page makes."""
    return [scenario.text for page in page_blocks.pages() for scenario in page_blocks.scenarios(page)
            if not (scenario.is_settings or scenario.is_mistaken or scenario.needs_files)]


def diagnosed():
    paths = sorted((ROOT / "tests/diagnostics").glob("*.yaml"))
    return [path for path in paths if not path.name.startswith("settings-")]


def parts_of(document):
    """Each rule alone, and what is left without them: small documents are compared fast, and name what is wrong."""
    if not isinstance(document, dict) or not isinstance(document.get("rules"), list):
        return [document]
    return [{**document, "rules": []}, *({"rules": [rule]} for rule in document["rules"])]


def places(value, path=()):
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def at(value, path):
    for step in path:
        value = value[step]
    return value


ODD_VALUES = [
    None, True, False, 0, 1, 2, 99, 100, 599, 600, 65535, 65536, -1, 1.5, 0.25, 2**32 - 1, 2**32, 2**64 - 1, 2**64, "",
    " ", "a b", "none", "default", "last", "body", "rcpt", "any", "hello", "true", "no", "start", "close", "bare-lf",
    "0", "7", "007", "512", "1.0", "0.25", "-1", "5s", "0s", "1.5m", "5", "5 s", "s", "10MB", "0KB", "10 MB", "10mb",
    "20%", "0%", "100%", "100.1%", "20 %", "30s..2m", "..", "5s..", "{{recipient}}", "{{ x", "550", "550 5.1.1 No", "550-No",
    "5500", "250\tOK", "450-a\n450 b", "550\n", "<a@example.com>", "<>", "@example.com", "a@example.com", "192.0.2.1",
    "192.0.2.256", "192.0.2.0/24", "192.0.2.0/33", "2001:db8::1", "192.0.*", "tab\there", "bell\u0007", "two\nlines",
    "\\x4g", "\\r\\n", "sender", "header.Subject", "header.", "header.A:b", "parameter.SIZE", "SIZE 10", "SIZE x",
    "dsn", [], {}, [[]], [{}], ["a"], [1, "2s"], ["1s", "2s"], ["body"], ["rcpt", "body"], [None], {"is": "a"},
    {"is": ["a", 1]}, {"exists": False}, {"exists": False, "is": 1}, {"exists": [True]}, {"over": 1}, {"under": 0}, {"under": 1},
    {"under": 101, "over": 598}, {"case-sensitive": True}, {"case-sensitive": False, "is": "a"},
    {"case-sensitive": True, "starts": "<a>"}, {"cidr": "192.0.2.0/24"}, {"code": 550}, {"code": 550, "text": "a"},
    {"code": "{{a}}"}, {"uniform": ["1s", "2s"]}, {"lognormal": {"median": "1s", "sigma": 1}}, {"close": "1s"},
    {"bytes": 1, "every": "1s"}, {"sender": "a"}, {"reply": 250}, {"raw": "a", "reply": 250}, {"from": "1s"},
]


class Variants:
    """Documents that differ from a good one in a thing or two."""

    def __init__(self, documents, seed):
        self.random = random.Random(seed)
        self.documents = documents
        self.values_of = {}
        for document in documents:
            for path in places(document):
                if path and isinstance(path[-1], str):
                    self.values_of.setdefault(path[-1], []).append(at(document, path))
        self.words = sorted(self.values_of)

    def value(self, key):
        if self.random.random() < 0.3 and key in self.values_of:
            return self.random.choice(self.values_of[key])
        if self.random.random() < 0.15:
            return self.random.choice(self.values_of[self.random.choice(self.words)])
        return self.random.choice(ODD_VALUES)

    def other_scalar(self, value):
        if isinstance(value, bool) or value is None:
            return str(value).lower()
        if isinstance(value, (int, float)):
            return self.random.choice([str(value), value + 1, value - 1, -value, value * 1000, value / 4, f"{value}s"])
        cut = self.random.randrange(len(value) + 1)
        more = self.random.choice(" -.:<@x0{\n\t")
        return self.random.choice([value[:cut], value[cut:], value[:cut] + more + value[cut:], value + " ", value.upper(),
                                   value + "s"])

    def change(self, document):
        path = self.random.choice([path for path in places(document) if path])
        parent, key = at(document, path[:-1]), path[-1]
        value = parent[key]
        way = self.random.choice(3 * ["replace"] + 2 * ["add", "tweak"] + ["delete", "rename", "wrap"])
        if way == "delete":
            del parent[key]
        elif way == "rename" and isinstance(parent, dict):
            del parent[key]
            parent[self.random.choice([*self.words, str(key) + "s", str(key).upper()])] = value
        elif way == "add" and isinstance(parent, dict):
            word = self.random.choice(self.words)
            parent[word] = copy.deepcopy(self.value(word))
        elif way == "add":
            parent.append(copy.deepcopy(self.value(path[-2] if len(path) > 1 else "")))
        elif way == "wrap":
            parent[key] = value[0] if isinstance(value, list) and value else [value]
        elif way == "tweak" and not isinstance(value, (dict, list)):
            parent[key] = self.other_scalar(value)
        else:
            parent[key] = copy.deepcopy(self.value(key))

    def one(self):
        document = copy.deepcopy(self.random.choice(self.documents))
        for _ in range(self.random.choice([1, 1, 1, 2])):
            if document:
                self.change(document)
        return document


def as_yaml(document):
    return json.dumps(document, ensure_ascii=False, indent=1)  # which is YAML


class Agreement(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        files = [Path(__file__).with_name("everything.yaml"), *sorted((ROOT / "scenarios").rglob("*.yaml"))]
        cls.good = [path.read_text(encoding="utf-8") for path in files]
        cls.good += documented()

    def compare(self, texts, beyond=BEYOND_A_SCHEMA):
        """How many are accepted by both and how many refused; fails where the two disagree."""
        outcomes = {True: 0, False: 0}
        for text, complaint in zip(texts, complaints(texts)):
            accepted = schema_accepts(text)
            outcomes[accepted] += 1
            if accepted != (complaint == ""):
                told = complaint.splitlines()
                if accepted and told and all(any(re.search(known, line) for known in beyond) for line in told):
                    continue
                with self.subTest():
                    why = jsonschema.exceptions.best_match(VALIDATOR.iter_errors(as_seen_by_editor(text)))
                    self.fail(f"the schema {'accepts' if accepted else 'refuses'} this, the program does not:\n{text}\n"
                              f"{complaint or (why and why.message)}")
        return outcomes

    def test_what_is_shipped_and_documented(self):
        outcomes = self.compare(self.good, beyond={})
        self.assertEqual(outcomes[False], 0)
        self.assertGreater(outcomes[True], 80)

    def test_what_is_diagnosed(self):
        paths = diagnosed()
        refused = [path for path, said in zip(paths, complaints([path.read_bytes() for path in paths])) if said]
        missed = {path.stem for path in paths if schema_accepts(path.read_bytes())}
        wrong = sorted(path.stem for path in paths if path.stem not in missed and path not in refused)
        self.assertEqual(wrong, [], "the schema refuses what the program accepts")
        missed &= {path.stem for path in refused}
        self.assertEqual(missed - BEYOND_FILES.keys(), set(), "the schema accepts what the program refuses")
        self.assertEqual(BEYOND_FILES.keys() - missed, set(), "no longer beyond the schema")

    def test_each_rule_that_is_diagnosed(self):
        documents = [as_seen_by_editor(path.read_bytes()) for path in diagnosed()]
        self.compare([as_yaml(part) for document in documents if document is not None for part in parts_of(document)])

    def test_variants(self):
        parts = {as_yaml(part) for text in self.good for part in parts_of(scenario_yaml.read(text))}
        variants = Variants([json.loads(part) for part in sorted(parts)], seed=1)
        count = VARIANTS_WITH_A_SANITIZER if server_process.is_sanitized() else VARIANTS
        texts = [as_yaml(variants.one()) for _ in range(count)]
        outcomes = self.compare(texts)
        print(f"{outcomes[True]} variants accepted, {outcomes[False]} refused", flush=True)
        self.assertGreater(min(outcomes.values()), count // 10)
