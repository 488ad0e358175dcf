"""From what Python has to what the API and scenarios take. A wrong argument is a TypeError or a ValueError."""
from __future__ import annotations

import difflib
import math
import re
from datetime import timedelta
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Union

Duration = Union[str, int, float, timedelta]
"""Seconds, a timedelta, or a text as in scenarios: "250ms", "2s", "10m"."""

Count = Union[int, range, Mapping[str, int]]
"""Exactly so many; or a range(1, 4), which is 1 to 3; or {"min": 1}."""

LIKE_ARGUMENTS = ("message", "state", "state_age")  # conditions that, or whose typos, are like "stage"
SUBFIELDS = ("sender", "recipient", "client", "server", "tls", "auth", "default")


def duration(value: Duration) -> str:
    """As scenarios have it. Texts are left to the server, which tells their place in the rule."""
    return value if isinstance(value, str) else f"{round(seconds(value) * 1_000_000)}us"


UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(value: Duration, what: str = "a duration") -> float:
    """Of any of the kinds of a duration."""
    wanted = f"{what} is seconds, a timedelta, or a text such as '200ms', '2s', '10m', not {value!r}"
    if isinstance(value, str):
        text = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(us|ms|s|m|h)", value)
        if text is None:
            raise ValueError(wanted)
        return float(text[1]) * UNITS[text[2]]
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(wanted)
    if not 0 <= value < math.inf:
        raise ValueError(wanted)
    return float(value)


def texts(value: Iterable[str], what: str, example: str) -> List[str]:
    """A list. One text is none: list() would make its letters of it."""
    wanted = f"{what} is a list of texts such as {example}, not {value!r}"
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise TypeError(wanted)
    listed = list(value)
    if not all(isinstance(each, str) for each in listed):
        raise TypeError(wanted)
    return listed


def whole(value: int, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{what} is a whole number, not {value!r}")
    if value < 0:
        raise ValueError(f"{what} is not negative: {value!r}")
    return value


def count(value: Count) -> Any:
    if isinstance(value, range):
        if value.step != 1 or not value:
            raise ValueError(f"a count is a range with step 1 and something in it, not {value!r}")
        return {"min": value.start, "max": value.stop - 1}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f'a count is a number, a range, or such as {{"min": 1}}, not {value!r}')
    return value


def field(word: str) -> str:
    """The name of a condition for that of an argument: recipient_domain is recipient.domain."""
    head, _, rest = word.partition("_")
    if word == "early_talker":
        return "early-talker"
    if word == "state_age":
        return "state.age"
    return f"{head}.{rest}" if rest and head in SUBFIELDS else word


def refuse_typos(what: str, arguments: Sequence[str], words: Iterable[str]) -> None:
    """A TypeError where one of the words, which are to be conditions, is all but an argument. Any other word is left to
    the server, which knows the conditions."""
    for word in words:
        alike = {known: difflib.SequenceMatcher(None, word, known).ratio() for known in (*arguments, *LIKE_ARGUMENTS)}
        near = max(alike, key=lambda known: alike[known])
        if near in arguments and alike[near] >= 0.7:
            raise TypeError(f"{what} has no argument {word!r}; did you mean {near!r}?")


def conditions(when: Optional[Mapping[str, Any]], words: Mapping[str, Any]) -> Dict[str, Any]:
    merged = {field(word): value for word, value in words.items()}
    merged.update(when or {})
    return merged


def given(**words: Any) -> Dict[str, Any]:
    """Those that are there."""
    return {name: value for name, value in words.items() if value is not None}


def message_filter(sender: Optional[str], recipient: Optional[str], subject: Optional[str],
                   headers: Optional[Mapping[str, str]], session: Optional[int] = None) -> Dict[str, Any]:
    wanted = given(sender=sender, recipient=recipient, subject=subject, session=session)
    wanted.update({f"header.{name}": glob for name, glob in (headers or {}).items()})
    return wanted
