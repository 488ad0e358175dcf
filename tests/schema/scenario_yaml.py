"""Scenarios as an editor sees them: YAML 1.2, where `on` and `1:30` are texts and no key stands twice."""
import json
import re

import yaml

CORE = (("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
        ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
        ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
        ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
         list("-+0123456789.")),
        ("merge", r"<<", ["<"]))


MOST_ALIASES = 50  # aliases of aliases grow a document beyond all bounds


class Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {}
    aliases = 0

    def compose_node(self, parent, index):
        self.aliases += self.check_event(yaml.AliasEvent)
        if self.aliases > MOST_ALIASES:
            raise yaml.composer.ComposerError(None, None, "too many aliases")
        return super().compose_node(parent, index)

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
        if not all(isinstance(key, str) for key in keys) or len(set(keys)) < len(keys):
            raise yaml.constructor.ConstructorError(None, None, "a key that is no word, or stands there twice")
        self.flatten_mapping(node)
        return {key.value: self.construct_object(value, deep=deep) for key, value in node.value}


def construct_int(loader, node):
    text = node.value
    return int(text, 0) if text.startswith(("0o", "0x")) else int(text)


for name, pattern, first in CORE:
    Loader.add_implicit_resolver("tag:yaml.org,2002:" + name, re.compile(f"(?:{pattern})\\Z"), first)
Loader.add_constructor("tag:yaml.org,2002:int", construct_int)


def read(text):
    """What the document holds; yaml.YAMLError or ValueError when it is none."""
    document = yaml.load(text, Loader)
    json.dumps(document)  # an alias within what it stands for is a ValueError
    return document
