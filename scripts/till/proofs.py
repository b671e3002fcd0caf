"""What was published of the shop's log, as somebody keeps it who does not trust the server.

While the tills work a watcher keeps every checkpoint and every receipt that is handed out. After a blow the log is copied
anew, entries, tiles and checkpoint; the tree is made again from the entries' bytes, and everything that was ever kept has
to fit it: no checkpoint taken back, none signed again to another root, every receipt still good. The notes are read and
their signatures checked by `examples/verify_log.py`, which shares no line with the server.
"""

import base64
import contextlib
import http.client
import io
import pathlib
import shutil
import struct
import sys
import threading
import time

from .server import REPOSITORY, Trouble
from .shop import SLUG
from .tree import Tree, is_included, is_prefix, leaf_hash

sys.path.insert(0, str(REPOSITORY / "examples"))
import verify_log  # noqa: E402

# What is new is published within a second or so, however slow the machine.
PUBLISHED_WITHIN = 30.0
# Older bills whose receipts are asked for again.
OLD_RECEIPTS = 5


def _sure(holds, words):
    if not holds:
        raise Trouble(words)


class Receipt:
    """C2SP's tlog-proof of one entry, with the leaf that it is of."""

    def __init__(self, body):
        head, self.note = body["proof"].split("\n\n", 1)
        version, index, *hashes = head.split("\n")
        _sure(version == "c2sp.org/tlog-proof@v1" and index == f"index {body['seq']}", f"not a proof: {head!r}")
        self.index, self.leaf = body["seq"], bytes.fromhex(body["leaf_hash"])
        self.proof = [base64.b64decode(line, validate=True) for line in hashes]


class Proofs:
    """Every checkpoint and receipt that was ever handed out, and the log as it was last copied."""

    def __init__(self, shop):
        self.shop = shop
        self.keys = {}
        self.seen = {}
        self.leaves = []
        self.kept = []
        self.receipts = 0
        self.copied = 0

    def keep(self, text, where):
        """Keeps a checkpoint that was handed out; answers its size."""
        try:
            words, signatures = verify_log.note(text)
            origin, size, root = words[:-1].split("\n")
            size, root = verify_log.number(size), verify_log.unbase64(root)
        except ValueError as error:
            raise Trouble(f"{where}: not a checkpoint: {text!r}") from error
        if not all(name in self.keys for name, _ in signatures):
            answer = self.shop.client().want(200, "GET", f"/{SLUG}/log/keys").body
            self.keys = dict(verify_log.vkey(key) for key in answer["keys"])
        by_the_log = False
        for name, raw in signatures:
            _sure(name in self.keys, f"{where}: signed with a key that the log does not show: {name}")
            kind, key = self.keys[name]
            stamp = f"cosignature/v1\ntime {int.from_bytes(raw[:8], 'big')}\n" if kind == 4 else ""
            _sure(verify_log.signed(key, raw[-64:], (stamp + words).encode()), f"{where}: a signature does not hold")
            by_the_log = by_the_log or (kind == 1 and name[0] == origin)
        _sure(by_the_log, f"{where}: not signed by the log")
        known = self.seen.setdefault(size, (origin, root))
        _sure(known == (origin, root), f"{where}: the checkpoint of {size} entries was signed again, to another root")
        return size

    def copy(self, at_least, shown):
        """Copies the log when it is published up to `at_least` entries, and holds everything that was kept against it."""
        client = self.shop.client()
        for note in shown.notes + [receipt.note for receipt in shown.receipts]:
            self.keep(note, "before the blow")
        before = max(self.seen, default=0)
        deadline = time.monotonic() + PUBLISHED_WITHIN
        first = True
        while True:
            answer = client.call("GET", f"/{SLUG}/log/checkpoint")
            if answer.status == 200:
                size = self.keep(answer.text.decode(), "after the blow")
                _sure(not first or size >= before, f"a checkpoint was taken back: {size} entries after {before}")
                if size >= at_least:
                    break
                first = False
            else:
                _sure(answer.status == 404 and not before, f"there is no checkpoint: {answer.text[:600]!r}")
            _sure(time.monotonic() < deadline,
                  f"{at_least} entries are not published after {PUBLISHED_WITHIN} s\n{self.shop.server.log_tail()}")
            time.sleep(0.05)
        entries = list(self._entries(client, size))
        leaves = [leaf_hash(entry) for entry in entries]
        _sure(leaves[:len(self.leaves)] == self.leaves, "an entry that was published is another one now")
        self.leaves, tree = leaves, Tree(leaves)
        for level, number, hashes in tree.tiles():
            path = f"/{SLUG}/log/tile/{level}/{verify_log.place(number, len(hashes))}"
            _sure(client.want(200, "GET", path).text == b"".join(hashes), f"{path} is not what the entries give")
            self.copied += 1
        for receipt in shown.receipts:
            self.hold(receipt)
        newest = self.seen[size]
        for old, (origin, root) in self.seen.items():
            _sure(old <= size and tree.root(old) == root and origin == newest[0],
                  f"the checkpoint of {old} entries is not of the first entries that there are")
            _sure(is_prefix(old, size, root, newest[1], tree.consistency(old, size)),
                  f"the checkpoints of {old} and {size} entries are not of one history")

    def _entries(self, client, size):
        for begin in range(0, size, 256):
            width = min(256, size - begin)
            path = f"/{SLUG}/log/tile/entries/{verify_log.place(begin // 256, width)}"
            raw, at, count = client.want(200, "GET", path).text, 0, 0
            while at < len(raw):
                (length,) = struct.unpack_from(">H", raw, at)
                yield raw[at + 2:at + 2 + length]
                at, count = at + 2 + length, count + 1
            _sure(at == len(raw) and count == width, f"{path} holds {count} entries")

    def check_receipts(self, bills, chance):
        """The receipts that the watcher kept, and anew those of these bills and of some that are older."""
        client = self.shop.client()
        old = chance.sample(self.kept, min(OLD_RECEIPTS, len(self.kept)))
        self.kept += bills
        asked = [self._receipt(client, bill) for bill in bills + old]
        for receipt in asked:
            _sure(receipt is not None, "a bill that is published has no proof")
            self.hold(receipt)
        return len(asked)

    def _receipt(self, client, bill):
        body = client.want(200, "GET", f"/{SLUG}/invoices/{bill}/receipt").body
        return Receipt(body) if body["proof"] else None

    def hold(self, receipt):
        """A receipt's leaf is the entry's, and it leads to the root that the checkpoint in it is of."""
        size = self.keep(receipt.note, "in a receipt")
        _sure(receipt.leaf == self.leaves[receipt.index], f"a receipt of entry {receipt.index} is of another entry")
        _sure(is_included(receipt.leaf, receipt.index, size, receipt.proof, self.seen[size][1]),
              f"a receipt of entry {receipt.index} proves nothing")
        self.receipts += 1

    def finish(self):
        """The log as it is taken away, and the store as the operator looks at it."""
        server = self.shop.server
        server.command("audit", "reconcile", "--workspace", SLUG)
        folder = server.folder / "bundle"
        server.command("audit", "export", "--workspace", SLUG, "--format", "bundle", "--out", folder)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            broken = verify_log.main(folder)
        _sure(not broken, f"the exported log is broken:\n{said.getvalue()}")
        texts = pathlib.Path(folder / "checkpoints.txt").read_text().split("\n\n")[::2]
        kept = {(int(text.split("\n")[1]), base64.b64decode(text.split("\n")[2])) for text in texts}
        # Beyond 2,000 an export leaves every other out.
        lost = [size for size, (_, root) in self.seen.items() if (size, root) not in kept] if len(texts) < 1000 else []
        _sure(not lost, f"checkpoints that were handed out are not in the store: of {lost} entries")
        shutil.rmtree(folder)
        return (f"{len(self.seen)} checkpoints kept, {len(texts)} in the export; {self.receipts} receipts and "
                f"{self.copied} tiles fit {len(self.leaves)} entries")


class Watcher:
    """Asks for checkpoints and receipts while the tills work, until the server is gone."""

    def __init__(self, proofs, chance):
        self.proofs, self.chance = proofs, chance
        self.notes, self.receipts, self.trouble = [], [], None
        self.bills = list(proofs.kept)
        self._stop = threading.Event()
        self._thread = threading.Thread(daemon=True, target=self._watch)
        self._thread.start()

    def _watch(self):
        client = self.proofs.shop.client()
        try:
            while not self._stop.is_set():
                answer = client.call("GET", f"/{SLUG}/log/checkpoint")
                if answer.status == 200:
                    self.notes.append(answer.text.decode())
                elif answer.status not in (404, 503):
                    raise Trouble(f"a checkpoint was answered with {answer.status}: {answer.text[:600]!r}")
                if self.bills and answer.status == 200:
                    bill = self.chance.choice(self.bills)
                    answer = client.call("GET", f"/{SLUG}/invoices/{bill}/receipt")
                    if answer.status == 200 and answer.body["proof"]:
                        self.receipts.append(Receipt(answer.body))
                self._stop.wait(0.02)
        except (OSError, http.client.HTTPException):
            pass
        except Trouble as trouble:
            self.trouble = trouble

    def end(self):
        """Ends it; what it saw is held against the log when there is a server again."""
        self._stop.set()
        self._thread.join(60)
        if self.trouble:
            raise self.trouble
        return self
