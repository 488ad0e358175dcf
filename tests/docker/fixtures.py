"""The programs of docker/ as plain processes and modules, for tests without an engine."""
import contextlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from server_process import PATIENCE, Lines

DOCKER = Path(__file__).resolve().parents[2] / "docker"


def module(path):
    """A file of docker/, imported."""
    file = DOCKER / path
    spec = importlib.util.spec_from_file_location(file.stem, file)
    found = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = found
    spec.loader.exec_module(found)
    return found


def environment(**variables):
    """Ours without what would set the mailer; ports that are given are numbers."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAILER_", "SMTP_DOUBLE_"))}
    return kept | {name: str(value) for name, value in variables.items()}


@contextlib.contextmanager
def mailer(port, **variables):
    """The mailer, sending to this port of ours: yields its URL. SIGTERM ends it with status 0."""
    process = subprocess.Popen([sys.executable, "-B", DOCKER / "compose/app/mailer.py", "127.0.0.1", "0"],
                               env=environment(MAILER_PORT=port, **variables), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = Lines(process.stdout)
    try:
        address = said.wait_for(r"^listening on (\S+), mails go to 127\.0\.0\.1:\d+$")[0].group(1)
        yield f"http://{address}"
        process.terminate()
        if process.wait(PATIENCE) != 0:
            raise AssertionError(f"the mailer ended with status {process.returncode}")
    except BaseException:
        print(said.text(), flush=True)
        raise
    finally:
        process.kill()
        process.wait()
        said.join()
