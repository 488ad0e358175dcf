"""Fixtures for pytest: `double`, a server of its own for each test, and `smtp_double_server`, their process.

    def test_the_queue_tries_again(double):
        double.fail_next(450, times=2)

A test says which scenario it wants by a mark, whose arguments are those of SmtpDouble.double():

    @pytest.mark.smtp_double({"library": "errors/mailbox-full"})
    def test_a_full_mailbox_is_reported(double): ...  # full@example.com is refused
"""
from __future__ import annotations

from typing import Any, Generator, Iterator

import pytest

from . import Double, SmtpDouble, SmtpDoubleError

FIXTURES = ("double",)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("smtp_double_options", "more arguments for the smtp-double that the fixtures start", type="args",
                  default=[])


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "smtp_double(scenario, *, name, listen, select): what the fixture `double` is")


@pytest.fixture(scope="session")
def smtp_double_server(request: pytest.FixtureRequest) -> Iterator[SmtpDouble]:
    """The process: that of SMTP_DOUBLE_ADMIN, or one that is started; with pytest-xdist one for each worker."""
    with SmtpDouble(options=request.config.getini("smtp_double_options")) as server:
        yield server


@pytest.fixture
def double(request: pytest.FixtureRequest, smtp_double_server: SmtpDouble) -> Iterator[Double]:
    """An SMTP server that no other test sees."""
    mark = request.node.get_closest_marker("smtp_double")
    with smtp_double_server.double(*(mark.args if mark else ()), **(mark.kwargs if mark else {})) as made:
        yield made


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
    """A test that fails shows what was said between the application and its doubles."""
    outcome = yield
    report = outcome.get_result()
    if report.when == "teardown" or not report.failed:
        return
    for value in getattr(item, "funcargs", {}).values():
        if isinstance(value, Double):
            report.sections.append((f"SMTP double {value.name!r}", _story(value)))


def _story(double: Double) -> str:
    try:
        return double.troubled_transcript() or "there was no session"
    except SmtpDoubleError as error:
        return f"its transcript cannot be read: {error}"
