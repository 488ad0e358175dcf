"""A page whose reader would be misled is noticed, whatever kind of block it is that misleads."""
import re
import tempfile
import unittest
from pathlib import Path

import said
from page_blocks import Block
from page_reader import Reader, serving


class ReaderTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="smtp-double-test-")
        self.addCleanup(folder.cleanup)
        self.reader = Reader(self, folder.name)
        self.addCleanup(self.reader.leave)

    def do(self, language, text):
        self.reader.do(Block("page.md", 1, language, text))

    def refused(self, language, text, why):
        with self.assertRaisesRegex(AssertionError, why):
            self.do(language, text)

    def test_commands(self):
        self.do("sh", "true | cat\n")
        self.do("sh", "echo no mailbox; false\n# no mailbox\n")
        self.refused("sh", "false | cat\n", "1 != 0")
        self.refused("sh", "echo no mailbox; false\n# no room\n", "no room")
        self.refused("sh", "echo no mailbox\n# no mailbox\n", "0 == 0")

    def test_programs_of_the_repository(self):
        self.do("sh", "script/test lint asan    # some\n./script/bench --only sess,many --json figures.json\n")
        self.refused("sh", "script/bunch\n", "is no program")
        self.refused("sh", "script/test lent\n", "does not know lent")
        self.refused("sh", "script/bench --only sass\n", "does not know sass")

    def test_what_they_print(self):
        self.do("console", "$ printf 'a 1\\nb\\nc\\n'\na …\n…\nc\n$ true\n")
        self.refused("console", "$ echo a\nb\n", "prints\na\n")
        self.refused("console", "$ printf 'a\\nb\\n'\na\n", "prints")
        self.refused("console", "$ false\n", "1 != 0")
        self.refused("console", "echo a\n", "no command")

    def test_serving(self):
        self.refused("sh", "curl smtp://127.0.0.1:1025\n", "nothing serves there")
        self.refused("log", "12:55:01.123 info: hello\n", "nothing serves")
        self.do("yaml", "# refusing.yaml\nrules: [{name: no, at: rcpt, reply: 550}]\n")
        self.do("sh", "SMTP_DOUBLE_LOG_LEVEL=debug smtp-double refusing.yaml   # at 1025\n")
        self.do("sh", "exec 3<> /dev/tcp/127.0.0.1/1025; printf 'QUIT\\r\\n' >&3; cat <&3 > /dev/null\n")
        shown = '12:55:01.123 debug: session 1 C: "QUIT"\n'
        self.do("log", shown)
        self.reader.server.stop()
        self.refused("log", shown, "1 of 2 times")

    def test_ready_is_shown_as_it_is(self):
        self.do("console", "$ smtp-double --admin off --seed 7\nREADY smtp=127.0.0.1:1025 scenario=default seed=1\n")
        self.reader.leave()
        self.assertIsNone(self.reader.server)

    def test_answers(self):
        self.do("sh", """echo '{"a": 1}'\n""")
        self.do("json", '{"a":   1}\n')
        self.do("sh", """echo '{"a": 1}'\n""")
        self.refused("json", '{"a": 2}\n', "!=")
        self.do("sh", """echo '{"errors": []}'\n""")
        self.refused("sh", "true\n", "that the page does not show")

    def test_languages(self):
        self.refused("python", "assert 1 == 2\n", "AssertionError")
        self.do("python", "# kept/names.py\nNAME = 1\n")
        self.do("python", "from kept.names import NAME\nassert NAME == 1\n")
        with self.assertRaises(AssertionError):
            self.do("yaml", "# ../escaped.yaml\nrules: []\n")
        self.assertFalse(Path(self.reader.folder, "../escaped.yaml").exists())


class Words(unittest.TestCase):
    def test_what_serves(self):
        self.assertEqual(serving("smtp-double"), ({}, []))
        self.assertEqual(serving("A=b smtp-double a.yaml --watch  # until then"), ({"A": "b"}, ["a.yaml", "--watch"]))
        for other in ("smtp-double check a.yaml", "smtp-double run -- true", "smtp-double a.yaml &", "echo smtp-double",
                      "smtp-double ca > ca.pem", "smtp-double --version"):
            self.assertIsNone(serving(other), other)

    def test_what_varies(self):
        def fits(shown, real):
            return re.fullmatch(said.pattern(shown), real, re.MULTILINE) is not None
        self.assertTrue(fits("12:55:01.123 info: 2 ms\n", "08:00:00.000 info: 13 ms\n"))
        self.assertTrue(fits("from 127.0.0.1:40000: x\n", "from 127.0.0.1:51234: x\n"))
        self.assertTrue(fits("a … d\n…\ne\n", "a b c d\n1\n2\ne\n"))
        self.assertTrue(fits("…\ne\n", "e\n"))
        self.assertFalse(fits("a … d\n", "a b\nc d\n"))
        self.assertFalse(fits("hits 2\n", "hits 3\n"))
        self.assertFalse(fits("a.b\n", "axb\n"))


if __name__ == "__main__":
    unittest.main()
