"""A process of smtp-double: started here, or somewhere else."""
from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
import threading
from types import TracebackType
from typing import IO, Any, Dict, List, Mapping, Optional, Sequence, Type, Union, cast

from ._api import Api
from ._values import Duration, given, seconds, texts
from .double import Double, Scenario, admin_address
from .errors import ConnectionFailed, StartFailed

OWN_VARIABLES = ("SMTP_DOUBLE_BINARY", "SMTP_DOUBLE_ADMIN", "SMTP_DOUBLE_ADMIN_TOKEN", "SMTP_DOUBLE_ADMIN_OPEN",
                 "SMTP_DOUBLE_LISTEN", "SMTP_DOUBLE_LISTEN_TLS", "SMTP_DOUBLE_LISTEN_LMTP", "SMTP_DOUBLE_PORT_FILE")
LOG_SHOWN = 4000
# What ends the server when this process has been killed: the pipe to it is at its end then.
GUARD = 'read -r done || kill "$0"'


class SmtpDouble:
    """A server with any number of doubles.

    SmtpDouble() connects to the one that SMTP_DOUBLE_ADMIN names, as under `smtp-double run -- pytest`; without that it
    starts one, which ends with close(), with the block, or with this process. The program is `binary`, or that of
    SMTP_DOUBLE_BINARY, or `smtp-double` on the PATH.
    """

    def __init__(self, *scenario: str, binary: Union[str, "os.PathLike[str]", None] = None, options: Sequence[str] = (),
                 url: Optional[str] = None, token: Optional[str] = None, start_timeout: Duration = 30.0):
        options = texts(options, "options", '["--seed", "7"]')
        patience = seconds(start_timeout, "start_timeout")
        self._process: Optional[_Process] = None
        asks_for_own = bool(scenario or options or binary is not None)
        address = url or (None if asks_for_own else admin_address(os.environ.get("SMTP_DOUBLE_ADMIN", "")))
        if address is not None:
            if asks_for_own:
                raise TypeError("either the url of a server, or scenario, options and binary of one to be started")
            self._api = Api(address, token or os.environ.get("SMTP_DOUBLE_ADMIN_TOKEN") or None)
            self._ask_for_life()
        else:
            self._process = _Process(_found(binary), [*scenario, *options], token, patience)
            self._api = Api(f"http://{self._process.ready['admin']}", token)

    @classmethod
    def start(cls, *scenario: str, binary: Union[str, "os.PathLike[str]", None] = None, options: Sequence[str] = (),
              start_timeout: Duration = 30.0) -> SmtpDouble:
        """Starts one, whatever SMTP_DOUBLE_ADMIN says."""
        return cls(*scenario, binary=_found(binary), options=options, start_timeout=start_timeout)

    @classmethod
    def connect(cls, url: Optional[str] = None, *, token: Optional[str] = None) -> SmtpDouble:
        """One that is there: at `url`, or where SMTP_DOUBLE_ADMIN says."""
        address = url or admin_address(os.environ.get("SMTP_DOUBLE_ADMIN", ""))
        if address is None:
            raise ConnectionFailed("there is no address: neither an argument nor SMTP_DOUBLE_ADMIN")
        return cls(url=address, token=token)

    @property
    def url(self) -> str:
        """Of the admin API; in a browser, of the page."""
        return self._api.url

    @property
    def version(self) -> str:
        return str(self._api.get("/v1/version")["version"])

    @property
    def main(self) -> Double:
        """The double that is always there."""
        return Double(self._api, self._api.get("/v1/doubles/main"))

    def double(self, scenario: Optional[Scenario] = None, *, name: Optional[str] = None,
               listen: Optional[Sequence[str]] = None,
               select: Optional[Mapping[str, str]] = None) -> Double:
        """A new double, isolated from all others.

        `scenario` is YAML, a dict, or {"library": "errors/mailbox-full"}; without it addresses ask for their answer,
        as in rcpt-550@example.com. It listens on a free port for each kind in `listen`: smtp, smtps, lmtp. With
        `select`, such as {"helo": "worker-3.test"}, sessions on the port of `main` whose client says so are its own;
        then it listens nowhere else unless `listen` is given, and its host and port are those of `main`.
        """
        kinds = None if listen is None else texts(listen, "listen", '["smtp", "lmtp"]')
        wanted = given(name=name, scenario=scenario, listen=kinds, select=select)
        return Double(self._api, self._api.ask("POST", "/v1/doubles", wanted))

    def doubles(self) -> List[Double]:
        return [Double(self._api, told) for told in self._api.get("/v1/doubles")["doubles"]]

    def explain(self, reply: Union[int, str, None] = None, *, stage: Optional[str] = None) -> Mapping[str, Any]:
        """What a reply means: 550, "450 4.2.2", a whole reply line; what may be answered at a stage."""
        return cast(Dict[str, Any], self._api.get("/v1/explain", {"reply": reply, "stage": stage}))

    @property
    def log(self) -> str:
        """What a server that was started here has logged so far."""
        return self._process.log() if self._process is not None else ""

    def _ask_for_life(self) -> None:
        self._api.get("/livez")

    def close(self) -> None:
        """Ends a server that was started here; leaves any other alone."""
        if self._process is not None:
            self._process.stop()

    def __enter__(self) -> SmtpDouble:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<SmtpDouble {self.url}>"


def _found(binary: Union[str, "os.PathLike[str]", None]) -> str:
    wanted = os.fspath(binary) if binary is not None else os.environ.get("SMTP_DOUBLE_BINARY") or "smtp-double"
    path = shutil.which(wanted)
    if path is None:
        raise StartFailed(f"there is no program {wanted!r}; smtp-double is to be on the PATH, or its place in "
                          "SMTP_DOUBLE_BINARY")
    return path


class _Process:
    """The program on free ports of the loopback."""

    def __init__(self, path: str, words: Sequence[str], token: Optional[str], patience: float):
        # A file and no pipe: nobody has to read it for the server to go on.
        self._log: IO[bytes] = tempfile.TemporaryFile(prefix="smtp-double-log-")
        command = [path, "serve", *words, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]
        variables = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}
        if token:
            variables["SMTP_DOUBLE_ADMIN_TOKEN"] = token
        self._owner = os.getpid()
        try:
            self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._log,
                                           env=variables)
        except OSError as error:
            self._log.close()
            raise StartFailed(f"{path} cannot be run: {error}") from error
        self._guard = subprocess.Popen(["/bin/sh", "-c", GUARD, str(self._child.pid)], stdin=subprocess.PIPE,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        atexit.register(self.stop)
        self.ready = self._read_ready(patience)

    def _read_ready(self, patience: float) -> Dict[str, str]:
        timer = threading.Timer(patience, self._child.kill)
        timer.daemon = True
        timer.start()
        assert self._child.stdout is not None
        line = self._child.stdout.readline().decode("utf-8", "replace")
        timer.cancel()
        ready = dict(word.split("=", 1) for word in line.split()[1:] if "=" in word) if line.startswith("READY ") else {}
        if "admin" not in ready:
            self.stop()
            raise StartFailed(f"{self._child.args!r} did not come to listen:\n{self.log()}")
        return ready

    def log(self) -> str:
        if self._log.closed:
            return self._last
        # pread: the file's place belongs to the server.
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), LOG_SHOWN, max(0, size - LOG_SHOWN)).decode("utf-8", "replace")

    _last = ""

    def stop(self) -> None:
        if self._owner != os.getpid() or self._log.closed:  # a fork of the one that has started it
            return
        atexit.unregister(self.stop)
        self._child.terminate()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        if self._child.stdout is not None:
            self._child.stdout.close()
        try:
            self._guard.communicate(b"done\n")
        except OSError:  # it is gone already
            self._guard.wait()
        self._last = self.log()
        self._log.close()
