#!/usr/bin/env python3
"""Runs one file of tests against a program: run.py PROGRAM FILE_test.py [unittest's arguments, such as -k WORD]"""
import importlib.util
import sys
import unittest
from pathlib import Path

import server_process


def load(path):
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    server_process.BINARY = str(Path(sys.argv[1]).resolve(strict=True))
    unittest.main(module=load(Path(sys.argv[2]).resolve()), argv=sys.argv[:1] + sys.argv[3:])
