"""A mail server of a few lines that can be told to misbehave."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

from tests.notifications.webserver import end


@dataclass
class MailServer:
    """`mood`: accept, refuse (421 at once), hang (never a word), unknown (no such mailbox), deaf (takes a letter and never says so)."""

    mood: str = "accept"
    slowness: float = 0.0  # seconds for each letter
    port: int = 0
    letters: list[Message] = field(default_factory=list)
    visits: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        if self.mood == "hang":
            await reader.read()
            return
        say("421 not now" if self.mood == "refuse" else "220 post office")
        if self.mood == "refuse":
            await writer.drain()
            return
        while line := await reader.readline():
            word = line.split()[0].upper() if line.strip() else b""
            if word == b"DATA":
                say("354 go on")
                letter = await reader.readuntil(b"\r\n.\r\n")
                await asyncio.sleep(self.slowness)
                self.letters.append(message_from_bytes(letter[:-3], policy=default))
                if self.mood == "deaf":
                    await reader.read()
                    return
                say("250 taken")
            elif word == b"RCPT" and self.mood == "unknown":
                say("550 nobody of that name: <reader@school.example>")
            elif word == b"QUIT":
                say("221 bye")
                await writer.drain()
                return
            else:
                say("250 well")


@contextmanager
def open_mail_server() -> Iterator[MailServer]:
    office = MailServer()
    ready, loop = threading.Event(), asyncio.new_event_loop()
    server: list[Any] = []

    async def begin() -> None:
        server.append(await asyncio.start_server(office.serve, "127.0.0.1", 0, limit=1 << 20))
        office.port = server[0].sockets[0].getsockname()[1]
        ready.set()

    def run() -> None:
        loop.run_until_complete(begin())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(5)
    yield office
    loop.call_soon_threadsafe(server[0].close)
    end(loop, thread)
