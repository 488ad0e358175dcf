"""Checked by mypy, never run: what the types allow, and what they do not."""
# mypy: warn-unused-ignores
from typing import Dict, List

from smtp_double import Double, Rule
from smtp_double._values import Count


def calls(double: Double, counts: Dict[str, Count], exactly: Dict[str, int], of_rules: Dict[Rule, int]) -> List[int]:
    rule: Rule = double.fail_next(450, stage=["mail", "rcpt"], times=2, recipient="*@example.com", then={"close": 0.1})
    double.replace_rule(rule, {"at": "rcpt", "reply": 550})
    double.remove_rule(rule)
    double.remove_rule(double.rule(rule).name)
    double.verify(hits={rule: 1})
    double.verify(hits={"defer": 1})
    double.verify(hits={rule: range(1, 4), "defer": {"min": 1}})
    double.verify(hits=counts)
    double.verify(hits=exactly)
    double.verify(hits=of_rules)
    double.hits(7)  # type: ignore[arg-type]
    double.verify(hits={7: 1})  # type: ignore[dict-item]
    return [double.hits(rule), double.hits("defer"), double.wait_for_hits(rule, 2)]
