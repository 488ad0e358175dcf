#!/usr/bin/env python3
"""Plants each kind of violation and looks for its report: a check that cannot fail checks nothing."""
import tempfile
import unittest
from pathlib import Path

import check_layout


class LayoutTest(unittest.TestCase):
    def report(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return check_layout.check(Path(folder))

    def test_an_orderly_tree_has_nothing_to_report(self):
        self.assertEqual([], self.report({
            "server/protocol/reply.hpp": "#pragma once\n#include <string>\n",
            "server/scenario/rule.cpp": '#include <re2/re2.h>\n#include "protocol/reply.hpp"\n',
            "server/network/listener.cpp": '#include <boost/asio.hpp>\n#include "journal/journal.hpp"\n',
            "config/reader.cpp": '#include <yaml-cpp/yaml.h>\n#include "scenario/rule.hpp"\n',
            "server/app/main.cpp": '#include "config/reader.hpp"\n#include "network/listener.hpp"\n',
            "tests/unit/a_test.cpp": '#include "network/listener.hpp"  // never sleep_for here\n',
        }))

    def test_each_violation_is_reported_where_it_is(self):
        for path, line, rule in [
            ("server/protocol/a.cpp", '#include "scenario/rule.hpp"', "protocol must not include scenario"),
            ("server/protocol/a.cpp", "#include <boost/system/result.hpp>", "standard library only"),
            ("server/protocol/a.cpp", "#include <unistd.h>", "standard library only"),
            ("server/scenario/a.cpp", '#include "journal/journal.hpp"', "scenario must not include journal"),
            ("server/scenario/a.cpp", "#include <boost/asio/buffer.hpp>", "boost/asio belongs to"),
            ("server/scenario/a.cpp", "#include <random>", "scenario is pure"),
            ("server/scenario/a.cpp", "auto t = std::chrono::steady_clock::now();", "scenario is pure"),
            ("server/journal/a.cpp", '#include "network/listener.hpp"', "journal must not include network"),
            ("server/journal/a.cpp", "#include <spdlog/spdlog.h>", "spdlog belongs to"),
            ("server/network/a.cpp", '#include "config/reader.hpp"', "network must not include config"),
            ("server/network/a.cpp", '#include "admin/routes.hpp"', "network must not include admin"),
            ("server/network/a.cpp", "#include <re2/re2.h>", "re2 belongs to scenario"),
            ("server/network/a.cpp", "#include <boost/json.hpp>", "boost/json belongs to"),
            ("server/admin/a.cpp", '#include "network/listener.hpp"', "admin must not include network"),
            ("server/admin/a.cpp", "#include <yaml-cpp/yaml.h>", "yaml-cpp belongs to config"),
            ("server/journal/a.cpp", "#include <gmime/gmime.h>", "gmime belongs to mime"),
            ("server/mime/a.cpp", '#include "protocol/utf8.hpp"', "mime must not include protocol"),
            ("server/app/a.cpp", "#include <httplib.h>", "httplib belongs to admin"),
            ("server/app/a.cpp", '#include "listener.hpp"', "not written as"),
            ("config/a.cpp", '#include "journal/journal.hpp"', "config must not include journal"),
            ("server/attic/a.cpp", "int a;", "server/attic is not a room"),
            ("server/app/a.cpp", "std::this_thread::sleep_for(1s);", "nothing sleeps"),
            ("tests/unit/a_test.cpp", "usleep(10);", "nothing sleeps"),
            ("tests/clients/a.py", "time.sleep(1)", "nothing sleeps"),
        ]:
            with self.subTest(path=path, line=line):
                found = self.report({path: "\n" + line + "\n"})
                self.assertEqual(1, len(found), found)
                where = 1 if "not a room" in rule else 2
                self.assertTrue(found[0].startswith(f"{path}:{where}: "), found[0])
                self.assertIn(rule, found[0])

    def test_a_header_without_its_guard(self):
        self.assertIn("#pragma once", self.report({"server/journal/a.hpp": "struct A {};\n"})[0])

    def test_a_file_that_grew_too_long(self):
        self.assertEqual([], self.report({"server/app/a.cpp": "\n" * 500}))
        self.assertEqual(["server/app/a.cpp:501: 501 lines; a file has at most 500"],
                         self.report({"server/app/a.cpp": "\n" * 501}))


if __name__ == "__main__":
    unittest.main()
