"""The admin API over HTTP: one connection for each request, so that threads and forks need no care."""
from __future__ import annotations

import http.client
import json
from typing import Any, Dict, Iterator, Mapping, Optional, Tuple
from urllib.parse import quote, urlencode, urlsplit

from .errors import ConnectionFailed, error_of

PATIENCE = 60.0
"""Seconds for an answer that does not wait for anything."""


def piece(name: str) -> str:
    """A name as one piece of a path."""
    return quote(name, safe="")


class Api:
    def __init__(self, url: str, token: Optional[str] = None):
        self.url = url.rstrip("/")
        self.token = token
        self._parts = urlsplit(self.url)
        if self._parts.scheme not in ("http", "https") or not self._parts.hostname:
            raise ValueError(f"not the address of an admin API: {url!r}")

    def get(self, path: str, query: Optional[Mapping[str, Any]] = None) -> Any:
        return self.ask("GET", path, query=query)

    def ask(self, method: str, path: str, body: Any = None, *, query: Optional[Mapping[str, Any]] = None,
            yaml: Optional[str] = None, patience: float = PATIENCE) -> Any:
        """The JSON of the answer; None where it has no body. `body` becomes JSON, `yaml` goes as it is."""
        octets = self.octets(method, path, body, query=query, yaml=yaml, patience=patience)
        return json.loads(octets) if octets else None

    def octets(self, method: str, path: str, body: Any = None, *, query: Optional[Mapping[str, Any]] = None,
               yaml: Optional[str] = None, patience: float = PATIENCE) -> bytes:
        connection = self._connection(patience)
        try:
            response = self._sent(connection, method, path, query, *_encoded(body, yaml))
            octets = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise ConnectionFailed(f"{self.url} does not answer {method} {path}: {error!r}") from error
        finally:
            connection.close()
        if response.status >= 400:
            raise error_of(response.status, _error_body(octets))
        return octets

    def lines(self, path: str, query: Mapping[str, Any], patience: Optional[float]) -> Iterator[str]:
        """The lines of a stream that is open when this returns, for as long as it goes on; TimeoutError when nothing came
        for `patience` seconds."""
        connection = self._connection(patience)
        try:
            response = self._sent(connection, "GET", path, query, None, {})
            if response.status >= 400:
                raise error_of(response.status, _error_body(response.read()))
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise ConnectionFailed(f"{self.url} does not answer GET {path}: {error!r}") from error
        except BaseException:
            connection.close()
            raise
        return self._lines_of(connection, response, path)

    def _lines_of(self, connection: http.client.HTTPConnection, response: http.client.HTTPResponse,
                  path: str) -> Iterator[str]:
        try:
            while line := response.readline():
                yield line.decode("utf-8", "replace").rstrip("\r\n")
        except (ConnectionError, http.client.HTTPException) as error:
            raise ConnectionFailed(f"{self.url} does not answer GET {path} any more: {error!r}") from error
        finally:
            response.close()
            connection.close()

    def _connection(self, patience: Optional[float]) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=patience)
        return http.client.HTTPConnection(host, port, timeout=patience)

    def _sent(self, connection: http.client.HTTPConnection, method: str, path: str, query: Optional[Mapping[str, Any]],
              octets: Optional[bytes], headers: Dict[str, str]) -> http.client.HTTPResponse:
        wanted = {name: value for name, value in (query or {}).items() if value is not None}
        target = self._parts.path + path + ("?" + urlencode(wanted) if wanted else "")
        if self.token:
            headers = {**headers, "Authorization": f"Bearer {self.token}"}
        connection.request(method, target, body=octets, headers=headers)
        return connection.getresponse()


def _encoded(body: Any, yaml: Optional[str]) -> Tuple[Optional[bytes], Dict[str, str]]:
    if yaml is not None:
        return yaml.encode(), {"Content-Type": "application/yaml"}
    if body is not None:
        return json.dumps(body).encode(), {"Content-Type": "application/json"}
    return None, {}


def _error_body(octets: bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(octets)
    except ValueError:
        body = None
    if isinstance(body, dict):
        return body
    return {"errors": [{"title": "Unexpected answer", "detail": octets[:500].decode("utf-8", "replace")}]}
