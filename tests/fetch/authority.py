"""A certificate authority of the tests' own, and a TLS side for servers with its certificates."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Authority:
    folder: Path

    @property
    def bundle(self) -> str:
        """The file to trust."""
        return str(self.folder / "ca.pem")

    def certificate(self, name: str, *, days: int = 2, signed: bool = True) -> Path:
        """A key and a certificate for `name` in one file; one of negative `days` has expired, one not signed is its own authority."""
        stem = f"{name}{days}{signed}"
        key, cert, both = (self.folder / f"{stem}.{end}" for end in ("key", "crt", "pem"))
        new = ["req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout", str(key)]
        if signed:
            self._openssl(*new, "-out", "request.csr")
            sign = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-copy_extensions", "copy"]
            self._openssl("x509", "-req", "-in", "request.csr", *sign, "-days", str(days), "-out", str(cert))
        else:
            self._openssl(*new, "-x509", "-days", str(days), "-out", str(cert))
        both.write_bytes(key.read_bytes() + cert.read_bytes())
        return both

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)


def new_authority(folder: Path) -> Authority:
    if not shutil.which("openssl"):
        pytest.skip("needs openssl to make certificates")
    found = Authority(folder)
    found._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=ca", "-keyout", "ca.key", "-out", "ca.pem")
    return found


def speaking_tls(certificate: Path) -> Callable[[socket.socket], socket.socket]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return lambda conn: context.wrap_socket(conn, server_side=True)
