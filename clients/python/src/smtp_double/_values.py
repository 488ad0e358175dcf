"""From what Python has to what the API and scenarios take."""
from __future__ import annotations

from datetime import timedelta
from typing import Any, Dict, Mapping, Optional, Union

Duration = Union[str, int, float, timedelta]
"""Seconds, a timedelta, or a text as in scenarios: "250ms", "2s", "10m"."""

Count = Union[int, range, Mapping[str, int]]
"""Exactly so many; or a range(1, 4), which is 1 to 3; or {"min": 1}."""

SUBFIELDS = ("sender", "recipient", "client", "server", "tls", "auth", "default")


def duration(value: Duration) -> str:
    """As scenarios have it."""
    if isinstance(value, str):
        return value
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    if seconds < 0:
        raise ValueError(f"a duration is not negative: {value!r}")
    return f"{round(seconds * 1_000_000)}us"


def milliseconds(seconds: Union[int, float, timedelta]) -> float:
    return 1000 * (seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds))


def count(value: Count) -> Any:
    if isinstance(value, range):
        if value.step != 1 or not value:
            raise ValueError(f"a count is a range with step 1 and something in it, not {value!r}")
        return {"min": value.start, "max": value.stop - 1}
    return dict(value) if isinstance(value, Mapping) else value


def field(word: str) -> str:
    """The name of a condition for that of an argument: recipient_domain is recipient.domain."""
    head, _, rest = word.partition("_")
    if word == "early_talker":
        return "early-talker"
    if word == "state_age":
        return "state.age"
    return f"{head}.{rest}" if rest and head in SUBFIELDS else word


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
