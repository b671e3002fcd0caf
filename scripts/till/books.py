"""What has to be true of the shop after anything that may have happened to its server.

Everything is read over HTTP, as the shop itself would read it. The checks keep what they have seen, so that a bill
that was there after one crash is looked for after every later one.
"""

import collections
import re

from .server import Trouble
from .shop import FINENESS_PPM, LOT_MG, SLUG

NUMBER = re.compile(r"^(.*/)(\d{6,})$")


def _sure(holds, words):
    if not holds:
        raise Trouble(words)


class Books:
    """The shop's books, and all that was ever answered about them."""

    def __init__(self, shop):
        self.shop = shop
        self.bills = {}
        self.issues = collections.Counter()
        self.last_seq = -1
        self.kept_unanswered = 0

    def settle(self, attempts):
        """Looks up what was answered and asks again for what was not; answers how many of those had been kept."""
        kept = 0
        clients = [self.shop.client(0), self.shop.client(1)]
        answered = [attempt for attempt in attempts if attempt.answer is not None]
        for attempt in answered:
            status, text = attempt.answer.status, attempt.answer.text
            _sure(status == 201, f"key {attempt.key}: {status} instead of 201: {text[:600]!r}")
            bill = attempt.answer.body
            _sure(bill["id"] not in self.bills, f"bill {bill['number']} was answered to two keys")
            now = clients[attempt.member % 2].want(200, "GET", f"/{SLUG}/invoices/{bill['id']}").body
            _sure(now == bill, f"bill {bill['number']} is not what was answered: {now!r} instead of {bill!r}")
            self.bills[bill["id"]] = bill
        for attempt in attempts:
            if attempt.answer is None:
                first = self._again(clients, attempt)
                _sure(first.body["id"] not in self.bills, f"key {attempt.key} was given another key's bill")
                self.bills[first.body["id"]] = first.body
                kept += first.headers["Idempotency-Replayed"] == "true"
                self._replays(clients, attempt, first.body)
        # A key that was answered stays answered: the last one before the blow, and the first.
        for attempt in {id(attempt): attempt for attempt in answered[:1] + answered[-1:]}.values():
            self._replays(clients, attempt, attempt.answer.body)
        self.kept_unanswered += kept
        return kept

    def _again(self, clients, attempt):
        return clients[attempt.member % 2].want(201, "POST", f"/{SLUG}/invoices", attempt.body, attempt.key)

    def _replays(self, clients, attempt, bill):
        replay = self._again(clients, attempt)
        _sure(replay.body == bill and replay.headers["Idempotency-Replayed"] == "true",
              f"key {attempt.key} asked once more did not answer its bill {bill['number']}")

    def check(self):
        """Numbers, stock, the trial balance and the log, against every bill that is known."""
        client = self.shop.client()
        self._numbers(client)
        self._lot(client)
        for total in client.want(200, "GET", f"/{SLUG}/ledger/trial-balance").body["totals"]:
            _sure(total["debit"] == total["credit"], f"the trial balance does not balance: {total}")
        self._log(client)

    def _numbers(self, client):
        heads = list(client.pages(f"/{SLUG}/invoices"))
        for head in heads:
            bill = self.bills.get(head["id"])
            _sure(bill is not None, f"bill {head['number']} is nobody's: no key has it")
            _sure((head["number"], head["payable"]) == (bill["number"], bill["totals"]["payable"]),
                  f"the list shows bill {bill['number']} as {head}")
        _sure(len(heads) == len(self.bills), f"{len(heads)} bills are listed, {len(self.bills)} were issued")
        parts = [NUMBER.match(head["number"]) for head in heads]
        _sure(all(parts) and len({part[1] for part in parts}) <= 1, "the numbers are not of one series")
        _sure(sorted(int(part[2]) for part in parts) == list(range(1, len(heads) + 1)),
              f"the numbers have a gap or a duplicate: {sorted(head['number'] for head in heads)}")

    def _lot(self, client):
        [lot] = [lot for lot in client.pages(f"/{SLUG}/lots") if lot["id"] == self.shop.lot]
        sold = [line for bill in self.bills.values() for line in bill["lines"]]
        on_hand = LOT_MG - sum(line["net_mg"] for line in sold)
        fine = LOT_MG * FINENESS_PPM - sum(line["fine_ng"] for line in sold)
        _sure((lot["on_hand_mg"], lot["fine_ng"]) == (on_hand, fine),
              f"the lot holds {lot['on_hand_mg']} mg and {lot['fine_ng']} ng; the bills leave {on_hand} and {fine}")

    def _log(self, client):
        fresh = []
        for entry in client.pages(f"/{SLUG}/audit"):
            if entry["seq"] <= self.last_seq:
                break
            fresh.append(entry)
        fresh.reverse()
        places = list(range(self.last_seq + 1, self.last_seq + 1 + len(fresh)))
        _sure([entry["seq"] for entry in fresh] == places, "the log's places have a gap")
        self.last_seq += len(fresh)
        for entry in fresh:
            if entry["action"] == "invoice.issue":
                _sure(entry["outcome"] == "done", f"entry {entry['seq']} is an issue that was {entry['outcome']}")
                self.issues[entry["subject"]["id"]] += 1
        _sure(self.issues == collections.Counter(self.bills.keys()),
              f"{self.issues.total()} entries of the log issue {len(self.bills)} bills")

    def check_journal(self):
        """Every posting there is: entries balance, bills have theirs, balances are the sums; answers how many entries."""
        client = self.shop.client()
        entries = collections.defaultdict(list)
        for account in list(client.pages(f"/{SLUG}/ledger/accounts")):
            debit = credit = 0
            for posting in client.pages(f"/{SLUG}/ledger/accounts/{account['id']}/postings"):
                debit, credit = debit + posting["debit"], credit + posting["credit"]
                entries[posting["entry_id"]].append({**posting, "customer": account["customer_id"]})
            _sure((account["debit"], account["credit"]) == (debit, credit),
                  f"account {account['code']} says {account['debit']} / {account['credit']}, its postings {debit} / {credit}")
        of_bill = collections.defaultdict(list)
        for entry_id, postings in entries.items():
            net = collections.Counter()
            for posting in postings:
                net[posting["commodity"]] += posting["debit"] - posting["credit"]
            _sure(len(postings) >= 2 and not any(net.values()), f"journal entry {entry_id} does not balance: {dict(net)}")
            of_bill[postings[0]["document_id"]].append(postings)
        for bill in self.bills.values():
            [postings] = of_bill.get(bill["id"], [[]])
            owed = sum(p["debit"] for p in postings if p["customer"] and p["commodity"] == "INR")
            fine = sum(p["credit"] for p in postings if p["commodity"] == "gold")
            _sure(owed == bill["totals"]["payable"]["minor"], f"the journal of bill {bill['number']} charges {owed}")
            _sure(fine == sum(line["fine_ng"] for line in bill["lines"]),
                  f"the journal of bill {bill['number']} moves {fine} ng")
        return len(entries)
