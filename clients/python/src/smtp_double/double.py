"""One double: what it is to do, what it has seen."""
from __future__ import annotations

import json
from types import TracebackType
from typing import (Any, Dict, Iterable, Iterator, List, Mapping, Optional, Protocol, Sequence, Tuple, Type, Union,
                    cast)
from urllib.parse import urlsplit

from . import _records as records
from ._api import PATIENCE, Api, piece
from ._records import Delivery, Event, Listener, Rule, RuleOrName, Session, StateOfKey, Unmatched, name_of, record
from ._values import (Count, Duration, conditions, count, duration, given, message_filter, refuse_typos, seconds, texts,
                      whole)
from .errors import NoListener, NotFound
from .message import Message

Scenario = Union[str, Mapping[str, Any]]
"""A YAML document as text, the same as a dict, or {"library": "errors/mailbox-full"}."""

OF_FAIL_NEXT = ("code", "stage", "times", "then", "delay", "when", "name")
PAGE = 500
MOST_SHOWN = 20


class Hits(Protocol):
    """Counts by rules or their names. Not Mapping[RuleOrName, Count]: a Mapping[str, Count] is none of these."""

    def items(self) -> Iterable[Tuple[RuleOrName, Count]]: ...


class Double:
    """An isolated SMTP server: scenario, counters, journal and mailbox are its own.

    SmtpDouble.double() makes one. As a context manager, it is removed at the end of the block.
    """

    def __init__(self, api: Api, described: Mapping[str, Any]):
        self._api = api
        self._path: str = described["url"]
        self._removed = False
        self.name: str = described["name"]
        self.listeners: List[Listener] = [record(Listener, each) for each in described["listeners"]]
        self.select: Optional[Mapping[str, str]] = described.get("select")
        """what a client of main has to say to come here; None where that does not matter"""
        self._at: Optional[List[Listener]] = self.listeners or None

    # Where it is

    @property
    def url(self) -> str:
        """Its address in the admin API."""
        return self._api.url + self._path

    @property
    def host(self) -> str:
        """Of the listener that `port` is of."""
        return self._listener("smtp", "lmtp", "smtps").host or ""

    @property
    def port(self) -> int:
        """For SMTP; of the first listener where there is none for it.

        A double with `select` that has no listeners is at those of `main`. NoListener where there is none.
        """
        return self._listener("smtp", "lmtp", "smtps").port or 0

    @property
    def smtps_port(self) -> int:
        return self._listener("smtps").port or 0

    @property
    def lmtp_port(self) -> int:
        return self._listener("lmtp").port or 0

    def _listener(self, *kinds: str) -> Listener:
        if self._at is None:
            self._at = [record(Listener, each) for each in self._api.get("/v1/doubles/main")["listeners"]]
        for kind in kinds:
            for listener in self._at:
                if listener.kind == kind and listener.port is not None:
                    return listener
        raise NoListener(f"double {self.name!r} has no listener for {' or '.join(kinds)}")

    def details(self) -> Mapping[str, Any]:
        """All that the API tells of it: seed, numbers of sessions and messages …"""
        return cast(Dict[str, Any], self._api.get(self._path))

    # What it does

    def fail_next(self, code: Union[int, str, None], stage: Union[str, Sequence[str]] = "rcpt",
                  times: Optional[int] = 1, *, then: Union[str, Mapping[str, Duration], None] = None,
                  delay: Optional[Duration] = None, when: Optional[Mapping[str, Any]] = None,
                  name: Optional[str] = None, **words: Any) -> Rule:
        """The next `times` attempts at a stage get this answer; None for all of them.

        `code` is 450, or a reply with its text ("450 4.2.2 Mailbox full"); None says nothing, for use with
        then="close", "reset" or "hang". Conditions are arguments: recipient="*@example.com", recipient_domain=…,
        helo=…; others go into `when`: {"header.Subject": "Invoice*"}.
        """
        refuse_typos("fail_next()", OF_FAIL_NEXT, words)
        stages = stage if isinstance(stage, str) else texts(stage, "stage", '["mail", "rcpt"]')
        rule: Dict[str, Any] = {"at": stages}
        if name is not None:
            rule["name"] = name
        held = conditions(when, words)
        if held:
            rule["when"] = held
        if times is not None:
            rule["times"] = times
        if delay is not None:
            rule["delay"] = duration(delay)
        rule["reply"] = "none" if code is None else str(code)
        if isinstance(then, str):
            rule["then"] = then
        elif then is not None:
            rule["then"] = {act: duration(pause) for act, pause in then.items()}
        return self.add_rule(rule)

    def add_rule(self, rule: Union[str, Mapping[str, Any]]) -> Rule:
        """Puts a rule on top of all others: a dict, or YAML."""
        (added,) = self.add_rules(rule if isinstance(rule, str) else [rule])
        return added

    def add_rules(self, rules: Union[str, Sequence[Mapping[str, Any]]]) -> List[Rule]:
        """Puts rules on top of all others, in their order: dicts, or YAML. All of them or, with a mistake, none."""
        if isinstance(rules, Mapping):
            raise TypeError("add_rules() takes a list of rules; add_rule() takes one")
        # JSON is YAML, and only YAML may be a list.
        yaml = rules if isinstance(rules, str) else json.dumps([dict(rule) for rule in rules])
        answer = self._api.ask("POST", f"{self._path}/rules", yaml=yaml)
        return [record(Rule, each) for each in answer["rules"]]

    def rules(self, *, unused: bool = False) -> List[Rule]:
        """All rules in the order in which they are tried; or only those that have not answered yet."""
        answer = self._api.get(f"{self._path}/rules", {"unused": "true"} if unused else None)
        return [record(Rule, each) for each in answer["rules"]]

    def rule(self, name: RuleOrName) -> Rule:
        """As it is now. Like all that take a rule's name, it takes a Rule as well."""
        return record(Rule, self._api.get(self._rule(name)))

    def hits(self, name: RuleOrName) -> int:
        """How often this rule has answered."""
        return self.rule(name).hits

    def replace_rule(self, name: RuleOrName, rule: Union[str, Mapping[str, Any]]) -> Rule:
        """Puts another rule in its place, which counts from 0."""
        yaml = rule if isinstance(rule, str) else json.dumps(dict(rule))
        return record(Rule, self._api.ask("PUT", self._rule(name), yaml=yaml))

    def remove_rule(self, name: RuleOrName) -> None:
        self._api.ask("DELETE", self._rule(name))

    def _rule(self, name: RuleOrName) -> str:
        return f"{self._path}/rules/{piece(name_of(name))}"

    def scenario(self) -> Mapping[str, Any]:
        """What it does: name, description, seed, yaml, states, rules."""
        return cast(Dict[str, Any], self._api.get(f"{self._path}/scenario"))

    def load(self, scenario: Scenario) -> None:
        """Replaces the scenario; counters, states and clock begin anew."""
        if isinstance(scenario, str):
            self._api.ask("PUT", f"{self._path}/scenario", yaml=scenario)
        else:
            self._api.ask("PUT", f"{self._path}/scenario", dict(scenario))

    def states(self) -> List[StateOfKey]:
        """The state that each key is in; one with the key "" where the scenario has one for all."""
        return [record(StateOfKey, each) for each in self._api.get(f"{self._path}/state")["keys"]]

    @property
    def state(self) -> str:
        """The state of a scenario that has one for all."""
        return next((each.state for each in self.states() if not each.key), "start")

    def set_state(self, state: str, key: Optional[str] = None) -> None:
        self._api.ask("PUT", f"{self._path}/state", {"state": state} if key is None else {"state": state, "key": key})

    def advance_clock(self, by: Duration) -> float:
        """Moves the clock of the scenario on: "10m", or seconds. Returns its time in seconds."""
        return float(self._api.ask("POST", f"{self._path}/clock",
                                   {"advance": 1000 * seconds(by, "by")})["now_ms"]) / 1000

    # What it has seen

    def messages(self, *, sender: Optional[str] = None, recipient: Optional[str] = None, subject: Optional[str] = None,
                 headers: Optional[Mapping[str, str]] = None, session: Optional[int] = None) -> List[Message]:
        """The messages in the mailbox, oldest first. Texts are globs: recipient="*@example.com"."""
        wanted = message_filter(sender, recipient, subject, headers, session)
        return [self._message(each) for each in self._pages("messages", wanted)]

    def message(self, number: int) -> Message:
        return self._message(self._api.get(f"{self._path}/messages/{number}"))

    def sessions(self, *, outcome: Optional[str] = None, helo: Optional[str] = None, client: Optional[str] = None,
                 open: Optional[bool] = None) -> List[Session]:
        """The sessions, oldest first. `outcome` is accepted, refused, failed, quiet or open."""
        wanted = {"outcome": outcome, "helo": helo, "client": client,
                  "open": None if open is None else str(open).lower()}
        return [records.session(each) for each in self._pages("sessions", wanted)]

    def session(self, number: int) -> Session:
        """One session with all its entries."""
        return records.session(self._api.get(f"{self._path}/sessions/{number}"))

    def transcript(self, session: Optional[int] = None) -> str:
        """A session as C: and S: lines, with the rules that answered and what errors mean; without a number, all."""
        if session is not None:
            return self._api.octets("GET", f"{self._path}/sessions/{session}/transcript").decode("utf-8", "replace")
        return self._transcripts([each.id for each in self.sessions()])

    def troubled_transcript(self) -> str:
        """The sessions that were refused or failed; where there is none, all. At most the last twenty."""
        told = self.sessions()
        troubled = [each.id for each in told if each.outcome in ("refused", "failed")]
        return self._transcripts((troubled or [each.id for each in told])[-MOST_SHOWN:])

    def _transcripts(self, numbers: Sequence[int]) -> str:
        texts = []
        for number in numbers:
            try:
                texts.append(f"session {number}\n{self.transcript(number)}")
            except NotFound:  # dropped by the bounds of the journal meanwhile
                continue
        return "\n".join(texts)

    def deliveries(self) -> List[Delivery]:
        """What became of each message, over all attempts."""
        return [records.delivery(each) for each in self._api.get(f"{self._path}/deliveries")["deliveries"]]

    def unmatched(self) -> List[Unmatched]:
        """What no rule answered, with the rules that came near."""
        return [record(Unmatched, each) for each in self._api.get(f"{self._path}/unmatched")["unmatched"]]

    def events(self, *, after: Optional[int] = None, patience: Optional[Duration] = 60.0) -> Iterator[Event]:
        """What happens from now on (or behind a sequence number), until the double is removed. TimeoutError when not
        even a sign of life came for `patience` seconds."""
        limit = None if patience is None else seconds(patience, "patience")
        return _events_in(self._api.lines(f"{self._path}/events", {"after": after}, limit))

    def _message(self, told: Mapping[str, Any]) -> Message:
        return Message(self._api, self._path, told)

    def _pages(self, what: str, wanted: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        after: Optional[int] = None
        while True:
            page = self._api.get(f"{self._path}/{what}", {**wanted, "limit": PAGE, "after": after})
            yield from page[what]
            after = page["next"]
            if after is None:
                return

    # Waiting, verifying, beginning anew

    def wait_for_messages(self, count: int = 1, *, timeout: Duration = 10.0, sender: Optional[str] = None,
                          recipient: Optional[str] = None,
                          subject: Optional[str] = None, headers: Optional[Mapping[str, str]] = None) -> List[Message]:
        """Those that fit, once there are so many. What is there already counts.

        WaitTimeout after `timeout`: seconds, a timedelta, or a text such as "200ms".
        """
        answer = self._wait("messages", count, timeout, message_filter(sender, recipient, subject, headers))
        return [self._message(each) for each in answer["messages"]]

    def wait_for_message(self, *, timeout: Duration = 10.0, sender: Optional[str] = None,
                         recipient: Optional[str] = None, subject: Optional[str] = None,
                         headers: Optional[Mapping[str, str]] = None) -> Message:
        """The first that fits."""
        return self.wait_for_messages(1, timeout=timeout, sender=sender, recipient=recipient, subject=subject,
                                      headers=headers)[0]

    def wait_for_sessions(self, count: int = 1, *, timeout: Duration = 10.0, outcome: Optional[str] = None,
                          helo: Optional[str] = None,
                          client: Optional[str] = None, ended: Optional[bool] = True) -> List[Session]:
        """Those that fit, once there are so many; by default only those that have ended."""
        where = given(outcome=outcome, helo=helo, client=client, ended=ended)
        answer = self._wait("sessions", count, timeout, where)
        return [records.session(each) for each in answer["sessions"]]

    def wait_for_hits(self, rule: RuleOrName, count: int = 1, *, timeout: Duration = 10.0) -> int:
        """How often the rule has answered, once it is so often."""
        return int(self._wait("hits", count, timeout, {"rule": name_of(rule)})["count"])

    def _wait(self, what: str, count: int, timeout: Duration, where: Mapping[str, Any]) -> Mapping[str, Any]:
        limit = seconds(timeout, "timeout")
        request = {"for": what, "count": whole(count, "count"), "timeout_ms": 1000 * limit, "where": where}
        return cast(Dict[str, Any], self._api.ask("POST", f"{self._path}/wait", request, patience=limit + PATIENCE))

    def verify(self, *, messages: Optional[Count] = None, sessions: Optional[Count] = None,
               sender: Optional[str] = None, recipient: Optional[str] = None, subject: Optional[str] = None,
               headers: Optional[Mapping[str, str]] = None,
               outcome: Optional[str] = None, helo: Optional[str] = None, hits: Optional[Hits] = None,
               sequence: Optional[Sequence[str]] = None, never: Optional[Sequence[str]] = None,
               unmatched: Optional[Count] = None) -> None:
        """Raises VerifyFailed unless all of it is so; without arguments, what the scenario itself expects.

        sender, recipient, subject and headers say which messages are counted, outcome and helo which sessions.
        """
        request: Dict[str, Any] = {}
        about = {"messages": (messages, message_filter(sender, recipient, subject, headers)),
                 "sessions": (sessions, given(outcome=outcome, helo=helo))}
        for what, (wanted, where) in about.items():
            if wanted is not None:
                request[what] = {"count": count(wanted), "where": where}
            elif where:
                raise TypeError(f"{', '.join(where)}: of how many {what}? verify({what}=1, …)")
        if hits is not None:
            if not isinstance(hits, Mapping):
                raise TypeError(f'hits are counts by rule or its name, such as {{"defer": 2}}, not {hits!r}')
            request["hits"] = {name_of(rule): count(wanted) for rule, wanted in hits.items()}
        if sequence is not None:
            request["sequence"] = texts(sequence, "sequence", '["EHLO", "MAIL"]')
        if never is not None:
            request["never"] = texts(never, "never", '["VRFY"]')
        if unmatched is not None:
            request["unmatched"] = count(unmatched)
        self._api.ask("POST", f"{self._path}/verify", request)

    def reset(self, *what: str) -> None:
        """Begins anew: all of it, or some of "rules", "progress", "journal", "mailbox"."""
        parts = texts(what or ("all",), "what reset() takes", '"journal", "mailbox"')
        self._api.ask("POST", f"{self._path}/reset", query={"what": ",".join(parts)})

    # Its end

    def close(self) -> None:
        """Removes it: its listeners and sessions are gone then. `main` stays as long as the process."""
        if self._removed or self.name == "main":
            return
        try:
            self._api.ask("DELETE", self._path)
        except NotFound:
            pass
        self._removed = True

    def __enter__(self) -> Double:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()

    def __repr__(self) -> str:
        where = ", ".join(f"{listener.kind}={listener.address}" for listener in self.listeners)
        return f"<Double {self.name!r} {where or f'select={self.select}'}>"


def _events_in(lines: Iterator[str]) -> Iterator[Event]:
    fields: Dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value[1:] if value.startswith(" ") else value
            continue
        if fields.get("event"):
            number = int(fields["id"]) if fields.get("id") else None
            yield Event(fields["event"], number, json.loads(fields.get("data") or "{}"))
        fields = {}


def admin_address(text: str) -> Optional[str]:
    """The URL in a value of SMTP_DOUBLE_ADMIN, which may be HOST:PORT as well; None for "off" and nothing."""
    text = text.strip()
    if not text or text == "off":
        return None
    return text if urlsplit(text).scheme in ("http", "https") else f"http://{text}"
