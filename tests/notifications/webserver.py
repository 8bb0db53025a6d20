"""A gateway of a few lines, on this machine's own network, that can be told to misbehave."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Letter:
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}


@dataclass
class WebServer:
    """`mood`: accept; hang (takes nothing, says nothing); late (takes it, answers when nobody listens any more); vanish (takes it and hangs up);
    twice (answers twice); drip (a byte at a time); babble (200, no JSON); elsewhere (a redirection); a number (that status);
    "errcode N" (200, and no in the body). Closed: nobody listens at all."""

    mood: str = "accept"
    port: int = 0
    knows_keys: bool = False
    lateness: float = 1.0  # seconds
    taken: list[Letter] = field(default_factory=list)
    knocks: int = 0
    _loop: Any = None
    _server: Any = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/robot/send"

    def close(self) -> None:
        """From now on a connection is refused."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(5)

    def open(self) -> None:
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(5)

    async def _close(self) -> None:
        self._server.close()

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 20)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.knocks += 1
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in head[1:] if line)}
        letter = Letter(head[0].split()[1], headers, await reader.readexactly(int(headers.get("content-length", 0))))
        if self.mood == "hang":
            await reader.read()
            return
        if self.mood in {"accept", "late", "vanish", "twice", "drip", "babble"} and not self._knows(letter):
            self.taken.append(letter)
        if self.mood == "vanish":
            return
        if self.mood == "late":
            await asyncio.sleep(self.lateness)
        answer = self._answer()
        if self.mood == "drip":
            for byte in answer:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.05)
        else:
            writer.write(answer * 2 if self.mood == "twice" else answer)
        await writer.drain()

    def _knows(self, letter: Letter) -> bool:
        key = letter.headers.get("idempotency-key")
        return self.knows_keys and any(old.headers.get("idempotency-key") == key for old in self.taken)

    def _answer(self) -> bytes:
        status, code = (self.mood, 0) if self.mood.isdigit() else ("200", int(self.mood.split()[1]) if " " in self.mood else 0)
        body = b"<html>" if self.mood == "babble" else json.dumps({"errcode": code, "errmsg": "?", "code": str(code)}).encode()
        more = "Location: http://127.0.0.1:1/\r\n" if self.mood == "elsewhere" else ""
        return f"HTTP/1.1 {'302' if more else status} ?\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode() + body


@contextmanager
def open_web_server() -> Iterator[WebServer]:
    there, loop = WebServer(), asyncio.new_event_loop()
    there._loop = loop
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    there.open()
    yield there
    there.close()
    end(loop, thread)


def end(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    """Stops a loop that runs in a thread, with every conversation that somebody left."""

    async def hang_up() -> None:
        talks = asyncio.all_tasks() - {asyncio.current_task()}
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    asyncio.run_coroutine_threadsafe(hang_up(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()
