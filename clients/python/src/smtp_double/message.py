"""A message that a double has accepted."""
from __future__ import annotations

import email
import email.message
import email.policy
from typing import Any, Dict, Iterator, List, Mapping, Optional, cast

from ._api import Api


class Headers(Mapping[str, str]):
    """Header fields by name in any case, decoded; the first of each name, or all by get_all()."""

    def __init__(self, told: List[Mapping[str, str]]):
        self._told = told

    def __getitem__(self, name: str) -> str:
        values = self.get_all(name)
        if not values:
            raise KeyError(name)
        return values[0]

    def __iter__(self) -> Iterator[str]:
        return iter(list(dict.fromkeys(field["name"] for field in self._told)))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.get_all(name))

    def get_all(self, name: str) -> List[str]:
        return [field["value"] for field in self._told if field["name"].lower() == name.lower()]

    def __repr__(self) -> str:
        return f"Headers({[(field['name'], field['value']) for field in self._told]!r})"


class Attachment:
    """A part of a message that is a file, or is shown as one."""

    def __init__(self, api: Api, message_path: str, told: Mapping[str, Any]):
        self._api = api
        self._path = f"{message_path}/parts/{told['index']}"
        self.file_name: Optional[str] = told["file_name"]
        self.type: str = told["type"]
        self.disposition: str = told["disposition"]
        self.content_id: Optional[str] = told["content_id"]
        self.size: int = told["size"]
        self._content: Optional[bytes] = None

    @property
    def content(self) -> bytes:
        """Its octets, decoded."""
        if self._content is None:
            self._content = self._api.octets("GET", self._path)
        return self._content

    def __repr__(self) -> str:
        return f"<Attachment {self.file_name!r} {self.type} {self.size} octets>"


class Message:
    """What is in a summary is here at once; text, headers, parts and octets are fetched when they are asked for, as
    long as the double has them."""

    def __init__(self, api: Api, double_path: str, told: Mapping[str, Any]):
        self._api = api
        self._path = f"{double_path}/messages/{told['id']}"
        self._summary = told
        self._whole: Optional[Mapping[str, Any]] = None
        self._raw: Optional[bytes] = None
        self.id: int = told["id"]
        self.session: int = told["session"]
        """the number of the session that brought it"""
        self.at: str = told["at"]
        self.sender: Optional[str] = told["sender"]
        """of the envelope; "" for the null reverse-path"""
        self.recipients: List[str] = list(told["recipients"])
        """of the envelope"""
        self.subject: Optional[str] = told["subject"]
        self.size: int = told["size"]
        self.outcome: Optional[str] = told["outcome"]
        """what the client was told; None where it heard nothing"""
        self.message_id: Optional[str] = told["message_id"]

    def details(self) -> Mapping[str, Any]:
        """All that the API tells of it."""
        if self._whole is None:
            self._whole = cast(Dict[str, Any], self._api.get(self._path))
        return self._whole

    @property
    def headers(self) -> Headers:
        return Headers(self.details()["headers"])

    @property
    def text(self) -> Optional[str]:
        """The first part in plain text."""
        return cast(Optional[str], self.details()["text"])

    @property
    def html(self) -> Optional[str]:
        """The first part in HTML, as it was sent."""
        return cast(Optional[str], self.details()["html"])

    @property
    def helo(self) -> Optional[str]:
        return cast(Optional[str], self.details()["helo"])

    @property
    def parameters(self) -> str:
        """Those of MAIL: "SIZE=1000 BODY=8BITMIME"."""
        return cast(str, self.details()["parameters"])

    @property
    def tls(self) -> Optional[str]:
        return cast(Optional[str], self.details()["tls"])

    @property
    def auth_user(self) -> Optional[str]:
        return cast(Optional[str], self.details()["auth_user"])

    @property
    def findings(self) -> List[str]:
        """What is odd about its octets, such as bare LFs."""
        return list(self.details()["findings"])

    @property
    def attachments(self) -> List[Attachment]:
        """Every part that has a file name, or says that it is an attachment."""
        return [Attachment(self._api, self._path, part) for part in self.details()["parts"]
                if part["file_name"] is not None or part["disposition"] == "attachment"]

    @property
    def raw(self) -> bytes:
        """The octets that were received, without dot-stuffing."""
        if self._raw is None:
            self._raw = self._api.octets("GET", f"{self._path}/raw")
        return self._raw

    def as_email(self) -> email.message.EmailMessage:
        """The octets, read by Python's email package."""
        # The stubs of this function differ from one version of the type checkers to the next.
        policy = cast(Any, email.policy.default)
        return cast(email.message.EmailMessage, email.message_from_bytes(self.raw, policy=policy))

    def __repr__(self) -> str:
        return f"<Message {self.id} from {self.sender!r} to {', '.join(self.recipients)}: {self.subject!r}>"
