"""The server's process: start it, wait until it is ready, end it as gently or as rudely as asked."""

import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
START_WITHIN = 30.0


class Trouble(Exception):
    """Something that must not happen did."""


def leave_in_order_when_asked():
    """Makes SIGTERM an ordinary exit, so that whoever stops this tool does not leave its server behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def build(release):
    """Builds the server and answers where it is."""
    command = ["cargo", "build", "--locked", "-p", "aurex-server", "--message-format", "json-render-diagnostics"]
    command += ["--release"] if release else []
    done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
    for line in done.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message.get("target", {}).get("name") == "aurex-server":
            return pathlib.Path(message["executable"])
    raise Trouble("the build made no aurex-server")


def _free_port():
    # Below the range that clients' own ports come from: a client that knocks while the server is down could otherwise be
    # given this very port and connect to itself.
    for _ in range(1000):
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise Trouble("no port is free")


class Server:
    """One data folder, and the process that serves it at the moment; with `database_url`, its data is on Postgres.

    `settings` are environment variables of the server's."""

    def __init__(self, binary, database_url=None, settings=None):
        self.database_url = database_url
        self.settings = settings or {}
        self.binary = pathlib.Path(binary).resolve()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="aurex-till-"))
        self.port = _free_port()
        self.process = None
        self.log = self.folder / "log"

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        """Starts the process and waits for `/readyz`; answers how long that took."""
        self.spawn()
        return self.wait_until_ready()

    def wait_until_ready(self):
        """Waits for `/readyz` of the process that runs; answers how long that took."""
        begun = time.monotonic()
        while time.monotonic() - begun < START_WITHIN:
            if self.process.poll() is not None:
                raise Trouble(f"the server ended: exit code {self.process.returncode}\n{self.log_tail()}")
            if self._ready():
                return time.monotonic() - begun
            time.sleep(0.01)
        raise Trouble(f"the server was not ready within {START_WITHIN} s\n{self.log_tail()}")

    def spawn(self):
        """Starts the process and does not wait."""
        command = [self.binary, "serve", *(["--migrate"] if self.database_url else []), "--listen", f"127.0.0.1:{self.port}",
                   "--data-dir", self.folder / "data"]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in [*command, "--log", "json"]],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _environment(self):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AUREX_")}
        if self.database_url:
            environment["AUREX_DATABASE_URL"] = self.database_url
        environment.update(self.settings)
        return environment

    def command(self, *words):
        """Runs another command of the server's beside it, which has to end well."""
        words = [self.binary, *words, "--data-dir", self.folder / "data"]
        done = subprocess.run([str(word) for word in words], cwd=self.folder, env=self._environment(),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise Trouble(f"{' '.join(str(word) for word in words[1:3])}: {done.stdout}{done.stderr}")

    def connection(self, timeout=2):
        """A new connection to it."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def host(self):
        """A name that it answers to."""
        return f"127.0.0.1:{self.port}"

    def _ready(self):
        knock = self.connection()
        try:
            knock.request("GET", "/readyz", headers={"Host": self.host()})
            return knock.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            knock.close()

    def kill(self):
        """SIGKILL, to this process and no other."""
        if self.process.poll() is not None:
            raise Trouble(f"the server had ended by itself: exit code {self.process.returncode}\n{self.log_tail()}")
        self.process.kill()
        self.process.wait(10)

    def terminate(self, within):
        """SIGTERM; answers the exit code and how long it took, or `None` when it did not end in time."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(within), time.monotonic() - begun
        except subprocess.TimeoutExpired:
            return None, within

    def log_lines(self, *levels):
        """The lines of the log at these levels, and whatever is no line of a log: a panic's words, for example."""
        found = []
        for line in self.log.read_text(errors="replace").splitlines():
            try:
                if json.loads(line).get("level") in levels:
                    found.append(line)
            except ValueError:
                found.append(line)
        return found

    def log_tail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:]) if self.log.exists() else ""

    def close(self):
        """Ends the process if it still runs, and removes the folder."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)
