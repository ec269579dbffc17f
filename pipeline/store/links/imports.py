"""How far `newsmill enqueue` has read its files, so that a stopped import continues where it was."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import Connection


@dataclass(frozen=True, slots=True)
class Reading:
    """A file being read: its key, made of its content, and its name for people."""

    file_key: bytes
    name: str


def reached(conn: Connection, reading: Reading) -> int:
    """The byte at which to continue; 0 if the file was not started or was read to its end."""
    row = conn.execute("SELECT at_byte FROM imports WHERE file_key = %b", (reading.file_key,)).fetchone()
    return int(row[0]) if row else 0


def note_reached(conn: Connection, reading: Reading, at_byte: int) -> None:
    """Record the position, in the transaction that stores what comes before this byte."""
    conn.execute(
        """
        INSERT INTO imports (file_key, name, at_byte) VALUES (%b, %s, %s)
        ON CONFLICT (file_key) DO UPDATE SET at_byte = excluded.at_byte, updated_at = now()
        """,
        (reading.file_key, reading.name, at_byte),
    )


def note_done(conn: Connection, reading: Reading) -> None:
    """Delete the position of a file that was read to its end."""
    conn.execute("DELETE FROM imports WHERE file_key = %b", (reading.file_key,))
