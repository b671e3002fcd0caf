"""Two shops on one server, and how their origins are arranged."""

import http.client
import json
import ssl

from till.server import Server, Trouble

PASSWORD = "three slow herons at dusk"
ATTACKED, ATTACKER = "gems", "acme"
CANARY = "Canary-6d1f0c"


class Hosted(Server):
    """A server that is reached by names below `localhost`: an origin a shop, or one for all of them."""

    def __init__(self, binary, base, secure=False, together=False):
        super().__init__(binary)
        self.base, self.secure, self.together = base, secure, together
        stars = [] if together else [f"{self.scheme}://*.{base}:{self.port}"]
        origins = [*stars, f"{self.scheme}://{base}:{self.port}"]
        self.settings = {"AUREX_PUBLIC_ORIGIN": ",".join(origins), **({"AUREX_TLS": "self-signed"} if secure else {})}

    @property
    def scheme(self):
        return "https" if self.secure else "http"

    def host(self, slug=None):
        """Where a shop is reached, or where shops are opened."""
        return f"{self.base}:{self.port}" if slug is None or self.together else f"{slug}.{self.base}:{self.port}"

    def origin_of(self, slug=None):
        return f"{self.scheme}://{self.host(slug)}"

    def page_of(self, slug):
        return f"{self.origin_of(slug)}/w/{slug}/sign-in"

    def cookie_of(self, slug):
        """By which name its session is kept."""
        return f"{'__Host-' if self.secure else ''}aurex-{slug}"

    def connection(self, timeout=10):
        if not self.secure:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        # It is on this machine, and made its certificate a second ago.
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=trusting)


class Program:
    """A shop's owner with a program of their own, which no browser knows of."""

    def __init__(self, server, slug):
        self.server, self.slug, self.cookie = server, slug, None

    @property
    def email(self):
        return f"owner@{self.slug}.example"

    def call(self, status, method, path, body=None, slug=True):
        """The answer's body and headers; it has to have this status."""
        at = self.slug if slug else None
        headers = {"Host": self.server.host(at), "Origin": self.server.origin_of(at), "Content-Type": "application/json"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        connection = self.server.connection()
        try:
            whole = "/api/v1/workspaces" + (f"/{self.slug}" if slug else "") + path
            connection.request(method, whole, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status != status:
            raise Trouble(f"{method} {path}: {answer.status} instead of {status}: {text[:400]!r}")
        return (json.loads(text) if text else None), answer.headers

    def open(self):
        """Opens the shop and signs in."""
        business = {"legal_name": "A Shop LLP", "address": "12 Zaveri Bazaar, Mumbai 400002", "scheme": "regular",
                    "gstin": "27AAECG3736E1C2"}
        owner = {"name": "Meera Iyer", "email": self.email, "password": PASSWORD}
        self.call(201, "POST", "", {"slug": self.slug, "name": self.slug.title(), "currency": "INR", "state_code": "27",
                                    "time_zone": "Asia/Kolkata", "business": business, "owner": owner}, slug=False)
        self.sign_in()

    def sign_in(self):
        _, headers = self.call(201, "POST", "/sessions", {"email": self.email, "password": PASSWORD})
        self.cookie = headers["Set-Cookie"].split(";")[0]

    def changes(self):
        """What was done in the shop, by its log, without whose entry nothing is done. Where an attack has ended every
        session of the owner's, this one too, signing in anew stands there as well."""
        try:
            self.call(200, "GET", "/session")
        except Trouble:
            self.sign_in()
        found, after = [], ""
        while after is not None:
            page, _ = self.call(200, "GET", "/audit?limit=200" + (f"&after={after}" if after else ""))
            found += [(entry["seq"], entry["action"]) for entry in page["items"] if entry["outcome"] == "done"]
            after = page["next"]
        return sorted(found)
