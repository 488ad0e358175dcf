import unittest

from header_chains import chains


def including(*names):
    return "".join(f'#include "{name}"\n' for name in names)


class HeaderChains(unittest.TestCase):
    def test_one_that_is_included_comes_first(self):
        self.assertEqual(list(chains({"b": including("a"), "a": "", "c": including("b")})), [["a", "b", "c"]])

    def test_none_is_behind_one_that_it_does_not_include(self):
        headers = {"a": "", "b": "", "left": including("a"), "right": including("a", "b"),
                   "top": including("left", "right")}
        found = list(chains(headers))
        self.assertEqual(sorted(sum(found, [])), sorted(headers))
        self.assertEqual(found, [["a", "right", "top"], ["left"], ["b"]])

    def test_through_others_is_included_too(self):
        self.assertEqual(list(chains({"a": "", "b": including("a"), "c": including("b"), "d": including("b")})),
                         [["a", "b", "c"], ["d"]])

    def test_the_systems_headers_are_no_links(self):
        self.assertEqual(list(chains({"a": "#include <string>\n", "b": "#include <string>\n"})), [["a"], ["b"]])

    def test_those_that_include_each_other_are_all_there(self):
        self.assertEqual(sorted(sum(chains({"a": including("b"), "b": including("a")}), [])), ["a", "b"])


if __name__ == "__main__":
    unittest.main()
