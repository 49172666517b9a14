"""Invents people, machines and names of keys; the same seed always gives the same ones.

Addresses are from the blocks for documentation (RFC 5737, RFC 3849), domains from RFC 2606.
"""

from __future__ import annotations

import random
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

_FIRST = (
    "Ada Aisha Alejandra Amara Anders Anneliese Arjun Astrid Beatriz Björn Camille Chidi "
    "Chloé Daniela Darius Dmitri Eilidh Elif Emeka Esther Farah Fatima Finn Freya Gabriel "
    "Giulia Hana Hassan Helena Hiro Ines Isak Ivana Jamal Jana Jonas Kaito Katarzyna Keiko "
    "Kwame Lars Leila Lucía Maeve Magnus Malik Mariam Mateo Mei Mina Nadia Naveen Ngozi Noor "
    "Oksana Olga Omar Oscar Paolo Petra Priya Rafael Rania Ravi Rosa Sanjay Saoirse Selma "
    "Sofía Soren Tariq Tomás Uma Valentina Viktor Wanjiru Xavier Yara Yuki Zainab Zoë"
).split()
_LAST = (
    "Abebe Adeyemi Almeida Andersson Bauer Bianchi Bondarenko Castillo Chen Costa Dahl Diallo "
    "Duarte Eriksen Fernández Fischer Fujimoto García Gupta Haddad Hansen Hoang Ibrahim "
    "Ivanova Jansen Kamau Kaya Keller Khan Kovač Kowalski Larsen Lindqvist López Mbeki Mehta "
    "Moreau Müller Nakamura Ncube Nguyen Novak O'Brien Okafor Oliveira Park Petrov Popescu "
    "Rahman Ribeiro Rossi Sato Schmidt Silva Singh Sørensen Suzuki Takahashi Tanaka Torres "
    "Usman Van-Dijk Varga Weber Wójcik Yamada Yildiz Zhang Zimmermann"
).split()
_WIDE = ("山田 花子", "김민준", "王小明", "Мария Иванова", "نور حداد")
_DOMAINS = ("example.com", "example.org", "eng.example.com", "ops.example.com", "example.net")
_PURPOSES = (
    "ci-deploy nightly-backup grafana-reader terraform github-actions etl-loader log-shipper "
    "billing-export release-bot staging-smoke load-test support-bot crm-sync search-indexer "
    "notebook laptop webhook-relay metrics-scraper e2e-runner data-catalogue"
).split()
_SCOPES = (["*"], ["*"], ["keys:read"], ["jobs:run", "jobs:read"], ["metrics:read"], ["admin:read"])
_BROWSERS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 Version/18.2 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "everruns-cli/2.14.0",
)


@dataclass(frozen=True, slots=True)
class Invented:
    """A person who does not exist."""

    name: str
    email: str


class Inventor:
    """Invents values from a seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311  (nothing here is secret)

    def people(self, count: int) -> Iterator[Invented]:
        """`count` people, each with an address of their own."""
        taken: Counter[str] = Counter()
        for number in range(count):
            name = f"{self.rng.choice(_FIRST)} {self.rng.choice(_LAST)}"
            local = _local_part(name)
            taken[local] += 1
            again = taken[local] if taken[local] > 1 else ""
            shown = self.rng.choice(_WIDE) if number % 23 == 0 else name
            yield Invented(shown, f"{local}{again}@{self.rng.choice(_DOMAINS)}")

    def purpose(self) -> str:
        """A name for a key, such as `nightly-backup`."""
        return self.rng.choice(_PURPOSES)

    def scopes(self) -> list[str]:
        """The scopes of a key; `*` is the likeliest."""
        return list(self.rng.choice(_SCOPES))

    def browser(self) -> str:
        """A user agent, of a browser or of a command-line client."""
        return self.rng.choice(_BROWSERS)

    def address(self) -> str:
        """An address from the blocks for documentation; one in seven is IPv6."""
        if self.rng.random() < 0.15:
            return f"2001:db8::{self.rng.randrange(1, 0xFFFF):x}"
        block = self.rng.choice(("192.0.2", "198.51.100", "203.0.113"))
        return f"{block}.{self.rng.randrange(1, 255)}"


def _local_part(name: str) -> str:
    """The name as mail systems write it: ASCII letters in lower case, and dots."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return plain.replace("'", "").replace(" ", ".")
