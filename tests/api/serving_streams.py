"""The stream as a real process, and clients that follow it over real sockets and come back when it is gone."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from config.stack.lifeline import die_with_parent

ROOT = Path(__file__).resolve().parents[2]


class StreamProcess:
    """`start()`, `kill()` with -9, and start again on the same port."""

    def __init__(self, place, said: Path, **more: str) -> None:
        self.said = said
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        # Sessions that tests open take one step only.
        self.environment = {**os.environ, **place.environment(), "LFR_DEMONSTRATION": "1", **more}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "granian", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--interface", "asginl", "--no-ws", "--log-level", "warning", "config.asgi:application"]
        with self.said.open("ab") as said:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10).close()
                return
            time.sleep(0.05)
        raise AssertionError("The stream did not start.")

    def log(self) -> str:
        return self.said.read_text()

    def kill(self) -> None:
        """With -9, and its worker with it."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class Listener:
    """One client, as the protocol asks of it: it comes back after a loss and says where it stopped.

    `heard` are the positions of events in the order of their arrival. `refused` is the status that ended it.
    """

    def __init__(self, port: int, path: str = "/stream/", cookie: str = "", after: int = 0) -> None:
        self.port, self.path, self.cookie = port, path, cookie
        self.last, self.heard, self.connected = after, [], 0
        self.refused: int | None = None
        self.task = asyncio.ensure_future(self._follow())

    async def _follow(self) -> None:
        while self.refused is None:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError):
                await self._once()
            await asyncio.sleep(0.1)

    async def _once(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            asked = [
                f"GET {self.path} HTTP/1.1",
                f"Host: 127.0.0.1:{self.port}",
                f"Last-Event-ID: {self.last}",
            ]
            asked += [f"Cookie: {self.cookie}"] if self.cookie else []
            writer.write("\r\n".join([*asked, "", ""]).encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            status = int(head.split(" ", 2)[1])
            if status != 200:
                self.refused = status
                return
            self.connected += 1
            kept = b""
            while size := int(await reader.readline(), 16):
                kept += await reader.readexactly(size)
                await reader.readexactly(2)
                *blocks, kept = kept.split(b"\n\n")
                for block in blocks:
                    self._take(block.decode())
        finally:
            writer.close()

    def _take(self, block: str) -> None:
        said = dict(line.split(": ", 1) for line in block.split("\n"))
        self.last = int(said.get("id", self.last))
        if "data" in said:
            assert json.loads(said["data"])["position"] == self.last
            self.heard.append(self.last)


async def until(condition, seconds: float = 120) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)
