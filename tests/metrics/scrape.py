"""Reads /metrics of a server."""

from dataclasses import dataclass

import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.servers import Server

TOKEN = "prometheus-reads-by-this-token-alone"


@dataclass(frozen=True)
class Scraped:
    """The metrics of one scrape: type and labels by name, and the values of samples."""

    types: dict[str, str]
    labels: dict[str, set[str]]
    values: dict[tuple[str, frozenset[tuple[str, str]]], float]

    def value(self, name: str, **labels: str) -> float:
        """0 if there is no such sample."""
        return self.values.get((name, frozenset(labels.items())), 0.0)


def scrape(server: Server, *, is_sockets: bool = False) -> Scraped:
    """By the HTTP port, or by that of the sockets."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    address = server.ws if is_sockets else server.http
    answer = requests.get(address + "/metrics", headers=headers, timeout=10)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    types, labels, values = {}, {}, {}
    for family in text_string_to_metric_families(answer.text):
        name = family.name + ("_total" if family.type == "counter" else "")
        types[name] = family.type
        labels[name] = {label for sample in family.samples for label in sample.labels} - {"le"}
        values |= {(one.name, frozenset(one.labels.items())): one.value for one in family.samples}
    return Scraped(types, labels, values)
