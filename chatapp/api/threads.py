"""Threads: open the one of a message, follow it, list those that the caller follows."""

from flask import Blueprint

from chatapp import conversation_serializers
from chatapp.actions import threads
from chatapp.actions.sessions import Caller
from chatapp.api.current import current_journal
from chatapp.api.operation import operation
from chatapp.errors import Forbidden, InvalidInput, MalformedRequest, MessageDeleted, NotForThreads, NotFound
from chatapp.shapes import ConversationsShape, OneThreadShape, SentenceShape
from chatapp.thread_payloads import Following

blueprint = Blueprint("threads", __name__)


@blueprint.post("/message/<message_id>/thread")
@operation(
    "Open the thread of a message, and follow it",
    gives=OneThreadShape,
    errors=(NotFound, Forbidden, MessageDeleted, NotForThreads),
)
def open_thread(caller: Caller, message_id: str) -> OneThreadShape:
    return {"thread": conversation_serializers.conversation(threads.open_thread(current_journal(), caller, message_id))}


@blueprint.put("/thread/<thread_id>/following")
@operation(
    "Follow a thread, or no longer",
    gives=SentenceShape,
    body=Following,
    errors=(NotFound, InvalidInput, MalformedRequest),
)
def follow(caller: Caller, thread_id: str, body: Following) -> SentenceShape:
    threads.follow(current_journal(), caller, thread_id, is_on=body.on)
    return {"response": f"You follow this thread{'' if body.on else ' no longer'}."}


@blueprint.get("/threads")
@operation("The threads that the caller follows, newest activity first", gives=ConversationsShape)
def list_threads(caller: Caller) -> ConversationsShape:
    found = threads.threads_of(current_journal(), caller)
    return {"conversations": [conversation_serializers.conversation(overview) for overview in found]}
