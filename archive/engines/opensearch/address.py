"""Where a cluster is, as one line: opensearch+https://user@host:9200,host2:9200/name?ca=ca.pem"""

from __future__ import annotations

import ipaddress
import re
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from archive.errors import HomeError

# The name is what OpenSearch allows for an index, less the signs that its URLs give a meaning.
_ADDRESS = re.compile(
    r"opensearch\+(https?)://(?:([^@/?#]*)@)?([^@/?#]+)/([a-z0-9][a-z0-9._-]{0,99})(?:\?([^#]*))?"
)
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::([0-9]{1,5}))?")
_MAX_SHARDS = 1024


@dataclass(frozen=True, slots=True)
class Address:
    """A cluster and the archive in it.

    `hosts` are base URLs, asked in turn; `name` is the archive's alias. `shards` and
    `replicas` are those of a new index; `ca` is the file of the certificate
    authority, "" for the system's own.
    """

    hosts: tuple[str, ...]
    name: str
    user: str = ""
    ca: str = ""
    shards: int = 1
    replicas: int = 1

    @property
    def shown(self) -> str:
        """The cluster as messages name it: its hosts alone."""
        return ", ".join(self.hosts)


def parse_address(text: str) -> Address:
    """Read an address. Raises HomeError where it is none.

    >>> address = parse_address("opensearch+https://u@a:9200,b/archive?shards=3")
    >>> address.hosts, address.name, address.user, address.shards, address.replicas
    (('https://a:9200', 'https://b:9200'), 'archive', 'u', 3, 1)
    """
    whole = _ADDRESS.fullmatch(text)
    if whole is None:
        # What may be a password is not repeated.
        raise HomeError("address.unreadable", text=re.sub(r":[^:@/]*@", ":…@", text))
    scheme, user, hosts, name, options = whole.groups(default="")
    if ":" in user:
        raise HomeError("address.password")
    urls = tuple(_url(scheme, host, bool(user)) for host in hosts.split(","))
    given = dict(parse_qsl(options, keep_blank_values=True))
    shards = _count(given.pop("shards", "1"), "shards", 1)
    replicas = _count(given.pop("replicas", "1"), "replicas", 0)
    ca = given.pop("ca", "")
    if given:
        raise HomeError("address.unknown_option", unknown=", ".join(given))
    return Address(urls, name, unquote(user), ca, shards, replicas)


def _url(scheme: str, host: str, secret: bool) -> str:
    found = _HOST.fullmatch(host)
    if found is None:
        raise HomeError("address.host", host=host)
    name, port = found.groups(default="9200")
    if scheme == "http" and secret and not _is_loopback(name.strip("[]")):
        raise HomeError("address.plain_http", name=name)
    return f"{scheme}://{name}:{port}"


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _count(value: str, name: str, least: int) -> int:
    if value.isascii() and value.isdigit() and least <= int(value[:9]) <= _MAX_SHARDS:
        return int(value)
    raise HomeError("address.number", name=name, least=least, most_shards=_MAX_SHARDS)
