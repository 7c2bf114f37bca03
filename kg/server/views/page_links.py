"""Where pages lead: addresses at the server, or relative files in a static site."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urlencode

from kg.rdf import vocab

LONGEST_NAME = 200
"""Characters of a file's name without its suffix; file systems take 255 bytes."""


def file_name(id: str) -> str:
    """The name of a thing's file in a static site, without a suffix.

    It is the quoted id, whose per cent signs an address quotes again; of a long one the beginning
    and a digest of the whole.

    >>> file_name("a/b"), len(file_name("\u6728" * 300))
    ('a%2Fb', 200)
    """
    quoted = vocab.encode_id(id)
    if len(quoted) <= LONGEST_NAME:
        return quoted
    digest = hashlib.blake2b(id.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{quoted[: LONGEST_NAME - len(digest) - 1]}-{digest}"


class PageLinks(Protocol):
    """Addresses of pages, things and files."""

    @property
    def is_static(self) -> bool:
        """Whether pages are files, with no server behind them."""

    def page(self, name: str = "", **parameters: str) -> str:
        """The address of a page such as `rules` or `rule/KG101`; nothing is the home page."""

    def thing(self, section: str, thing_id: str) -> str:
        """The address of a thing of the graph."""

    def data(self, section: str, thing_id: str, suffix: str) -> str:
        """The address of a thing in another form: `ttl`, `jsonld`, or `svg` of an outcome."""

    def file(self, name: str) -> str:
        """The address of a style, script or picture."""


@dataclass(frozen=True, slots=True)
class ServerLinks:
    """Addresses from the root of the server.

    >>> ServerLinks().thing("claim", "a/b"), ServerLinks().page("search", q="a b")
    ('/claim/a%2Fb', '/search?q=a+b')
    """

    is_static: bool = False

    def page(self, name: str = "", **parameters: str) -> str:
        """See `Links`."""
        return f"/{quote(name)}" + (f"?{urlencode(parameters)}" if parameters else "")

    def thing(self, section: str, thing_id: str) -> str:
        """See `Links`."""
        return "/" + vocab.build_iri(section, thing_id).removeprefix(vocab.BASE)

    def data(self, section: str, thing_id: str, suffix: str) -> str:
        """See `Links`."""
        return f"{self.thing(section, thing_id)}.{suffix}"

    def file(self, name: str) -> str:
        """See `Links`."""
        return f"/static/{name}"


@dataclass(frozen=True, slots=True)
class SiteLinks:
    """Addresses relative to a page that lies so many folders deep.

    >>> SiteLinks(1).thing("claim", "a1"), SiteLinks(0).page()
    ('../claim/a1.html', 'index.html')
    """

    folder_depth: int
    is_static: bool = True

    def page(self, name: str = "", **parameters: str) -> str:
        """See `Links`; a static page takes no parameters."""
        return f"{'../' * self.folder_depth}{quote(name or 'index')}.html"

    def thing(self, section: str, thing_id: str) -> str:
        """See `Links`."""
        return self.data(section, thing_id, "html")

    def data(self, section: str, thing_id: str, suffix: str) -> str:
        """See `Links`."""
        return f"{'../' * self.folder_depth}{section}/{quote(file_name(thing_id))}.{suffix}"

    def file(self, name: str) -> str:
        """See `Links`."""
        return f"{'../' * self.folder_depth}static/{name}"
