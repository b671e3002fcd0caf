"""A jeweller's shop on that server: opened with two members, today's rate, a customer and a big lot of gold."""

import datetime
import http.client
import json
import random
import threading
import time

from .server import Trouble

SLUG = "crash-lane"
RATE_PAISE_A_GRAM = 1_280_000
FINENESS_PPM = 916_000
LOT_MG = 1_000_000_000
COST_PAISE_A_MG = 1_190
OWNER = {"name": "Meera Iyer", "email": "meera@shop.example", "password": "three slow herons at dusk"}
CASHIER = {"name": "Ravi Kumar", "email": "ravi@shop.example", "password": "nine copper lamps in a row"}
ONE_TIME = "a paper slip, used only once"


def _time_zone():
    """India's, unless midnight is near there: a day that ends in mid-run would leave the shop without a rate."""
    india = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=5, minutes=30)))
    return "Asia/Kolkata" if india.hour < 22 else "Europe/London"


def _rupees(minor):
    return {"minor": minor, "currency": "INR"}


class Answer:
    """A response that has been read to its end."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.text = response.read()
        is_json = "json" in (response.headers["Content-Type"] or "")
        self.body = json.loads(self.text) if self.text and is_json else None


class Client:
    """One member's keep-alive connection."""

    def __init__(self, server, cookie=None):
        self.server, self.cookie = server, cookie
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)

    def call(self, method, path, body=None, key=None):
        headers = {"Origin": self.server.origin}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if key:
            headers["Idempotency-Key"] = key
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        try:
            self.connection.request(method, "/api/v1/workspaces" + path, body, headers)
            return Answer(self.connection.getresponse())
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise

    def want(self, status, method, path, body=None, key=None):
        """A call that has to end with this status."""
        answer = self.call(method, path, body, key)
        if answer.status != status:
            raise Trouble(f"{method} {path}: {answer.status} instead of {status}: {answer.text[:600]!r}")
        return answer

    def pages(self, path):
        """Every item of a list, page by page."""
        mark = "&" if "?" in path else "?"
        after = ""
        while after is not None:
            page = self.want(200, "GET", f"{path}{mark}limit=200" + (f"&after={after}" if after else "")).body
            yield from page["items"]
            after = page["next"]

    def sign_in(self, slug, person, password=None):
        body = {"email": person["email"], "password": password or person["password"]}
        answer = self.want(201, "POST", f"/{slug}/sessions", body)
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        return self


class Shop:
    """The shop and its two members' sessions, which have to outlive every crash."""

    def __init__(self, server, slug=SLUG):
        self.server, self.slug = server, slug
        owner = Client(server)
        owner.want(201, "POST", "", {
            "slug": slug, "name": "Crash Lane Jewellers", "currency": "INR", "time_zone": _time_zone(), "state_code": "27",
            "business": {"legal_name": "Crash Lane Jewellers", "address": "12 Zaveri Bazaar, Mumbai 400002",
                         "gstin": "27AAECG3736E1C2", "scheme": "regular"},
            "owner": OWNER,
        })
        owner.sign_in(slug, OWNER)
        owner.want(201, "POST", f"/{slug}/members",
                   {"name": CASHIER["name"], "email": CASHIER["email"], "role": "cashier", "password": ONE_TIME})
        first = Client(server).sign_in(slug, CASHIER, ONE_TIME)
        first.want(204, "POST", f"/{slug}/password", {"current": ONE_TIME, "new": CASHIER["password"]})
        cashier = Client(server).sign_in(slug, CASHIER)
        owner.want(201, "POST", f"/{slug}/rates", {"commodity": "gold", "fineness_ppm": FINENESS_PPM, "kind": "sell",
                                                   "amount": _rupees(RATE_PAISE_A_GRAM), "per_mg": 1000})
        self.customer = owner.want(201, "POST", f"/{slug}/customers", {
            "name": "Asha Rao", "phone": "+919820012345", "state_code": "27", "address": "4 Hill Road, Mumbai 400050",
        }).body["id"]
        self.lot = owner.want(201, "POST", f"/{slug}/lots", {
            "description": "Gold chain by weight", "commodity": "gold", "fineness_ppm": FINENESS_PPM, "mass_mg": LOT_MG,
            "cost": _rupees(LOT_MG * COST_PAISE_A_MG),
        }).body["id"]
        self.cookies = [owner.cookie, cashier.cookie]

    def client(self, member=0):
        """A new connection of one of the two members."""
        return Client(self.server, self.cookies[member % len(self.cookies)])

    def bill(self, chance):
        """A bill of one to three lines from the lot, each of its own weight."""
        return {"customer_id": self.customer, "lines": [self._line(chance) for _ in range(chance.randrange(1, 4))]}

    def _line(self, chance):
        return {
            "lot_id": self.lot, "description": "Chain", "commodity": "gold", "fineness_ppm": FINENESS_PPM,
            "gross_mg": chance.randrange(500, 4_000), "less_mg": 0, "hsn": "71131911",
            "making": {"kind": "percent_of_metal", "ratio_ppm": chance.randrange(80_000, 200_000)},
        }


class SentAway(Exception):
    """The server cannot answer now; whether the bill was kept, the same key will tell."""


class Attempt:
    """One bill that somebody tried to issue, under one key."""

    def __init__(self, member, key, body):
        self.member, self.key, self.body = member, key, body
        self.answer = None
        self.error = None
        self.took = None

    def send(self, client):
        begun = time.monotonic()
        answer = client.call("POST", f"/{SLUG}/invoices", self.body, self.key)
        self.took = time.monotonic() - begun
        if answer.status == 503:
            # Not an answer to the bill: the till is asked to come again, and is told when.
            if not (answer.headers["Retry-After"] or "").isdigit():
                raise Trouble(f"a 503 without Retry-After: {answer.text[:600]!r}")
            raise SentAway(answer.body["code"])
        self.answer = answer


def till(shop, member, attempts, name, chance, go_on, most=None):
    """Issues bill after bill over one connection until told to stop, sent away, or until the server is gone."""
    client = shop.client(member)
    count = 0
    while go_on() and (most is None or count < most):
        attempt = Attempt(member, f"{name}-{count}", shop.bill(chance))
        attempts.append(attempt)
        count += 1
        try:
            attempt.send(client)
        except (OSError, http.client.HTTPException, SentAway) as error:
            attempt.error = error
            break
    client.connection.close()


class Tills:
    """Several tills at once, shared between the members in turn."""

    def __init__(self, shop, count, name, seed, most=None):
        self.attempts = [[] for _ in range(count)]
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(daemon=True, target=till, args=(
                shop, index, self.attempts[index], f"{name}-{index}", random.Random(f"{seed}-{name}-{index}"),
                lambda: not self._stop.is_set(), most,
            ))
            for index in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def wait(self, within):
        """Waits for the tills to end by themselves; whoever does not is in trouble."""
        deadline = time.monotonic() + within
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            self._stop.set()
            raise Trouble(f"a till was still waiting after {within} s")
        return [attempt for attempts in self.attempts for attempt in attempts]
