#!/usr/bin/env python3
"""Headers that are told to be whole several in one compilation: header_chains.py FOLDERS HEADER... prints lists.

What a header includes takes most of the time of compiling it alone. Behind one that it includes anyway, it still sees
nothing that it does not bring itself. So a list begins with a header, then comes one that includes it, and so on:
the first is compiled alone, and each of the others as if it were. FOLDERS, with ';' between, are where the headers are.
"""
import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def included_by(header, headers, known):
    """The names of those that this one includes, itself or through others."""
    if header not in known:
        known[header] = set()  # where headers include each other, it ends here
        for name in INCLUDE.findall(headers[header]):
            if name in headers:
                known[header] |= {name} | included_by(name, headers, known)
    return known[header]


def chains(headers):
    """Of texts by their names: every name once, in lists in which each is included by those behind it."""
    known = {}
    rest = sorted(headers, key=lambda name: (-len(included_by(name, headers, known)), name))
    while rest:
        chain = [rest.pop(0)]
        while below := [name for name in rest if name in known[chain[0]]]:
            rest.remove(below[0])
            chain.insert(0, below[0])
        yield chain


def text_of(name, folders):
    return next(path for path in (Path(folder, name) for folder in folders) if path.is_file()).read_text()


if __name__ == "__main__":
    for names in chains({name: text_of(name, sys.argv[1].split(";")) for name in sys.argv[2:]}):
        print(*names)
