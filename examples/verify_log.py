#!/usr/bin/env python3
"""Verify the audit log of a shop, from a folder, with nothing but Python: verify_log.py FOLDER [POLICY]

Written from docs/audit-format.md and independent of the library: it prints the same report, finding by finding, or one of
them is wrong. The proof itself, leaves, tree, checkpoints and commitments, takes some sixty lines. The rest is what Python's
standard library lacks (Ed25519, forty lines), the language of C2SP's policies (thirty), reading strictly what may be written
in one way only (fifty), and naming each thing that does not fit instead of stopping at the first.
Exit status: 0 when everything fits, 1 when something does not."""
import base64, functools, hashlib, pathlib, re, struct, sys

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
sha = lambda *parts: hashlib.sha256(b"".join(parts)).digest()

def need(holds):  # what is not as the format has it
    if not holds: raise ValueError

# Ed25519 (RFC 8032, section 5.1), points as (x, y, z, t); for checking alone, so nothing needs constant time.
def add(p, q):
    a, b, c, d = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0]), 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P

def times(n, p):
    q = (0, 1, 1, 0)
    for bit in bin(n)[2:]:
        q = add(q, q)
        if bit == "1": q = add(q, p)
    return q

@functools.lru_cache
def point(raw):
    y, sign = int.from_bytes(raw, "little") & (2**255 - 1), raw[31] >> 7
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if x * x % P != xx: x = x * pow(2, (P - 1) // 4, P) % P
    need(x * x % P == xx and y < P)
    x = P - x if x & 1 != sign else x
    p = (x, y, 1, x * y % P)
    need(times(8, p)[0])  # no point of small order
    return p

BASE = point(bytes([0x58]) + bytes([0x66]) * 31)

@functools.lru_cache
def signed(key, signature, message):
    try: point(signature[:32]), point(key)
    except ValueError: return False
    s, (x, y, z, t) = int.from_bytes(signature[32:], "little"), point(key)
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    x, y, z, _ = add(times(s, BASE), times(k, (P - x, y, z, P - t)))
    x, y = x * pow(z, -1, P) % P, y * pow(z, -1, P) % P
    return s < Q and (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]

# Values, texts and notes.
def unbase64(text):
    raw = base64.b64decode(text, validate=True)
    need(base64.b64encode(raw).decode() == text)
    return raw

def number(text):
    need(re.fullmatch("0|[1-9][0-9]{0,19}", text) and int(text) < 2**64)
    return int(text)

def value(raw, at=0, depth=0):  # -> (tag, value), place after it
    tag, at = raw[at], at + 1
    size = {0: 0, 1: 0, 2: 0, 3: 8, 6: 16, 8: 2, 9: 11}.get(tag)
    if tag in (4, 5, 7): (size,), at = struct.unpack_from(">I", raw, at), at + 4
    need(size is not None and at + size <= len(raw))
    if tag == 7:
        need(depth < 16)
        items = []
        for _ in range(size):
            item, at = value(raw, at, depth + 1)
            items.append(item)
        return (7, items), at
    body = raw[at:at + size]
    if tag == 4: body = body.decode()
    if tag == 3: body = int.from_bytes(body, "big", signed=True)
    return (tag, body), at + size

def entry(raw):  # -> tenant, number, time, commitments as (name, hash)
    try: (tag, v), end = value(raw)
    except (IndexError, struct.error): raise ValueError
    need(tag == 7 and end == len(raw) and [t for t, _ in v][:5] == [4, 6, 3, 3, 7] and len(v) == 13)
    need([t for t, _ in v[6:]] == [4] * 5 + [7, 7] and v[5][0] in (0, 6) and v[0][1] == "aurex/audit/v1")
    need([t for t, _ in v[4][1]] == [4] * 4 and v[9][1] in ("done", "refused", "seen") and v[2][1] >= 0)
    commitments = [v[11]] + v[12][1]
    need(all(t == 7 and [u for u, _ in c] == [4, 5] and len(c[1][1]) == 32 for t, c in commitments))
    return v[1][1], v[2][1], v[3][1], [(c[0][1], c[1][1]) for _, c in commitments]

def vkey(text):  # -> (name, id), (kind, key)
    name, key_id, raw = text.split("+", 2)
    raw = unbase64(raw)
    need(name and not re.search(r"[\s\x00-\x1f\x7f-\x9f]", name) and len(raw) == 33 and raw[0] in (1, 4))
    need(sha(name.encode(), b"\n", raw)[:4].hex() == key_id and point(raw[1:]))
    return (name, bytes.fromhex(key_id)), (raw[0], raw[1:])

def note(text):  # -> text, signatures as ((name, id), bytes)
    need("\n\n" in text and text.endswith("\n") and not re.search(r"[\x00-\x09\x0b-\x1f]", text))
    head, below = text.rsplit("\n\n", 1)
    signatures = []
    for line in below[:-1].split("\n"):
        dash, name, raw = line.split(" ", 2)
        raw = unbase64(raw)
        need(dash == "\u2014" and name and not re.search(r"[\s+]", name) and len(raw) > 4)
        signatures.append(((name, raw[:4]), raw[4:]))
    need(len(signatures) <= 64)
    return head + "\n", signatures

class Policy:
    def __init__(self, text):
        self.logs, self.witnesses, self.rules, quorum = {}, {}, {}, []
        need(not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text))
        for words in (re.split("[ \t]+", line.strip(" \t")) for line in text.split("\n")):
            if words == [""] or words[0].startswith("#"): continue
            kind, name, rest = words[0], words[1] if len(words) > 1 else "", words[2:]
            if kind == "quorum": quorum.append(name); need(not rest and (name == "none" or name in self.rules)); continue
            if kind != "log": need(name and name != "none" and name not in self.rules)
            if kind == "log": self.key(self.logs, name, 1); need(len(rest) < 2)
            elif kind == "witness": self.rules[name] = self.key(self.witnesses, rest[0] if rest else "", 4); need(len(rest) < 3)
            elif kind == "group":
                members, taken = rest[1:], [m for r in self.rules.values() if isinstance(r[0], int) for m in r[1]]
                need(members and len(set(members)) == len(members) and all(m in self.rules and m not in taken for m in members))
                least = {"any": 1, "all": len(members)}.get(rest[0]) or number(rest[0])
                need(1 <= least <= len(members))
                self.rules[name] = (least, members)
            else: need(False)
        need(len(quorum) == 1)
        self.quorum = quorum[0]
    def key(self, keys, text, kind):
        name, key = vkey(text)
        need(key[0] == kind and all(key[1] != other[1] for other in keys.values()))
        keys[name] = key
        return name
    def met(self, cosigners, rule=None):
        rule = self.rules.get(rule or self.quorum, (1, []))
        return rule in cosigners if isinstance(rule[0], str) else sum(self.met(cosigners, m) for m in rule[1]) >= rule[0]

def place(index, width):
    groups = re.findall("...", str(index).zfill(-(-len(str(index)) // 3) * 3))
    return "/".join(["x" + g for g in groups[:-1]] + groups[-1:]) + ("" if width == 256 else f".p/{width}")

def main(folder, own=None):
    findings = []
    found = lambda code, where: findings.append(f"finding: {code} {where}")
    def read(path, what):
        try: raw = (pathlib.Path(folder) / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError): return found("file.missing", path)
        try: return what(raw)
        except (ValueError, IndexError, struct.error): return found("file.malformed", path)
    lines = lambda raw: (need(raw.endswith(b"\n")), raw.decode()[:-1].split("\n"))[1]
    keys = dict(read("keys.txt", lambda raw: [vkey(line) for line in lines(raw)]) or [])
    policy = Policy(pathlib.Path(own).read_text()) if own else read("policy.txt", lambda raw: Policy(raw.decode()))
    policy = policy or Policy("quorum none")
    def as_note(text):
        try: return note(text)
        except ValueError: return None
    def notes_in(raw):
        need(raw.endswith(b"\n"))
        parts = raw.decode()[:-1].split("\n\n")
        need(len(parts) % 2 == 0)
        return [as_note(f"{parts[n]}\n\n{parts[n + 1]}\n") for n in range(0, len(parts), 2)]
    notes = read("checkpoints.txt", notes_in) or []
    newest = read("log/checkpoint", lambda raw: [as_note(raw.decode())])
    if newest and newest != notes[-1:]: notes += newest
    # Checkpoints among themselves.
    origin, heads, cosigners, count, trusted = None, {}, {}, 0, {**(policy.logs or keys), **policy.witnesses}
    for nth, each in enumerate(notes, 1):
        try:
            need(each)
            text, holding, bad = each[0], [], False
            for who, raw in each[1]:
                if who not in trusted: continue
                kind, key = trusted[who]
                stamp = f"cosignature/v1\ntime {int.from_bytes(raw[:8], 'big')}\n" if kind == 4 else ""
                bad = bad or (kind == 4 and raw[0] > 127) or len(raw) != {1: 64, 4: 72}[kind] or not signed(key, raw[-64:], (stamp + text).encode())
                holding.append((kind, who))
            name, size, root, *extensions = text[:-1].split("\n")
            size, root = number(size), unbase64(root)
            need(name and not re.search(r"[\s+\x00-\x1f\x7f-\x9f]", name) and len(root) == 32 and "" not in extensions)
        except ValueError:
            found("checkpoint.malformed", f"number {nth}")
            continue
        if bad or (1, name) not in [(kind, who[0]) for kind, who in holding]: found("checkpoint.signature", f"number {nth}")
        elif (origin := origin or name) != name: found("checkpoint.other_log", f"number {nth}")
        else:
            count += 1
            if heads and max(heads) > size: found("checkpoint.retracted", f"size {size}")
            if heads.setdefault(size, root) != root: found("checkpoint.forked", f"size {size}")
            else: cosigners.setdefault(size, []).extend(who for kind, who in holding if kind == 4)
    if not heads: found("checkpoint.none", "log")
    # Entries in order: the growing edge as [height, hash], the open tiles by level.
    total, covered, witnessed, fields, erased = max(heads, default=0), 0, None, 0, 0
    size, edge, tiles, tenant, last = 0, [], {}, None, None
    def compare():
        nonlocal covered, witnessed
        if size not in heads: return
        root = edge[-1][1] if edge else sha()
        for _, left in reversed(edge[:-1]): root = sha(b"\1", left, root)
        if root != heads[size]: return found("checkpoint.root", f"size {size}")
        covered, witnessed = size, size if policy.met(cosigners[size]) else witnessed
    def tile(level, index, hashes):
        path = f"log/tile/{level}/{place(index, len(hashes))}"
        if level and (raw := read(path, bytes)) is not None and raw != b"".join(hashes): found("tile.wrong", path)
    compare()
    while size < total:
        width, first, openings = min(256, total - size), size, {}
        where = place(size // 256, width)
        def bundle(raw):
            entries, at = [], 0
            while at < len(raw):
                (length,) = struct.unpack_from(">H", raw, at)
                need(at + 2 + length <= len(raw))
                entries.append(raw[at + 2:at + 2 + length])
                at += 2 + length
            need(len(entries) == width)
            return entries
        def fields_in(raw):
            before = (-1, -1)
            for line in lines(raw):
                seq, slot, salt, *content = line.split(" ")
                if salt == "erased": need(not content); opened = None
                else: need(len(content) == 1 and re.fullmatch("[0-9a-f]{64}", salt)); opened = (bytes.fromhex(salt), unbase64(content[0]))
                need(before < (number(seq), number(slot)) and first <= number(seq) < first + width and number(slot) < 65536)
                before = (number(seq), number(slot))
                openings[before] = opened
            return openings
        entries = read("log/tile/entries/" + where, bundle)
        if entries is None: break
        recorded = read("log/tile/0/" + where, lambda raw: (need(len(raw) == 32 * width), raw)[1])
        opened = read("openings/" + where, fields_in)
        for nth, raw in enumerate(entries):
            leaf, seq = sha(b"\0", raw), size
            if recorded and leaf != recorded[32 * nth:32 * nth + 32]:
                found("entry.leaf", f"entry {seq}")
                leaf = recorded[32 * nth:32 * nth + 32]
            if seq == 0 and origin and ("/log/" not in origin or origin.rsplit("/log/", 1)[1] != leaf[:16].hex()): found("log.origin", "entry 0")
            try: whose, said, at, commitments = entry(raw)
            except ValueError: found("entry.malformed", f"entry {seq}")
            else:
                if said != seq: found("entry.sequence", f"entry {seq}")
                if (tenant := tenant or whose) != whose: found("entry.tenant", f"entry {seq}")
                if last is not None and at < last: found("entry.time", f"entry {seq}")
                last = at
                for slot, (name, commitment) in enumerate(commitments if opened is not None else []):
                    fields += 1
                    if (seq, slot) not in openings or (slot == 0 and openings[seq, 0] is None): found("field.missing", f"entry {seq} field {name}")
                    elif openings[seq, slot] is None: erased += 1
                    else:
                        salt, content = openings[seq, slot]
                        if name == "body/sha256": content = sha(content)
                        if sha(b"aurex/audit/v1/commitment", salt, struct.pack(">I", len(name.encode())), name.encode(), content) != commitment: found("field.altered", f"entry {seq} field {name}")
                for slot in sorted(slot for of, slot in openings if of == seq and slot >= len(commitments)): found("field.unknown", f"entry {seq} slot {slot}")
            size += 1
            edge.append([0, leaf])
            while len(edge) > 1 and edge[-1][0] == edge[-2][0]:
                height, right = edge.pop()
                edge[-1] = [height + 1, sha(b"\1", edge[-1][1], right)]
            compare()
            for level in range(8):
                tiles.setdefault(level, []).append(leaf)
                if len(tiles[level]) < 256: break
                full, hashes = tiles[level], tiles.pop(level)
                while len(hashes) > 1: hashes = [sha(b"\1", *hashes[n:n + 2]) for n in range(0, len(hashes), 2)]
                tile(level, (size >> 8 * level + 8) - 1, full)
                leaf = hashes[0]
    for level in sorted(tiles):
        if tiles[level]: tile(level, size >> 8 * level + 8, tiles[level])
    if total > size: found("log.cut_off", f"entry {size}")
    print(f"log: {origin or '-'}\nentries: {size}\ncheckpoints: {count}\ncovered: {covered}\nfields: {fields}, erased: {erased}")
    print(f"witnessed: {'no' if witnessed is None else witnessed}", *findings[:100], f"findings: {len(findings)}", sep="\n")
    print("verdict:", "broken" if findings else "the operator's word only" if witnessed is None else "proven")
    return bool(findings)

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
