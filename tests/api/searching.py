"""A user who writes and searches."""

from typing import Any

from flask.testing import FlaskClient


class Searcher:
    """A user who writes and searches."""

    def __init__(self, client: FlaskClient, username: str) -> None:
        self.client = client
        self.username = username

    def say(self, receiver: str, *contents: str, group: bool = False) -> list[dict[str, Any]]:
        said = []
        for content in contents:
            body = {"receiver": receiver, "group": group, "content": content}
            answer = self.client.post("/messages", json=body)
            assert answer.status_code == 200, answer.text
            said.append(answer.get_json()["response"])
        return said

    def search(self, q: str, **query: Any) -> dict[str, Any]:
        answer = self.client.get("/search", query_string={"q": q, **query})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def finds(self, q: str, **query: Any) -> list[str]:
        return [hit["message"]["content"] for hit in self.search(q, **query)["hits"]]

    def marks(self, q: str) -> list[list[str]]:
        """The highlighted parts of each hit."""
        found = []
        for hit in self.search(q)["hits"]:
            units = hit["message"]["content"].encode("utf-16-le")
            found.append([units[start * 2 : end * 2].decode("utf-16-le") for start, end in hit["ranges"]])
        return found
