"""What the API tells of rules, sessions and deliveries, as values."""
from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Dict, List, Mapping, Optional, Type, TypeVar, Union

Record = TypeVar("Record")


def record(kind: Type[Record], told: Mapping[str, Any], **more: Any) -> Record:
    """The fields that it knows; a newer server may tell more."""
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    return kind(**{**{name: value for name, value in told.items() if name in known}, **more})


@dataclass(frozen=True)
class Listener:
    """Where a double listens."""

    kind: str
    """smtp, smtps or lmtp"""
    address: str
    host: Optional[str] = None
    port: Optional[int] = None


@dataclass(frozen=True)
class Rule:
    """A rule and its counters, as they were when it was asked for."""

    name: str
    at: List[str]
    hits: int
    """how often it has answered"""
    matches: int
    """how often its conditions held"""
    times: Optional[int]
    expect: Optional[str]
    yaml: str
    line: Optional[int]
    posted: bool

    def __hash__(self) -> int:
        """So that it can be a key of verify(hits={rule: 1})."""
        return hash(self.name)


RuleOrName = Union[Rule, str]


def name_of(rule: RuleOrName) -> str:
    if not isinstance(rule, (Rule, str)):
        raise TypeError(f"a rule, or the name of one, not {rule!r}")
    return rule if isinstance(rule, str) else rule.name


@dataclass(frozen=True)
class Entry:
    """One thing that happened in a session; what its kind does not have is None."""

    sequence: int
    at: str
    elapsed_ms: float
    kind: str
    stage: Optional[str] = None
    received: Optional[str] = None
    sent: Optional[str] = None
    sent_octets: Optional[int] = None
    left_octets: Optional[int] = None
    code: Optional[int] = None
    rule: Optional[str] = None
    hit: Optional[int] = None
    explanation: Optional[str] = None
    misses: Optional[List[str]] = None
    asked_ms: Optional[float] = None
    measured_ms: Optional[float] = None
    note: Optional[str] = None
    message: Optional[int] = None
    message_id: Optional[str] = None
    subject: Optional[str] = None
    size: Optional[int] = None
    client: Optional[str] = None
    listener: Optional[str] = None
    end: Optional[str] = None
    octets: Optional[int] = None
    octets_in: Optional[int] = None
    octets_out: Optional[int] = None
    session: Optional[int] = None


@dataclass(frozen=True)
class Session:
    """One connection."""

    id: int
    at: str
    elapsed_ms: float
    duration_ms: Optional[float]
    client: Optional[str]
    listener: Optional[str]
    helo: Optional[str]
    tls: Optional[str]
    auth_user: Optional[str]
    commands: int
    replies: Dict[str, int]
    """how many of each class: {"2": 5, "4": 1, …}"""
    worst_code: Optional[int]
    messages: int
    outcome: str
    """accepted, refused, failed, quiet or open"""
    end: Optional[str]
    whole: bool = True
    """whether the journal has all of it still"""
    entries: List[Entry] = field(default_factory=list)
    """only of a session that was asked for by its number"""


def session(told: Mapping[str, Any]) -> Session:
    return record(Session, told, entries=[record(Entry, entry) for entry in told.get("entries", ())])


@dataclass(frozen=True)
class Attempt:
    """One attempt to deliver a message."""

    session: int
    at: str
    elapsed_ms: float
    gap_ms: Optional[float]
    stage: str
    code: Optional[int]
    reply: Optional[str]
    message: Optional[int]
    sequence: Optional[int] = None
    recipients: List[Mapping[str, Any]] = field(default_factory=list)
    """each asked for: {"mailbox": …, "code": …}"""


@dataclass(frozen=True)
class Delivery:
    """What became of one message, over all attempts."""

    key: str
    by: str
    sender: Optional[str]
    recipients: List[str]
    subject: Optional[str]
    accepted: int
    findings: List[str]
    """what the client did wrong, such as "retried after a 5yz reply\""""
    attempts: List[Attempt]


def delivery(told: Mapping[str, Any]) -> Delivery:
    return record(Delivery, told, attempts=[record(Attempt, attempt) for attempt in told["attempts"]])


@dataclass(frozen=True)
class Unmatched:
    """What no rule answered."""

    session: int
    sequence: int
    stage: str
    line: str
    code: Optional[int]
    nearest: List[Mapping[str, str]]
    """the rules that came near: {"rule": …, "why": …}"""


@dataclass(frozen=True)
class StateOfKey:
    """The state that one key is in."""

    key: str
    state: str
    age_ms: float


@dataclass(frozen=True)
class Event:
    """Something that has just happened."""

    kind: str
    """entry, session, message, reset or evicted"""
    id: Optional[int]
    data: Mapping[str, Any]
