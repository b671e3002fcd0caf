"""The Merkle tree of RFC 6962 over a list of leaves, and its proofs made and checked: section 2.1 there, and RFC 9162's
sections 2.1.3.2 and 2.1.4.2 for the checking. It shares nothing with the server."""

import hashlib


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """All complete subtrees of the leaves, level by level, so that any root or proof takes a handful of them."""

    def __init__(self, leaves):
        self.levels = [leaves]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            self.levels.append([node_hash(below[n], below[n + 1]) for n in range(0, len(below) - 1, 2)])

    def root(self, size, begin=0):
        """The root of the leaves from `begin` up to `size`."""
        count = size - begin
        if count == 0:
            return hashlib.sha256().digest()
        if count & (count - 1) == 0:
            return self.levels[count.bit_length() - 1][begin // count]
        split = 1 << (count - 1).bit_length() - 1
        return node_hash(self.root(begin + split, begin), self.root(size, begin + split))

    def consistency(self, old, new):
        """The proof that the first `old` leaves are where the first `new` begin."""
        return [] if old in (0, new) else self._subproof(old, 0, new, True)

    def _subproof(self, old, begin, end, whole):
        if old == end - begin:
            return [] if whole else [self.root(end, begin)]
        split = 1 << (end - begin - 1).bit_length() - 1
        if old <= split:
            return self._subproof(old, begin, begin + split, whole) + [self.root(end, begin + split)]
        return self._subproof(old - split, begin + split, end, False) + [self.root(begin + split, begin)]

    def tiles(self):
        """Every tile: its level, its number, its hashes."""
        for level, hashes in enumerate(self.levels[::8]):
            for begin in range(0, len(hashes), 256):
                yield level, begin // 256, hashes[begin:begin + 256]


def is_included(leaf, index, size, proof, root):
    """Whether a proof leads from a leaf to the root of `size` of them."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while fn & 1 == 0 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def is_prefix(old, new, old_root, new_root, proof):
    """Whether a proof shows that the log of `old_root` only grew into that of `new_root`."""
    if old == 0 or old == new:
        return not proof and (old == 0 or old_root == new_root)
    if old > new or not proof:
        return False
    if old & (old - 1) == 0:
        proof = [old_root, *proof]
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while fn & 1 == 0 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == new_root
