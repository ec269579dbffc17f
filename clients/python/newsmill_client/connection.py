"""The connection to an archive: one session, the token in its header, errors as one kind of exception."""

from __future__ import annotations

import time
from typing import Any

import requests

CONNECT_S, ANSWER_S = 10.0, 120.0
TRIES = 5  # of a request that was one too many
LONGEST_WAIT_S = 120.0


class NewsmillError(Exception):
    """What the archive refuses. `code` stays the same from version to version, `detail` is a sentence, `status` that of HTTP."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{detail} ({code})")
        self.status, self.code, self.detail = status, code, detail


class Connection:
    """Asks the archive at `url`."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self.session = requests.Session()
        self.session.headers["User-Agent"] = "newsmill-client/0.1"
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **parameters: Any) -> Any:
        return self.send("GET", path, params=parameters).json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.send("POST", path, json=body).json()

    def send(self, method: str, path: str, **how: Any) -> requests.Response:
        """The answer. Raises NewsmillError where it is none, and what requests raises where nobody answers."""
        if "params" in how:
            how["params"] = {name: _text(value) for name, value in how["params"].items() if value is not None}
        for last in (*[False] * (TRIES - 1), True):
            answer = self.session.request(method, f"{self.url}/api/v1{path}", timeout=(CONNECT_S, ANSWER_S), **how)
            if answer.status_code != 429 or last:
                break
            time.sleep(min(float(answer.headers.get("Retry-After", "5")), LONGEST_WAIT_S))
        if answer.ok:
            return answer
        raise _error(answer)


def _error(answer: requests.Response) -> NewsmillError:
    try:
        said = answer.json()
        return NewsmillError(answer.status_code, said["code"], said["detail"])
    except (ValueError, KeyError, TypeError):
        return NewsmillError(answer.status_code, "no_newsmill", f"{answer.url} answered {answer.status_code}, and not as newsmill does.")


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
