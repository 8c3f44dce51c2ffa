"""Messages of the PostgreSQL protocol, version 3, as far as the proxy touches them.

https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

import asyncio
import re
import struct

PROTOCOL = 196608
SSL_REQUEST = 80877103
SYNC = b"S\x00\x00\x00\x04"
_VARCHAR = 1043
# What the driver sends of its own account and PostgreSQL would take for a setting.
_STARTUP_KEYS = {b"user", b"database", b"application_name", b"client_encoding"}
# Type oids in redshift_connector's table; it fails on any other.
_KNOWN_TYPES = {
    16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 114, 142, 700, 701, 705, 1000, 1005,
    1007, 1009, 1014, 1015, 1016, 1021, 1022, 1028, 1033, 1034, 1042, 1043, 1082, 1083,
    1114, 1184, 1186, 1266, 1700, 2275,
}  # fmt: skip
_NOT_NULL = re.compile(
    rb'null value in column "(\w+)" of relation "[^"]*" violates not-null constraint'
)
_TOO_LONG = re.compile(
    rb'new row for relation "[^"]*" violates check constraint "rs_bytes_\d+"'
)
_COPY_FAILED = re.compile(rb"COPY from stdin failed: ")


def message(kind: bytes, body: bytes) -> bytes:
    """A framed message."""
    return kind + struct.pack("!I", len(body) + 4) + body


async def read_message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Kind and body of the next message."""
    head = await reader.readexactly(5)
    return head[:1], await reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)


async def read_startup(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bytes:
    """The client's first message, with only the parameters that PostgreSQL knows."""
    length, code = struct.unpack("!II", await reader.readexactly(8))
    if code == SSL_REQUEST:
        writer.write(b"N")
        await writer.drain()
        length, code = struct.unpack("!II", await reader.readexactly(8))
    parts = (await reader.readexactly(length - 8)).split(b"\0")
    pairs = zip(parts[::2], parts[1::2], strict=False)
    kept = b"".join(b"%b\0%b\0" % pair for pair in pairs if pair[0] in _STARTUP_KEYS)
    return struct.pack("!II", len(kept) + 9, PROTOCOL) + kept + b"\0"


def for_client(kind: bytes, body: bytes) -> bytes:
    """A server's message as Redshift would have sent it."""
    if kind == b"S" and body.startswith(b"server_version\0"):
        body = b"server_version\x008.0.2\0"  # decides how the driver counts rows
    elif kind == b"T":
        body = _known_types(body)
    elif kind == b"C" and body.startswith(b"MERGE "):
        body = b"MERGE\0"
    elif kind == b"E":
        body = _NOT_NULL.sub(rb"Cannot insert a NULL value into column \1", body)
        body = _TOO_LONG.sub(b"Value too long for character type", body)
        body = _COPY_FAILED.sub(b"", body)
    return message(kind, body)


def _known_types(body: bytes) -> bytes:
    """A row description in which types the driver does not know are varchar."""
    (count,) = struct.unpack_from("!h", body)
    out, position = bytearray(body), 2
    for _ in range(count):
        position = body.index(b"\0", position) + 1
        (type_,) = struct.unpack_from("!I", body, position + 6)
        if type_ not in _KNOWN_TYPES:
            struct.pack_into("!I", out, position + 6, _VARCHAR)
        position += 18
    return bytes(out)


def row_values(body: bytes) -> list[str]:
    """The values of a DataRow in text format; NULL comes back as an empty string."""
    (count,) = struct.unpack_from("!h", body)
    values, position = [], 2
    for _ in range(count):
        (length,) = struct.unpack_from("!i", body, position)
        position += 4
        values.append(body[position : position + max(length, 0)].decode())
        position += max(length, 0)
    return values
