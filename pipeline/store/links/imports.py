"""How far files were read by `newsmill enqueue`, so that a stopped import goes on where it was."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import Connection


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that is being read: its key, made of its content, and its name for people."""

    file_key: bytes
    name: str


def reached(conn: Connection, reading: Reading) -> int:
    """The byte at which to go on; 0 where the file was not begun, or was read to its end."""
    row = conn.execute("SELECT at_byte FROM imports WHERE file_key = %b", (reading.file_key,)).fetchone()
    return int(row[0]) if row else 0


def note_reached(conn: Connection, reading: Reading, at_byte: int) -> None:
    """In the transaction that takes in what stands before this byte."""
    conn.execute(
        """
        INSERT INTO imports (file_key, name, at_byte) VALUES (%b, %s, %s)
        ON CONFLICT (file_key) DO UPDATE SET at_byte = excluded.at_byte, updated_at = now()
        """,
        (reading.file_key, reading.name, at_byte),
    )


def note_done(conn: Connection, reading: Reading) -> None:
    """Forget how far the file was read: it is done."""
    conn.execute("DELETE FROM imports WHERE file_key = %b", (reading.file_key,))
