# SPDX-License-Identifier: BSD-2-Clause
"""The rules of the table and of the CSV, stated once more and plainly: what the program's output is compared with.

Counts are a list of (link, direction, type, count); a link is (server, client, transport, server port, client port), a
direction "in", "out" or "both". A part of a link that is not known is "".
"""

import csv
import io

METHODS = ("INVITE ReINVITE UPDATE CANCEL PRACK BYE ACK SUBSCRIBE NOTIFY PUBLISH REFER OPTIONS INFO REGISTER MESSAGE "
           "PING UNKNOWN").split()
PLACES = {1: (0,), 2: (0, 1), 3: (0, 2, 1), 4: (0, 2, 3, 1), 5: (0, 2, 3, 4, 1)}  # of a link's parts, as written
NAMES = ("server_ip", "client_ip", "proto", "server_port", "client_port")


def parts(link, depth):
    return tuple(link[place] for place in PLACES[depth])


class Sheet:
    """Rows in order, columns in order, and the numbers."""

    def __init__(self, counts, depth=4, by_total=False, top=None):
        rows = {}
        for link, direction, kind, count in counts:
            if count:
                row = rows.setdefault(parts(link, depth), {})
                row[kind, direction] = row.get((kind, direction), 0) + count
        order = sorted(rows)
        ranked = sorted(range(len(order)), key=lambda i: (-sum(rows[order[i]].values()), -i))
        if top is not None:
            ranked = ranked[:top]
        if not by_total:
            ranked.sort()
        self.rows = [(order[i], rows[order[i]]) for i in ranked]
        left_out = [sum(row.values()) for link, row in rows.items() if link not in [order[i] for i in ranked]]
        links = f"{len(left_out)} more link" + ("" if len(left_out) == 1 else "s")
        self.left_out = f" ({sum(left_out)} in {links})" if left_out else ""
        kinds = {kind for _, row in self.rows for kind, _ in row}
        known = [kind for kind in METHODS if kind in kinds]
        others = sorted(kind for kind in kinds if kind not in METHODS and not kind.isdigit())
        self.kinds = known + others + sorted(kind for kind in kinds if kind.isdigit())
        found = {direction for _, row in self.rows for _, direction in row}
        self.directions = ["out", "in"] if found & {"in", "out"} else []
        self.directions += ["both"] if "both" in found else []

    def numbers(self, row):
        return [row.get((kind, direction), 0) for kind in self.kinds for direction in self.directions]

    def sums(self):
        return [sum(column) for column in zip(*(self.numbers(row) for _, row in self.rows))]


def arrow(direction, width):
    ends = {"out": "->", "in": "<-", "both": "<>"}[direction]
    return ends[0] + "-" * (width - 2) + ends[1]


def table(counts, title="", name="", depth=4, by_total=False, top=None, separator="-", margin=1, name_first=False,
          header=True, links=True, summary=True, zeros=True, named=True):
    sheet = Sheet(counts, depth, by_total, top)
    if not sheet.rows:
        return ""
    total = sum(sheet.sums())
    directions = len(sheet.directions)
    widest = max([len(str(total)) * directions] + [len(kind) for kind in sheet.kinds])
    number = round(widest / directions)  # halves to the even number
    if directions == 3:
        number = max(number, 2)
    column = number * directions + max(directions - 1, 1)
    if directions == 1:
        number = column
    left = max(len(title), len(name))
    if links:
        left = max([left] + [len(separator.join(map(str, row))) for row, _ in sheet.rows])
    if sheet.left_out and summary:
        left = max(left, len("SUMMARY" + sheet.left_out))
    left += margin
    last = max(len("TOTAL"), len(str(total)))

    def line(text, cells):
        shown = [text.ljust(left)] + [(str(n) if n or zeros else "").rjust(number) for n in cells]
        return " ".join(shown + ([str(sum(cells)).rjust(last)] if summary else []))

    lines = []
    if header:
        shown = name if named else ""  # the room is that of the name all the same
        tops = [title, shown] if not name_first else [shown, title]
        kinds = [kind.center(column) for kind in sheet.kinds]
        lines.append(" ".join([tops[0].ljust(left)] + kinds + (["TOTAL".rjust(last)] if summary else [])))
        arrows = [arrow(direction, number) for _ in sheet.kinds for direction in sheet.directions]
        lines.append(" ".join([tops[1].ljust(left)] + arrows))
    if links:
        lines += [line(separator.join(str(part) for part in row if part != ""), sheet.numbers(cells))
                  for row, cells in sheet.rows]
    if summary:
        lines.append(line("SUMMARY" + sheet.left_out, sheet.sums()))
    return "".join(text + "\n" for text in lines)


def csv_file(counts, depth=5, by_total=False, top=None, header=True):
    sheet = Sheet(counts, depth, by_total, top)
    if not sheet.rows:
        return ""
    kept = [i for i in range(len(PLACES[depth])) if any(row[i] != "" for row, _ in sheet.rows)]
    out = io.StringIO()
    writer = csv.writer(out, dialect="excel")
    if header:
        words = {"out": "OUT", "in": "IN", "both": ""}
        writer.writerow([NAMES[PLACES[depth][i]] for i in kept] +
                        [f"{kind} {words[direction]}" for kind in sheet.kinds for direction in sheet.directions])
    for row, cells in sheet.rows:
        writer.writerow([row[i] for i in kept] + sheet.numbers(cells))
    return out.getvalue()
