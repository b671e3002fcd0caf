"""A database of our own on the PostgreSQL server that `scripts/with-postgres` runs, and that server's own end."""

import os
import signal
import subprocess
import time
import urllib.parse
import uuid

from .server import Trouble


def _of_environment(name):
    value = os.environ.get(name)
    if not value:
        raise Trouble(f"{name} is not set: run this within scripts/with-postgres --durable")
    return value


class Database:
    """A new database, removed by `close`."""

    def __init__(self):
        self.server_url = _of_environment("AUREX_TEST_POSTGRES_URL")
        self.name = f"aurex_till_{uuid.uuid4().hex[:12]}"
        self._run(f'CREATE DATABASE "{self.name}"')
        parts = urllib.parse.urlsplit(self.server_url)
        self.url = urllib.parse.urlunsplit(parts._replace(path="/" + self.name))

    def _run(self, statement):
        done = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement, self.server_url],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise Trouble(f"psql: {done.stderr.strip()}")

    def close(self):
        self._run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


class Postmaster:
    """The PostgreSQL server's own process."""

    def __init__(self):
        self.control = _of_environment("AUREX_TEST_POSTGRES_CONTROL")

    def kill(self):
        """SIGKILL, as a crash would end it: its backends notice and end, its memory is left behind."""
        pid = int(subprocess.run([self.control, "pid"], check=True, capture_output=True, text=True).stdout)
        os.kill(pid, signal.SIGKILL)

    def start(self, within=60.0):
        """Starts it again: it replays its log first. Until the last backend is gone it refuses to."""
        begun = time.monotonic()
        while time.monotonic() - begun < within:
            done = subprocess.run([self.control, "start"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if done.returncode == 0:
                return time.monotonic() - begun
            time.sleep(0.2)
        raise Trouble(f"PostgreSQL did not start again within {within} s: {done.stderr.strip()}")
