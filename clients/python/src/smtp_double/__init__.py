"""Tests against an SMTP server that fails the way you ask it to.

    with SmtpDouble() as server, server.double() as double:
        double.fail_next(450, stage="rcpt", times=2)
        send_a_mail(double.host, double.port)
        message = double.wait_for_message(recipient="ann@example.com")
"""
from ._records import Attempt, Delivery, Entry, Event, Listener, Rule, Session, StateOfKey, Unmatched
from ._server import SmtpDouble
from .double import Double
from .errors import (ApiError, BadScenario, Conflict, ConnectionFailed, NoListener, NotFound, Problem, SmtpDoubleError,
                     StartFailed, VerifyFailed, WaitTimeout)
from .message import Attachment, Headers, Message

__version__ = "0.1.0"

__all__ = [
    "ApiError", "Attachment", "Attempt", "BadScenario", "Conflict", "ConnectionFailed", "Delivery", "Double", "Entry",
    "Event", "Headers", "Listener", "Message", "NoListener", "NotFound", "Problem", "Rule", "Session",
    "SmtpDouble", "SmtpDoubleError", "StartFailed", "StateOfKey", "Unmatched", "VerifyFailed", "WaitTimeout",
]
