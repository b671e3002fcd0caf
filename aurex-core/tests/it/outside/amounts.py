#!/usr/bin/env python3
"""Writes amounts.txt: amounts in rupees as Babel groups them and as num2words spells them.

Both are implementations of other people that know nothing of ours: Babel follows CLDR's pattern of en_IN, num2words has a
module of its own for it. Run with `pip install babel==2.18.0 num2words==0.5.14`; the file is committed, so that no test
needs Python. num2words ends below a thousand crore; greater amounts have their grouping only.
"""

import random
from decimal import Decimal

from babel.numbers import format_decimal
from num2words import num2words

SPELT_BELOW = 10**10


def spelt(number):
    words = num2words(number, lang="en_IN").replace(",", " ").replace("-", " ").split()
    return " ".join(word.title() for word in words if word != "and")


def row(paise):
    rupees, rest = divmod(paise, 100)
    grouped = format_decimal(Decimal(paise) / 100, format="#,##,##0.00", locale="en_IN")
    words = "-" if rupees >= SPELT_BELOW else f"{spelt(rupees)}|{spelt(rest)}"
    return f"{paise}\t{grouped}\t{words}"


def main():
    dice = random.Random(2026)
    paise = set(range(0, 12_100, 100)) | set(range(100))
    for exponent in range(1, 16):
        for near in (-101, -100, -1, 0, 1, 100, 101):
            paise.add(max(0, 10**exponent + near))
    for digits in range(2, 16):
        paise |= {dice.randrange(10 ** (digits - 1), 10**digits) for _ in range(20)}
    print("# Written by amounts.py: paise, the rupees grouped, rupees and paise in words (- where the oracle ends).")
    for amount in sorted(paise):
        print(row(amount))


if __name__ == "__main__":
    main()
