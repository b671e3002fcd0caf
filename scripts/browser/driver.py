"""A browser without a window, driven as the W3C's WebDriver says, with nothing but the standard library."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time

from till.server import Trouble

START_WITHIN = 30.0


def missing():
    """The programs that are not installed."""
    return [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]


class ScriptFailed(Exception):
    """What was to be run in a page ended with an error."""


class Browser:
    """One browser with a profile of its own."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="aurex-browser-")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = {**os.environ, "HOME": self.folder, "XDG_CONFIG_HOME": self.folder, "XDG_CACHE_HOME": self.folder}
        self.process = subprocess.Popen(
            ["chromedriver", f"--port={self.port}", "--log-level=WARNING"],
            env=environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.session = None

    def start(self):
        """Waits for the driver, and has it open the browser."""
        begun = time.monotonic()
        while True:
            try:
                if self._call("GET", "/status")["ready"]:
                    break
            except (OSError, http.client.HTTPException):
                pass
            if self.process.poll() is not None or time.monotonic() - begun > START_WITHIN:
                raise Trouble("chromedriver does not start")
            time.sleep(0.05)
        switches = [
            "--headless=new",
            f"--user-data-dir={self.folder}/profile",
            # Nothing of the browser's own business, and nobody outside this machine.
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE *.localhost., EXCLUDE 127.0.0.1",
            "--disable-gpu", "--disable-dev-shm-usage",
        ]
        if os.geteuid() == 0:
            # Chromium's own walls between its processes need another user than root; those between origins stay.
            switches.append("--no-sandbox")
        wanted = {"browserName": "chrome", "acceptInsecureCerts": True, "timeouts": {"script": 15_000, "pageLoad": 15_000},
                  "goog:chromeOptions": {"binary": shutil.which("chromium"), "args": switches}}
        opened = self._call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.session = opened["sessionId"]
        return opened["capabilities"]["browserVersion"]

    def _call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        if isinstance(answer, dict) and "error" in answer and "stacktrace" in answer:
            raise ScriptFailed(f"{answer['error']}: {answer['message'].splitlines()[0]}")
        return answer

    def _do(self, method, path, body=None):
        return self._call(method, f"/session/{self.session}{path}", body)

    def go(self, url):
        """Opens an address in the tab in front."""
        self._do("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        """Runs the body of an async function in the page, as a script that was injected into it, and answers its text."""
        whole = """const done = arguments[arguments.length - 1]; const given = [...arguments].slice(0, -1);
            (async () => { %s })().then((it) => done(String(it)), (it) => done("threw " + it));""" % script
        return self._do("POST", "/execute/async", {"script": whole, "args": list(arguments)})

    def cookies(self):
        """The cookies that the page's address is sent, with those that no script sees."""
        return {cookie["name"]: cookie for cookie in self._do("GET", "/cookie")}

    def new_tab(self):
        """Opens a tab and brings it to the front."""
        tab = self._do("POST", "/window/new", {"type": "tab"})["handle"]
        self.front(tab)
        return tab

    def front(self, tab):
        """Brings a tab to the front."""
        self._do("POST", "/window", {"handle": tab})

    def close_others(self, keep):
        """Closes whatever tabs scripts have opened."""
        for tab in self._do("GET", "/window/handles"):
            if tab not in keep:
                self.front(tab)
                self._do("DELETE", "/window")

    def lift_policies(self, lifted):
        """Whether pages are spared the content security policy that they came with."""
        self._do("POST", "/goog/cdp/execute", {"cmd": "Page.setBypassCSP", "params": {"enabled": lifted}})

    def close(self):
        """Ends the browser and its driver, and removes the profile."""
        try:
            if self.session is not None:
                self._do("DELETE", "")
        except (OSError, http.client.HTTPException, ScriptFailed):
            pass
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
