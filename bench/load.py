"""Requests over loopback, so many at a time for so long: by wrk where it is installed, else by a client of our own.

wrk (Debian has it) takes little of the machine away from what is measured; ours takes about as much as a fast server.
Both ask the given paths one after the other, over connections kept open, and report the same figures.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 8

_LUA = """
local paths = {%s}
local headers = {%s}
local at = 0
request = function()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at], headers)
end
done = function(summary, latency, requests)
  io.write(string.format("RESULT %%d %%d %%d %%d %%d %%d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.bytes,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write
    + summary.errors.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back. Latencies in milliseconds, `size` in bytes of an answer with its headers."""

    rate: float
    median: float
    p99: float
    size: float
    errors: int


def ask(
    port: int,
    paths: Sequence[str],
    *,
    seconds: float,
    headers: Mapping[str, str] | None = None,
    connections: int = CONNECTIONS,
) -> Heard:
    """Ask for these paths in turn until the time is over. Raises RuntimeError if a request fails."""
    client = _by_wrk if shutil.which("wrk") else _by_ourselves
    heard = client(port, paths, seconds, dict(headers or {}), connections)
    if (
        heard.rate * seconds < connections
    ):  # so slow that the time was over before each connection was served once
        heard = client(port, paths, seconds * 5, dict(headers or {}), connections)
    if not heard.rate:
        raise RuntimeError(f"{paths[0]} was not answered once in {seconds * 5:.0f} s")
    if heard.errors:
        raise RuntimeError(f"{heard.errors} requests for {paths[0]} failed")
    return heard


def client_name() -> str:
    return "wrk" if shutil.which("wrk") else "bench/load.py"


def _by_wrk(
    port: int, paths: Sequence[str], seconds: float, headers: Mapping[str, str], connections: int
) -> Heard:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "ask.lua"
        script.write_text(
            _LUA
            % (
                ", ".join(map(quoted, paths)),
                ", ".join(f"[{quoted(name)}] = {quoted(value)}" for name, value in headers.items()),
            )
        )
        done = subprocess.run(
            ["wrk", "-t", "1", "-c", str(connections), "-d", f"{max(1, round(seconds))}s", "--timeout", "20s",
             "-s", str(script), f"http://127.0.0.1:{port}"],
            capture_output=True, text=True, timeout=seconds + 60,
        )  # fmt: skip
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", done.stdout)
    if not found:
        raise RuntimeError(f"wrk said: {done.stdout}{done.stderr}")
    requests, took, median, p99, size, errors = map(int, found.groups())
    return Heard(requests / (took / 1e6), median / 1e3, p99 / 1e3, size / max(1, requests), errors)


def _by_ourselves(
    port: int, paths: Sequence[str], seconds: float, headers: Mapping[str, str], connections: int
) -> Heard:
    return asyncio.run(_many(port, paths, seconds, headers, connections))


async def _many(
    port: int, paths: Sequence[str], seconds: float, headers: Mapping[str, str], connections: int
) -> Heard:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    questions = [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{lines}\r\n".encode() for path in paths]
    took: list[float] = []
    sizes: list[int] = []
    errors = 0
    end = time.perf_counter() + seconds

    async def one(start: int) -> None:
        nonlocal errors
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        at = start
        try:
            while (began := time.perf_counter()) < end:
                writer.write(questions[at % len(questions)])
                at += connections
                status, size = await _answer(reader)
                took.append(time.perf_counter() - began)
                sizes.append(size)
                errors += status not in (200, 304)
        except (OSError, asyncio.IncompleteReadError):
            errors += 1
        finally:
            writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(connections)))
    whole = time.perf_counter() - began
    took.sort()
    if not took:
        return Heard(0, 0, 0, 0, errors or 1)
    return Heard(
        len(took) / whole,
        took[len(took) // 2] * 1e3,
        took[int(len(took) * 0.99)] * 1e3,
        sum(sizes) / len(sizes),
        errors,
    )


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    """Status and bytes of one answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    size = len(head)
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    if length:
        await reader.readexactly(int(length[1]))
        size += int(length[1])
    elif re.search(rb"(?i)\r\ntransfer-encoding: *chunked", head):
        while chunk := int(await reader.readline(), 16):
            await reader.readexactly(chunk + 2)
            size += chunk
        await reader.readline()
    return status, size
