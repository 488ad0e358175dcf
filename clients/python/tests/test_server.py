"""Starting, finding and ending the program."""
import os
import signal
import socket
import subprocess
import sys

import pytest

from smtp_double import ConnectionFailed, SmtpDouble, StartFailed
from smtp_double.double import admin_address


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_it_starts_and_ends():
    with SmtpDouble.start() as server:
        assert server.url.startswith("http://127.0.0.1:")
        assert server.version
        port = server.main.port
        assert listens(port)
    assert not listens(port)
    with pytest.raises(ConnectionFailed):
        server.version
    server.close()  # once more is no mistake


def test_with_a_scenario_and_options():
    with SmtpDouble.start("errors/mailbox-full", options=["--seed", "7", "--log-level", "debug"]) as server:
        details = server.main.details()
        assert (details["scenario"], details["seed"]) == ("mailbox-full", 7)
        with server.main, socket.create_connection(("127.0.0.1", server.main.port)) as client:
            client.recv(100)
        server.main.wait_for_sessions()
        assert listens(server.main.port)  # main stays, whatever block it was in
    assert "session 1" in server.log


def test_the_program_is_looked_for(monkeypatch, tmp_path):
    binary = os.environ["SMTP_DOUBLE_BINARY"]
    (tmp_path / "smtp-double").symlink_to(binary)
    monkeypatch.delenv("SMTP_DOUBLE_BINARY")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with SmtpDouble() as server:
        assert server.version
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(StartFailed, match="SMTP_DOUBLE_BINARY"):
        SmtpDouble()
    with SmtpDouble(binary=tmp_path / "smtp-double") as server:
        assert server.version


def test_what_went_wrong_is_told():
    with pytest.raises(StartFailed, match="no-such-scenario"):
        SmtpDouble("no-such-scenario.yaml")
    with pytest.raises(StartFailed, match="--no-such-flag"):
        SmtpDouble(options=["--no-such-flag"])
    with pytest.raises(StartFailed):
        SmtpDouble(binary=sys.executable, options=["-c", "pass"], start_timeout=10)


def test_how_long_it_may_take():
    with SmtpDouble(start_timeout="30s") as server:
        assert server.version
    with pytest.raises(ValueError, match="start_timeout is seconds"):
        SmtpDouble(start_timeout="soon")


def test_one_that_is_there(monkeypatch, smtp_double_server):
    for value in (smtp_double_server.url, smtp_double_server.url.replace("http://", "")):
        monkeypatch.setenv("SMTP_DOUBLE_ADMIN", value)
        for connected in (SmtpDouble(), SmtpDouble.connect(), SmtpDouble.connect(smtp_double_server.url)):
            assert connected.url == smtp_double_server.url
            connected.close()  # not ours to end
    assert smtp_double_server.version
    with SmtpDouble.start() as own:
        assert own.url != smtp_double_server.url
    monkeypatch.setenv("SMTP_DOUBLE_ADMIN", "off")
    with pytest.raises(ConnectionFailed, match="SMTP_DOUBLE_ADMIN"):
        SmtpDouble.connect()
    with pytest.raises(TypeError):
        SmtpDouble("accept", url=smtp_double_server.url)


def test_nobody_is_there():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        with pytest.raises(ConnectionFailed, match="does not answer"):
            SmtpDouble.connect("http://127.0.0.1:%d" % taken.getsockname()[1])
    with pytest.raises(ValueError):
        SmtpDouble.connect("ftp://127.0.0.1")


def test_addresses():
    assert [admin_address(text) for text in ("", " off ", "127.0.0.1:8025", "https://x/y")] == [
        None, None, "http://127.0.0.1:8025", "https://x/y"]


def test_a_token():
    with SmtpDouble(token="s3cret", options=["--threads", "1"]) as server:
        assert server.double().details()["sessions"] == 0
        with pytest.raises(Exception, match="(?i)token"):
            SmtpDouble.connect(server.url, token="wrong").double()
        assert SmtpDouble.connect(server.url, token="s3cret").version


def test_it_ends_with_its_process():
    script = "from smtp_double import SmtpDouble; server = SmtpDouble(); print(server.main.port, flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    port = int(child.stdout.readline())
    assert listens(port)
    child.communicate(b"\n", timeout=30)
    assert not listens(port)


def test_it_ends_when_its_process_is_killed():
    script = "from smtp_double import SmtpDouble; server = SmtpDouble(); print(server.main.port, flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    port = int(child.stdout.readline())
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        assert client.recv(100).startswith(b"220 ")
        child.kill()
        child.communicate()
        while client.recv(100):  # up to the end that the server makes of it
            pass


def test_it_survives_a_fork():
    """What a worker does at its end must not end the server of its parent."""
    with SmtpDouble.start() as server:
        child = os.fork()
        if child == 0:
            try:
                server.close()
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        assert server.version


def test_the_log_of_one_that_died():
    with SmtpDouble.start(options=["--log-level", "debug"]) as server:
        os.kill(server._process._child.pid, signal.SIGKILL)
        server._process._child.wait()
        with pytest.raises(ConnectionFailed):
            server.double()


def test_explaining(smtp_double_server):
    assert smtp_double_server.explain(550)["code"]["value"] == 550
    assert smtp_double_server.explain("450 4.2.2")["enhanced"]["value"] == "4.2.2"
    assert smtp_double_server.explain(stage="rcpt")["stages"][0]["stage"] == "rcpt"
