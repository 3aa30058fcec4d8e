# SPDX-License-Identifier: Apache-2.0
"""What the scripted exporters of the end-to-end test answer: pages by the ordinal of the request, and hostile answers."""
import gzip
import time


def ordinal_page(n):
    """The answer to request n. Some fail: as a status, as a closed connection, as a silence longer than the timeout, as no metrics."""
    if n % 12 == 5:
        return 500, "no"
    if n % 12 == 7:
        return None
    if n % 12 == 9:
        return 1.0
    if n % 12 == 11:
        return 200, "this is { no page\n"
    lines = ["# HELP ord_total Requests, this one included.", "# TYPE ord_total counter", f"ord_total {n}",
             f"ord_value{{kind=\"half\"}} {n / 2}", f"ord_value{{kind=\"huge\"}} {n}e300", "ord_value{kind=\"nan\"} NaN",
             f"ord_honest{{job=\"theirs\"}} {n}", f"ord_dropped {n}"]
    if n % 3 == 0:
        lines.append(f"ord_sometimes {n}")
    if n % 4 == 0:
        lines += [f"ord_twice {n}", f"ord_twice {n + 1}"]
    return 200, "\n".join(lines) + "\n"


def head(*lines, length=None):
    fields = [*lines, "Content-Type: text/plain", "Connection: close"]
    if length is not None:
        fields.append(f"Content-Length: {length}")
    return ("HTTP/1.1 200 OK\r\n" + "\r\n".join(fields) + "\r\n\r\n").encode()


def whole(body, *lines):
    return lambda connection: connection.sendall(head(*lines, length=len(body)) + body)


def cut(connection):
    connection.sendall(head(length=100) + b"m 1\n")


def drip(connection):
    connection.sendall(head(length=100))
    for _ in range(100):
        connection.sendall(b"#")
        time.sleep(0.05)


def silent(connection):
    time.sleep(2)


def circle(connection):
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


# What a server at the other end may do, one request after the other; a good answer between them.
GOOD = whole(b"hostile_value 1\n")
HOSTILE = (GOOD, cut, GOOD, whole(b"# comment of a line\n" * 100_000), whole(gzip.compress(b"#" * 5_000_000 + b"\n"), "Content-Encoding: gzip"),
           whole(b"no gzip at all", "Content-Encoding: gzip"), drip, GOOD, silent, circle)
