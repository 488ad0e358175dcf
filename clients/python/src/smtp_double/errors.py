"""What can go wrong. All of it is a SmtpDoubleError, but for wrong arguments: they are a TypeError or a ValueError."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Mapping, Optional


class SmtpDoubleError(Exception):
    """The base of all errors of this package."""


class StartFailed(SmtpDoubleError):
    """The program is not there, or did not come to listen; the text has what it logged."""


class ConnectionFailed(SmtpDoubleError):
    """Nobody answers at the admin address (any more)."""


class NoListener(SmtpDoubleError, LookupError):
    """The double has no listener of that kind, and so no port."""


@dataclass(frozen=True)
class Problem:
    """One error of an answer."""

    title: str
    detail: str
    pointer: Optional[str] = None
    """Where: a JSON pointer into the scenario or the request."""
    line: Optional[int] = None
    column: Optional[int] = None

    def __str__(self) -> str:
        place = [] if self.line is None else [f"line {self.line}"]
        if self.column is not None:
            place.append(f"column {self.column}")
        if not place and self.pointer:
            place.append(self.pointer)
        return f"{self.title}: {self.detail}" + (f" ({', '.join(place)})" if place else "")


class ApiError(SmtpDoubleError):
    """The server refused. `status` is that of HTTP, `errors` what it said."""

    def __init__(self, status: int, body: Mapping[str, Any]):
        self.status = status
        self.body = body
        self.errors: List[Problem] = [
            Problem(each.get("title", "Error"), each.get("detail", ""), each.get("pointer"), each.get("line"),
                    each.get("column"))
            for each in body.get("errors", ())
        ]
        super().__init__(self._text())

    def _text(self) -> str:
        return "\n".join(map(str, self.errors)) or f"HTTP status {self.status}"

    def __reduce__(self) -> Any:
        return type(self), (self.status, self.body)

    def __str__(self) -> str:
        return self._text()


class BadScenario(ApiError):
    """A scenario or a rule has mistakes; `errors` are all of them, each with its place."""


class NotFound(ApiError):
    """There is no such double, rule, session or message."""


class Conflict(ApiError):
    """The name is taken, the double is `main`, or an address cannot be bound."""


class WaitTimeout(ApiError, TimeoutError):
    """It did not come in time. `count` came; `nearest` says why others did not count."""

    @property
    def count(self) -> int:
        return int(self.body.get("count", 0))

    @property
    def nearest(self) -> List[str]:
        return list(self.body.get("nearest", ()))

    def _text(self) -> str:
        return "\n".join([super()._text(), *(f"  near: {near}" for near in self.nearest)])


class VerifyFailed(ApiError, AssertionError):
    """Not what was expected. `failed` has each expectation, with `expected` and `actual`."""

    @property
    def failed(self) -> List[Mapping[str, Any]]:
        return list(self.body.get("failed", ()))

    def _text(self) -> str:
        return str(self.body.get("text") or super()._text()).rstrip("\n")


BY_STATUS = {404: NotFound, 406: VerifyFailed, 408: WaitTimeout, 409: Conflict, 422: BadScenario}


def error_of(status: int, body: Mapping[str, Any]) -> ApiError:
    return BY_STATUS.get(status, ApiError)(status, body)
