"""The loopback proxy: redshift_connector on one side, PostgreSQL on the other."""

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING

from tests.redshift.emulator import wire
from tests.redshift.emulator.bucket import Bucket
from tests.redshift.emulator.copying import Copy, CopyError, rows_as_csv
from tests.redshift.emulator.gate import refusals
from tests.redshift.emulator.rewrite import reject, rewrite
from tests.redshift.emulator.wirelog import WireLog

if TYPE_CHECKING:
    from collections.abc import Iterator

_HUNG_UP = (asyncio.IncompleteReadError, ConnectionError)
_CHUNK = 1 << 20


class Translator:
    """Turns each statement into PostgreSQL's, or into an error; keeps the wire log."""

    def __init__(self, log: WireLog, bucket: Bucket) -> None:
        self._log = log
        self.bucket = bucket

    def translate(self, sql: str) -> tuple[str, Copy | None]:
        """PostgreSQL's statement, and the COPY whose data the proxy must send."""
        copy, refused = None, None
        try:
            copy = Copy.parse(sql)
            if reasons := refusals(sql):
                listed = "; ".join(map(str, reasons))
                refused = f"Redshift refuses this statement: {listed}"
            else:
                sent = copy.statement if copy else rewrite(sql)
        except Exception as error:  # noqa: BLE001 - the session must get an answer
            refused = f"not emulated: {error!r}"
        if refused:
            sent = reject(refused, sql)
        self._log.add(sql, sent, refused)
        return sent, None if refused else copy


class Session:
    """One client's connection and the server's end of it."""

    def __init__(
        self,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        translator: Translator,
    ) -> None:
        self._from_client, self._to_client = client
        self._from_server, self._to_server = server
        self._translator = translator
        self._prepared: dict[bytes, Copy | None] = {}
        self._copy: Iterator[bytes] | None = None  # the COPY that is about to run
        self._holds_sync = False  # the client's Sync waits for the end of the COPY
        self._end_of_copy = b""  # what it is replaced by
        self._rows: list[list[str]] = []
        self._answer: asyncio.Future[list[list[str]]] | None = None

    async def run(self) -> None:
        """Carry messages both ways until one side hangs up."""
        ways = [self._upstream(), self._downstream()]
        tasks = [asyncio.create_task(way) for way in ways]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                with contextlib.suppress(*_HUNG_UP):
                    task.result()
        finally:
            for task in tasks:
                task.cancel()

    async def _upstream(self) -> None:
        while True:
            kind, body = await wire.read_message(self._from_client)
            if kind == b"P":
                body = self._parse(body)
            elif kind == b"Q":
                sql, copy = self._translator.translate(body[:-1].decode())
                await self._prepare(copy)
                self._end_of_copy = b""
                body = sql.encode() + b"\0"
            elif kind == b"B":
                copy = self._prepared.get(body.split(b"\0", 2)[1])
                await self._prepare(copy)
                self._holds_sync = copy is not None
                self._end_of_copy = wire.SYNC
            elif kind == b"S" and self._holds_sync:
                self._holds_sync = False
                continue
            self._to_server.write(wire.message(kind, body))
            await self._to_server.drain()

    def _parse(self, body: bytes) -> bytes:
        """A Parse message with the translated statement."""
        name, text, rest = body.split(b"\0", 2)
        sql, self._prepared[name] = self._translator.translate(text.decode())
        return b"\0".join([name, sql.encode(), rest])

    async def _downstream(self) -> None:
        while True:
            kind, body = await wire.read_message(self._from_server)
            if self._answer is not None:
                self._collect(kind, body)
                continue
            if kind == b"G":
                await self._send_rows()
                continue
            if kind == b"E" and self._copy is not None:
                self._copy = None  # it failed before it asked for data
                self._to_server.write(self._end_of_copy)
            self._to_client.write(wire.for_client(kind, body))
            await self._to_client.drain()

    async def _prepare(self, copy: Copy | None) -> None:
        """Before a COPY runs, ask in its own session what the target looks like."""
        self._copy = None
        if copy is None:
            return
        target = [(name, type_) for name, type_ in await self._ask(copy.target_query)]
        self._copy = rows_as_csv(copy, target, self._translator.bucket.tables(copy))

    async def _ask(self, sql: str) -> list[list[str]]:
        """Run a query of the proxy's own; no rows when the transaction has failed."""
        self._rows = []
        self._answer = asyncio.get_running_loop().create_future()
        self._to_server.write(wire.message(b"Q", sql.encode() + b"\0"))
        return await self._answer

    def _collect(self, kind: bytes, body: bytes) -> None:
        if kind == b"D":
            self._rows.append(wire.row_values(body))
        elif kind == b"Z" and self._answer is not None:
            self._answer.set_result(self._rows)
            self._answer = None

    async def _send_rows(self) -> None:
        """Answer the server's request for the data of a COPY."""
        rows, self._copy = self._copy or iter(()), None
        try:
            while (block := await asyncio.to_thread(next, rows, None)) is not None:
                for start in range(0, len(block), _CHUNK):
                    part = block[start : start + _CHUNK]
                    self._to_server.write(wire.message(b"d", part))
                    await self._to_server.drain()
            self._to_server.write(wire.message(b"c", b""))
        except CopyError as error:
            self._to_server.write(wire.message(b"f", str(error).encode() + b"\0"))
        self._to_server.write(self._end_of_copy)
        await self._to_server.drain()


class Proxy:
    """The listening side, in a thread of its own."""

    def __init__(self, port: int, server_port: int, translator: Translator) -> None:
        self.port = port
        self._server_port = server_port
        self._translator = translator
        self._loop = asyncio.new_event_loop()
        self._sessions: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Listen; returns when connections are taken."""
        self._thread.start()
        listening = asyncio.start_server(self._accept, "127.0.0.1", self.port)
        asyncio.run_coroutine_threadsafe(listening, self._loop).result()

    def stop(self) -> None:
        """Hang up every connection and end the thread."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        for task in self._sessions:
            task.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    async def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._sessions.add(task)
        task.add_done_callback(self._sessions.discard)
        ended = (*_HUNG_UP, asyncio.CancelledError)
        with contextlib.closing(writer), contextlib.suppress(*ended):
            startup = await wire.read_startup(reader, writer)
            server = await asyncio.open_connection("127.0.0.1", self._server_port)
            with contextlib.closing(server[1]):
                server[1].write(startup)
                session = Session((reader, writer), server, self._translator)
                await session.run()
