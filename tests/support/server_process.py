"""The program under test, started and ended by tests in Python; tests/support/run.py says which one it is."""
import os
import re
import signal
import subprocess
import tempfile
import textwrap
import threading
import time
from pathlib import Path

BINARY = None  # set by run.py
PATIENCE = 30  # seconds for anything that is going to happen; a sanitizer on a busy machine needs some
SANITIZER_REPORT = re.compile(r"Sanitizer: |: runtime error: ")


def is_sanitized():
    """Whether the program has a sanitizer in it: its memory tells nothing then, and it is slow."""
    binary = Path(BINARY).read_bytes()
    return b"__asan_init" in binary or b"__tsan_init" in binary


def environment(variables=None):
    """Ours, without the settings of the one who runs the tests, and without the admin port that everybody would have."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SMTP_DOUBLE_")}
    return kept | {"SMTP_DOUBLE_ADMIN": "off"} | (variables or {})


def run(*arguments, variables=None, cwd=None, text=True):
    """Runs the program to its end. A sanitizer's report is never the end that a test expects."""
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run([BINARY, *arguments], capture_output=True, cwd=cwd or empty, timeout=PATIENCE,
                              env=environment(variables), stdin=subprocess.DEVNULL)
    error = done.stderr.decode(errors="replace")
    if SANITIZER_REPORT.search(error) or done.returncode < 0:
        raise AssertionError(f"status {done.returncode} of {arguments}:\n{error}")
    if text:
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    return done


def until(condition, what, patience=PATIENCE):
    """Waits for what nothing announces, such as a number in /proc."""
    pause = threading.Event()
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience} s in vain: {what}")
        pause.wait(0.01)


class Lines:
    """What a pipe brings, line by line, for those who wait for some of it."""

    def __init__(self, pipe):
        self._changed = threading.Condition()
        self._octets = b""
        self._ended = False
        self._reader = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._reader.start()

    def _read(self, pipe):
        with pipe:
            while octets := pipe.read1(65536):
                self._append(octets)
        self._append(b"", ended=True)

    def _append(self, octets, ended=False):
        with self._changed:
            self._octets += octets
            self._ended = ended
            self._changed.notify_all()

    def octets(self):
        with self._changed:
            return self._octets

    def text(self):
        return self.octets().decode(errors="replace")

    def wait_for(self, pattern, patience=PATIENCE, count=1):
        """The match objects once there are that many whole lines (newline included) with the pattern."""
        found = []

        def enough():
            whole = self._octets[:self._octets.rfind(b"\n") + 1].decode(errors="replace")
            found[:] = re.finditer(pattern, whole, re.MULTILINE)
            return len(found) >= count or self._ended

        with self._changed:
            self._changed.wait_for(enough, patience)
            if len(found) < count:
                raise AssertionError(f"{len(found)} of {count} times {pattern!r} in:\n{self.text_locked()}")
        return found

    def text_locked(self):
        return self._octets.decode(errors="replace")

    def join(self):
        self._reader.join(PATIENCE)


class ServerProcess:
    """A server on free ports, from its READY line to the end of the `with` block, where it has to stop on
    SIGTERM with status 0 and without a sanitizer's word; what it logged is part of any failure.

    `scenario` is YAML text, or the words of the command line. `admin` is what --admin gets; None leaves it to others.
    A test that stops it by itself calls stop().
    """

    def __init__(self, scenario=(), *options, listen=("127.0.0.1:0",), admin="off", variables=None, cwd=None):
        self._folder = tempfile.TemporaryDirectory(prefix="smtp-double-test-")
        self.folder = Path(self._folder.name)
        words = [self._write(scenario)] if isinstance(scenario, str) else list(scenario)
        listeners = [word for address in listen for word in ("--listen", address)]
        listeners += [] if admin is None else ["--admin", admin]
        self.arguments = [*words, *listeners, *map(str, options)]
        # Its own folder is the current one: no settings file but what the test puts there.
        self.process = subprocess.Popen([BINARY, *self.arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        stdin=subprocess.DEVNULL, cwd=cwd or self.folder, env=environment(variables))
        self.stdout = Lines(self.process.stdout)
        self.log = Lines(self.process.stderr)
        try:
            ready = self.stdout.wait_for(r"^READY (.*)$")[0].group(1)
        except AssertionError:
            self.kill()
            raise AssertionError(f"no READY from {self.arguments}:\n{self.log.text()}") from None
        self.ready = dict(word.split("=", 1) for word in ready.split())
        self.addresses = self.ready["smtp"].split(",") if "smtp" in self.ready else []

    def _write(self, text):
        path = self.folder / "scenario.yaml"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return str(path)

    @property
    def port(self):
        return int(self.addresses[0].rpartition(":")[2])

    @property
    def pid(self):
        return self.process.pid

    def peak_memory(self):
        """The most it ever had resident, in octets."""
        if is_sanitized():
            return 0
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return 1024 * int(re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE).group(1))

    def stop(self, by=signal.SIGTERM, patience=PATIENCE):
        """Ends it, and returns how many seconds that took."""
        begun = time.monotonic()
        self.process.send_signal(by)
        self.wait(patience)
        return time.monotonic() - begun

    def wait(self, patience=PATIENCE):
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still there after {patience} s; its log:\n{self.log.text()}") from None
        self.stdout.join()
        self.log.join()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.stdout.join()
        self.log.join()

    def forget(self):
        """Its folder goes, of a server that a test has killed without a `with`."""
        self._folder.cleanup()

    def check(self):
        if self.process.returncode != 0 or SANITIZER_REPORT.search(self.log.text()):
            raise AssertionError(f"ended with status {self.process.returncode}; its log:\n{self.log.text()}")

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        try:
            if self.process.poll() is None:
                self.stop()
            self.wait()
            if failure is None:
                self.check()
            else:
                print(f"{' '.join(self.arguments)} (status {self.process.returncode}) logged:\n"
                      f"{self.log.text()[-20_000:]}", flush=True)
        finally:
            self._folder.cleanup()
