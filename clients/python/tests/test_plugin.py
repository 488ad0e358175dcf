"""The fixtures, in runs of pytest of their own."""
import os
import re

pytest_plugins = "pytester"

SENDING = """
import smtplib

def send(double, recipient="ann@example.com"):
    with smtplib.SMTP(double.host, double.port) as client:
        client.sendmail("me@example.org", [recipient], "Subject: x\\r\\n\\r\\nHi.\\r\\n")
"""


def run(pytester, test, *arguments):
    pytester.makepyfile(SENDING + test)
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


def test_each_test_has_a_double_of_its_own(pytester):
    result = run(pytester, """
ports = set()

def test_one(double, smtp_double_server):
    send(double)
    assert len(double.messages()) == 1
    ports.add((double.port, smtp_double_server.url))

def test_two(double, smtp_double_server):
    assert double.messages() == []
    assert len(ports) == 1
    assert (double.port, smtp_double_server.url) not in ports
    assert {url for _, url in ports} == {smtp_double_server.url}

def test_it_is_gone(smtp_double_server):
    assert [double.name for double in smtp_double_server.doubles()] == ["main"]
""")
    result.assert_outcomes(passed=3)


def test_a_failure_has_the_transcript(pytester):
    result = run(pytester, """
def test_refused(double):
    send(double, "fine@example.com")
    double.fail_next("550 5.1.1 No such user", name="nobody")
    send(double, "nobody@example.com")

def test_quiet(double):
    assert False

def test_passes(double):
    double.fail_next("551 5.1.6 Gone")
    try:
        send(double)
    except smtplib.SMTPRecipientsRefused:
        pass
""")
    result.assert_outcomes(passed=1, failed=2)
    text = result.stdout.str()
    assert len(re.findall("-+ SMTP double 'd[0-9]+' -+", text)) == 2
    for line in (":<nobody@example.com>", "550 5.1.1 No such user", "rule 'nobody'", "permanent failure",
                 "there was no session"):
        assert line in text
    assert "<fine@example.com>" not in text
    assert "5.1.6" not in text


def test_a_double_of_the_test_itself_is_shown_too(pytester):
    result = run(pytester, """
import pytest

@pytest.fixture
def refusing(smtp_double_server):
    with smtp_double_server.double(name="refusing") as double:
        double.fail_next(550)
        yield double

def test_both(double, refusing):
    send(refusing)
""")
    result.assert_outcomes(failed=1)
    assert "SMTP double 'refusing'" in result.stdout.str()


def test_a_server_that_is_gone_hides_no_failure(pytester):
    result = run(pytester, """
def test_it(double, smtp_double_server):
    smtp_double_server.close()
    assert 1 == 2
""")
    text = result.stdout.str()
    assert "assert 1 == 2" in text
    assert "its transcript cannot be read" in text


def test_marks_and_settings(pytester):
    pytester.makeini("[pytest]\nsmtp_double_options = --seed 7 --log-level debug\naddopts = --strict-markers\n")
    result = run(pytester, """
import pytest

pytestmark = pytest.mark.smtp_double({"library": "accept"})

def test_of_the_module(double):
    assert double.details()["scenario"] == "accept"

@pytest.mark.smtp_double("scenario: mine", name="mine", listen=["lmtp"])
def test_of_its_own(double, smtp_double_server):
    assert (double.name, double.details()["scenario"]) == ("mine", "mine")
    assert [each.kind for each in double.listeners] == ["lmtp"]
    assert smtp_double_server.main.details()["seed"] == 7

@pytest.mark.smtp_double("rules: [{at: rctp}]")
def test_with_a_mistake(double):
    pass
""")
    result.assert_outcomes(passed=2, errors=1)
    assert "did you mean 'rcpt'" in result.stdout.str()


def test_with_workers_each_has_a_server(pytester):
    result = run(pytester, """
import pytest

@pytest.mark.parametrize("number", range(20))
def test_it(double, number, smtp_double_server):
    double.fail_next(450, times=number % 3 or None) if number % 3 else None
    for _ in range(number % 3):
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(double)
    send(double)
    assert [message.id for message in double.messages()] == [1]

def test_it_fails(double):
    double.fail_next("550 5.1.1 No such user")
    send(double)
""", "-n", "2")
    result.assert_outcomes(passed=20, failed=1)
    assert "550 5.1.1 No such user" in result.stdout.str()


def test_one_that_is_there_is_used(pytester, monkeypatch, smtp_double_server):
    monkeypatch.setenv("SMTP_DOUBLE_ADMIN", smtp_double_server.url)
    monkeypatch.setenv("SMTP_DOUBLE_BINARY", "/nowhere")
    result = run(pytester, f"""
def test_it(double, smtp_double_server):
    send(double)
    assert smtp_double_server.url == {smtp_double_server.url!r}
""")
    result.assert_outcomes(passed=1)
    assert smtp_double_server.version


def test_under_run(pytester):
    """smtp-double run -- pytest: main is what the command was started for, and doubles are made beside it."""
    pytester.makepyfile(SENDING + """
def test_it(double, smtp_double_server):
    send(double)
    send(smtp_double_server.main)
    assert smtp_double_server.main.port == int(os.environ["SMTP_PORT"])
""", )
    path = next(pytester.path.glob("test_*.py"))
    path.write_text("import os\n" + path.read_text())
    result = pytester.run(os.environ["SMTP_DOUBLE_BINARY"], "run", "--", os.sys.executable, "-m", "pytest", "-p",
                          "no:cacheprovider", str(path))
    assert result.ret == 0, result.stdout.str()


def test_without_the_fixtures_nothing_is_started(pytester, monkeypatch):
    monkeypatch.setenv("SMTP_DOUBLE_BINARY", "/nowhere")
    run(pytester, "def test_it():\n    pass\n").assert_outcomes(passed=1)
