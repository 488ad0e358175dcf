"""What a double is told to do, and what it tells."""
import inspect
import pickle
import re
import smtplib
import threading
from datetime import timedelta

import pytest

from smtp_double import (ApiError, BadScenario, Conflict, Double, NoListener, NotFound, SmtpDouble, SmtpDoubleError,
                         VerifyFailed, WaitTimeout)
from smtp_double._values import refuse_typos
from smtp_double.double import OF_FAIL_NEXT


def codes(double, *recipients, helo="client.example"):
    """What RCPT is answered for each, in one session."""
    with smtplib.SMTP(double.host, double.port, local_hostname=helo) as client:
        client.ehlo()
        client.mail("me@example.org")
        return [client.rcpt(recipient)[0] for recipient in recipients]


def send(double, recipient="ann@example.com", subject="hello", more=""):
    with smtplib.SMTP(double.host, double.port) as client:
        client.sendmail("me@example.org", [recipient], f"Subject: {subject}\r\n{more}\r\nHi.\r\n")


class TestFailNext:
    def test_so_often(self, double):
        rule = double.fail_next(450, times=2)
        assert (rule.at, rule.times, rule.posted) == (["rcpt"], 2, True)
        assert codes(double, *["a@example.com"] * 3) == [450, 450, 250]
        assert double.hits(rule.name) == 2

    def test_once_unless_told_otherwise(self, double):
        double.fail_next(450)
        assert codes(double, "a@example.com", "a@example.com") == [450, 250]
        double.fail_next(550, times=None)
        assert codes(double, *["a@example.com"] * 4) == [550] * 4

    def test_with_a_text(self, double):
        double.fail_next("452 4.2.2 Mailbox full", stage=["mail", "vrfy"], name="full")
        with smtplib.SMTP(double.host, double.port) as client:
            client.ehlo()
            assert client.mail("me@example.org") == (452, b"4.2.2 Mailbox full")
        assert double.rule("full").at == ["mail", "vrfy"]

    def test_on_conditions(self, double):
        double.fail_next(550, recipient="*@example.com", helo="one.example", times=None)
        double.fail_next(551, recipient_domain="example.net", times=None, when={"session": {"over": 1}})
        assert codes(double, "a@example.com", "a@example.net", helo="one.example") == [550, 250]
        assert codes(double, "a@example.com", "a@example.net", helo="two.example") == [250, 551]

    def test_and_then(self, double):
        double.fail_next(None, stage="rcpt", then="close")
        with pytest.raises(smtplib.SMTPServerDisconnected):
            codes(double, "a@example.com")
        double.fail_next(450, then={"close": 0.001}, delay=timedelta(milliseconds=2))
        assert codes(double, "a@example.com") == [450]
        (waited, *_) = [entry for entry in double.session(2).entries if entry.kind == "waited"]
        assert waited.asked_ms == 2

    def test_mistakes_are_told(self, double):
        with pytest.raises(BadScenario, match="recipent.*did you mean 'recipient'"):
            double.fail_next(550, recipent="x")
        with pytest.raises(BadScenario, match="rctp"):
            double.fail_next(550, stage="rctp")
        with pytest.raises(ValueError):
            double.fail_next(550, delay=-1)
        with pytest.raises(Conflict):
            double.fail_next(550, name="same")
            double.fail_next(550, name="same")

    @pytest.mark.parametrize("word, near", [("tiems", "times"), ("time", "times"), ("stgae", "stage"), ("stages", "stage"),
                                            ("cod", "code"), ("delya", "delay"), ("nmae", "name"), ("whne", "when")])
    def test_a_typo_of_an_argument_is_no_condition(self, double, word, near):
        with pytest.raises(TypeError, match=rf"fail_next\(\) has no argument '{word}'; did you mean '{near}'"):
            double.fail_next(450, recipient="a@*", **{word: 2})
        assert not [rule for rule in double.rules() if rule.posted]

    @pytest.mark.parametrize("word, near", [("states", "state"), ("mesage", "message"), ("bdoy", "body")])
    def test_a_typo_of_a_condition_is_left_to_the_server(self, double, word, near):
        with pytest.raises(BadScenario, match=f"'{word}'; did you mean '{near}'"):
            double.fail_next(450, **{word: 2})

    def test_no_condition_is_taken_for_a_typo(self, double):
        with pytest.raises(BadScenario, match="known are") as failed:
            double.fail_next(450, qqqq=1)
        fields = failed.value.errors[0].detail.partition("known are: ")[2].split(", ")
        assert {"state", "message", "client.ip"} <= set(fields)
        refuse_typos("fail_next()", OF_FAIL_NEXT, [re.sub(r"\W", "_", field) for field in fields])
        double.fail_next(450, state="start")
        assert codes(double, "a@example.com") == [450]

    def test_all_arguments_are_known(self):
        named = [each.name for each in inspect.signature(Double.fail_next).parameters.values()
                 if each.kind is not each.VAR_KEYWORD]
        assert named == ["self", *OF_FAIL_NEXT]


class TestRules:
    def test_as_dict_and_as_yaml(self, double):
        first = double.add_rule({"name": "a/b c", "at": "rcpt", "when": {"recipient": "a@*"}, "reply": 550})
        second, third = double.add_rules("- {at: rcpt, when: {recipient: b@*}, reply: 551}\n- {at: vrfy, reply: 252}\n")
        one = double.add_rule("{at: rset, reply: 250 Fine}")
        assert [rule.name for rule in double.rules()][:4] == [one.name, second.name, third.name, first.name]
        assert codes(double, "a@x", "b@x", "c@x") == [550, 551, 250]
        assert first.name in [rule.name for rule in double.rules()]
        assert {"a/b c", second.name}.isdisjoint(rule.name for rule in double.rules(unused=True))
        assert double.replace_rule("a/b c", {"at": "rcpt", "reply": 450}).hits == 0
        double.remove_rule("a/b c")
        with pytest.raises(NotFound):
            double.rule("a/b c")

    def test_a_rule_is_as_good_as_its_name(self, double):
        rule = double.fail_next(450, times=2, name="a/b c")
        codes(double, "a@x")
        assert double.hits(rule) == double.hits("a/b c") == double.rule(rule).hits == 1
        double.verify(hits={rule: 1})
        double.verify(hits={double.rule(rule): range(1, 2), double.rules()[1].name: 0})
        with pytest.raises(VerifyFailed, match="rule 'a/b c'"):
            double.verify(hits={rule: 2})
        assert double.replace_rule(rule, {"name": "a/b c", "at": "rcpt", "reply": 550}).hits == 0
        double.remove_rule(rule)
        with pytest.raises(NotFound):
            double.hits(rule)
        for call in (double.hits, double.rule, double.remove_rule, lambda none: double.replace_rule(none, {}),
                     lambda none: double.verify(hits={none: 1})):
            with pytest.raises(TypeError, match="a rule, or the name of one, not 7"):
                call(7)

    def test_the_scenario(self, double):
        double.load("scenario: mine\nrules:\n- {at: rcpt, reply: 550}\n")
        assert (double.scenario()["name"], codes(double, "a@x")) == ("mine", [550])
        double.load({"library": "accept"})
        assert codes(double, "a@x") == [250]
        with pytest.raises(BadScenario) as failed:
            double.load("rules:\n- at: rcpt\n  replay: 550\n")
        assert (failed.value.errors[0].line, failed.value.status) == (3, 422)
        assert "line 3" in str(failed.value)

    @pytest.mark.smtp_double("rules:\n- {at: mail, in: down, reply: 451}\n- {at: vrfy, during: 1m..2m, reply: 550}\n")
    def test_states_and_time(self, double):
        assert double.state == "start"
        double.set_state("down")
        assert (double.state, double.states()[0].key) == ("down", "")
        with smtplib.SMTP(double.host, double.port) as client:
            client.ehlo()
            assert client.mail("me@example.org")[0] == 451
            assert double.advance_clock("80s") >= 80
            assert client.verify("a")[0] == 550
            assert double.advance_clock(60) >= 140
            assert client.verify("a")[0] != 550
        assert double.advance_clock("10m") >= 740
        with pytest.raises(ValueError, match="seconds.*'10m', not '10 minutes'"):
            double.advance_clock("10 minutes")
        with pytest.raises(BadScenario):
            double.set_state("donw")


class TestSeen:
    def test_messages(self, double):
        for number in range(3):
            send(double, f"u{number}@example.com", f"number {number}", more=f"X-Number: {number}\r\n")
        assert [message.subject for message in double.messages()] == ["number 0", "number 1", "number 2"]
        assert [message.id for message in double.messages(recipient="u1@*")] == [2]
        (third,) = double.messages(headers={"X-Number": "2"}, subject="number*", sender="me@*")
        assert third.id == 3
        assert double.message(2).recipients == ["u1@example.com"]
        assert double.messages(session=7) == []
        with pytest.raises(NotFound):
            double.message(9)

    def test_more_than_a_page(self, double, monkeypatch):
        monkeypatch.setattr("smtp_double.double.PAGE", 2)
        for number in range(5):
            send(double, subject=str(number))
        assert [message.subject for message in double.messages()] == list("01234")
        assert [session.id for session in double.sessions()] == [1, 2, 3, 4, 5]

    def test_sessions(self, double):
        double.fail_next("550 5.1.1 No such user")
        codes(double, "a@example.com", helo="one.example")
        send(double)
        double.wait_for_sessions(2)
        (refused,) = double.sessions(outcome="refused")
        assert (refused.id, refused.helo, refused.worst_code, refused.end) == (1, "one.example", 550, "client-quit")
        assert [session.id for session in double.sessions(helo="one*", client="127.*", open=False)] == [1]
        entry = next(entry for entry in double.session(1).entries if entry.code == 550)
        assert (entry.stage, entry.rule, entry.received.upper()) == ("rcpt", "posted-1", "RCPT TO:<A@EXAMPLE.COM>")
        assert "No such user" in double.transcript(1)
        assert "No such user" not in double.transcript(2)
        assert double.transcript().count("EHLO") + double.transcript().count("ehlo") >= 2
        assert "session 2" not in double.troubled_transcript()
        assert "posted-1" in double.troubled_transcript()

    def test_deliveries_and_unmatched(self, double):
        double.fail_next(450)
        for _ in range(2):
            try:
                send(double, more="Message-ID: <1@example.org>\r\n")
            except smtplib.SMTPRecipientsRefused:
                pass
        double.wait_for_sessions(2)
        (delivery,) = double.deliveries()
        assert ([attempt.code for attempt in delivery.attempts], delivery.accepted) == ([450, 250], 1)
        assert any(each.stage == "mail" for each in double.unmatched())

    def test_events(self, double):
        heard = []
        events = double.events(after=0)

        def listen():
            for event in events:
                heard.append(event)
                if event.kind == "session" and event.data["end"] is not None:
                    return

        listener = threading.Thread(target=listen)
        listener.start()
        send(double)
        listener.join(30)
        assert {"entry", "session", "message"} <= {event.kind for event in heard}
        assert next(event for event in heard if event.kind == "message").data["subject"] == "hello"
        events.close()

    def test_events_begin_at_once_and_end_with_the_double(self, smtp_double_server):
        double = smtp_double_server.double()
        events = double.events()
        send(double)
        double.wait_for_sessions()
        double.close()
        assert [event.data["subject"] for event in events if event.kind == "message"] == ["hello"]
        with pytest.raises(NotFound):
            double.events()


class TestWaiting:
    def test_for_messages(self, double):
        threading.Timer(0, send, [double, "bob@example.com", "late"]).start()
        message = double.wait_for_message(recipient="bob@*", subject="la?e", timeout=30)
        assert message.subject == "late"
        with pytest.raises(WaitTimeout) as failed:
            double.wait_for_messages(2, timeout=0.01)
        assert (failed.value.count, failed.value.status) == (1, 408)
        with pytest.raises(TimeoutError, match="near: message 1: subject is 'late', not 'early'"):
            double.wait_for_message(subject="early", timeout=0.01)

    def test_for_sessions_and_hits(self, double):
        rule = double.fail_next(450)
        codes(double, "a@example.com")
        assert double.wait_for_hits(rule) == double.wait_for_hits(rule.name, 1) == 1
        assert [session.id for session in double.wait_for_sessions(outcome="refused")] == [1]
        with smtplib.SMTP(double.host, double.port):
            assert len(double.wait_for_sessions(2, ended=None)) == 2
            with pytest.raises(WaitTimeout):
                double.wait_for_sessions(2, timeout=0.01)
        with pytest.raises(NotFound):
            double.wait_for_hits("nope")

    @pytest.mark.parametrize("timeout", ["2ms", "1500us", "0.001s", timedelta(milliseconds=2), 0.002, 0])
    def test_as_long_as_told(self, double, timeout):
        for wait in (double.wait_for_message, double.wait_for_messages, double.wait_for_sessions):
            with pytest.raises(WaitTimeout):
                wait(timeout=timeout)
        rule = double.fail_next(450)
        with pytest.raises(WaitTimeout):
            double.wait_for_hits(rule, timeout=timeout)

    def test_what_is_no_time_or_count(self, double):
        for timeout in ("2", "2 s", "s", "-2s", "", -1, float("nan"), float("inf")):
            with pytest.raises(ValueError, match="timeout is seconds, .*'200ms'"):
                double.wait_for_message(timeout=timeout)
        for timeout in (None, True, [1]):
            with pytest.raises(TypeError, match="timeout is seconds"):
                double.wait_for_message(timeout=timeout)
        with pytest.raises(TypeError, match="count is a whole number, not '2'"):
            double.wait_for_messages("2")
        with pytest.raises(ValueError, match="count"):
            double.wait_for_sessions(-1)
        with pytest.raises(TypeError, match="a rule, or the name of one"):
            double.wait_for_hits(7)

    def test_a_typo_is_no_condition(self, double):
        with pytest.raises(TypeError):
            double.wait_for_message(recipent="x")
        with pytest.raises(ApiError, match="5 minutes"):
            double.wait_for_message(timeout=301)


class TestVerify:
    def test_what_is_so(self, double):
        rule = double.fail_next(450, times=2, name="busy")
        codes(double, "a@example.com", "a@example.com")
        send(double)
        double.verify(messages=1, sessions=range(2, 4), hits={rule.name: 2}, sequence=["MAIL", "RCPT"], never=["VRFY"],
                      unmatched={"min": 1})
        double.verify(messages=0, recipient="bob@*")
        double.verify(sessions=1, outcome="refused")

    def test_what_is_not(self, double):
        send(double)
        with pytest.raises(AssertionError) as failed:
            double.verify(messages=2, subject="hello")
        assert isinstance(failed.value, VerifyFailed)
        assert failed.value.failed[0]["actual"] == "there was 1"
        assert "there was 1" in str(failed.value)

    @pytest.mark.smtp_double("rules:\n- {name: defer, at: rcpt, reply: 450, expect: {hits: 1}}\n")
    def test_what_the_scenario_expects(self, double):
        with pytest.raises(VerifyFailed, match="(?s)1 hit of rule 'defer'.*there was none"):
            double.verify()
        codes(double, "a@example.com")
        double.verify()

    def test_what_makes_no_sense(self, double):
        with pytest.raises(TypeError, match="how many messages"):
            double.verify(subject="x")
        with pytest.raises(ValueError):
            double.verify(messages=range(3, 3))
        with pytest.raises(TypeError, match="a count is"):
            double.verify(messages="1")
        with pytest.raises(TypeError, match="hits are counts"):
            double.verify(hits=["defer"])


class TestLists:
    """One text in place of a list is never taken for its letters."""

    def test_of_a_double(self, double):
        for call, named in ((lambda: double.verify(never="VRFY"), "never"),
                            (lambda: double.verify(sequence="EHLO"), "sequence"),
                            (lambda: double.verify(sequence=b"EHLO"), "sequence"),
                            (lambda: double.verify(sequence=[1]), "sequence"),
                            (lambda: double.verify(never=7), "never"),
                            (lambda: double.fail_next(450, stage={"rcpt": 1}), "stage"),
                            (lambda: double.reset(["journal"]), "reset")):
            with pytest.raises(TypeError, match=f"{named}.* list of texts such as"):
                call()
        with pytest.raises(TypeError, match="add_rule"):
            double.add_rules({"at": "rcpt", "reply": 550})
        double.verify(never=("VRFY",), unmatched=0)

    def test_of_a_server(self, smtp_double_server):
        with pytest.raises(TypeError, match="listen is a list of texts.*not 'lmtp'"):
            smtp_double_server.double(listen="lmtp")
        with pytest.raises(TypeError, match="options is a list of texts"):
            SmtpDouble(options="--seed 7")


class TestEnds:
    def test_reset(self, double):
        double.fail_next(450, times=1)
        codes(double, "a@example.com")
        send(double)
        double.reset("mailbox")
        assert (double.messages(), len(double.sessions())) == ([], 2)
        double.reset()
        assert (double.sessions(), [rule for rule in double.rules() if rule.posted]) == ([], [])
        with pytest.raises(ApiError):
            double.reset("everything")

    def test_closed(self, smtp_double_server):
        with smtp_double_server.double(name="short") as double:
            assert "short" in [each.name for each in smtp_double_server.doubles()]
            with pytest.raises(Conflict):
                smtp_double_server.double(name="short")
        with pytest.raises(NotFound):
            double.messages()
        with pytest.raises(OSError):
            smtplib.SMTP(double.host, double.port)
        double.close()

    def test_listeners(self, smtp_double_server):
        with smtp_double_server.double(listen=["smtp", "smtps", "lmtp"]) as double:
            assert len({double.port, double.smtps_port, double.lmtp_port}) == 3
            assert "smtp=127.0.0.1" in repr(double)
        with smtp_double_server.double(listen=["lmtp"]) as double:
            assert double.port == double.lmtp_port
            with pytest.raises(LookupError, match="no listener for smtps"):
                double.smtps_port

    def test_selected(self, smtp_double_server):
        with smtp_double_server.double(select={"helo": "worker-3.test"}) as double:
            double.fail_next(550)
            main = smtp_double_server.main
            assert codes(main, "a@example.com", helo="worker-3.test") == [550]
            assert codes(main, "a@example.com") == [250]
            assert (double.listeners, double.host, double.port) == ([], main.host, main.port)
            with pytest.raises(NoListener):
                double.lmtp_port
            (again,) = [each for each in smtp_double_server.doubles() if each.name == double.name]
            assert codes(again, "a@example.com", helo="worker-3.test") == [250]
        with smtp_double_server.double(select={"helo": "worker-4.test"}, listen=["lmtp"]) as double:
            assert double.port == double.lmtp_port != main.port


def test_errors_can_be_pickled(double):
    """As workers of pytest and multiprocessing do."""
    for call in (lambda: double.message(9), lambda: double.verify(messages=9),
                 lambda: double.wait_for_message(timeout=0),
                 lambda: double.load("rules: 7")):
        with pytest.raises(SmtpDoubleError) as failed:
            call()
        again = pickle.loads(pickle.dumps(failed.value))
        assert (type(again), str(again), again.status) == (type(failed.value), str(failed.value), failed.value.status)
