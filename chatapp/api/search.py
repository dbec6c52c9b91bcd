"""Find messages."""

from flask import Blueprint, current_app

from chatapp import serializers
from chatapp.actions import search as searching
from chatapp.actions.sessions import Caller
from chatapp.api.operation import operation
from chatapp.errors import InvalidInput, NotFound, TooBroad
from chatapp.search_payloads import SearchQuery
from chatapp.shapes import SearchShape

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
@operation(
    "Messages that the caller may see, by words and filters",
    gives=SearchShape,
    query=SearchQuery,
    errors=(InvalidInput, NotFound, TooBroad),
)
def search(caller: Caller, query: SearchQuery) -> SearchShape:
    indexer = current_app.extensions["chatapp.indexer"]
    return serializers.hits(searching.search(indexer, caller, query.request()))
