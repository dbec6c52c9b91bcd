"""Web push: the browser's subscription, why no notification would come now, and a test."""

from flask import Blueprint, request

from chatapp import push_serializers
from chatapp.actions import push_subscriptions
from chatapp.actions.sessions import Caller
from chatapp.actions.system_permissions import MANAGE_OWN_ACCOUNT
from chatapp.api.current import current_journal, current_push
from chatapp.api.operation import operation
from chatapp.errors import InvalidInput, MalformedRequest, NotFound
from chatapp.models.push_subscription import PAGE_CHARACTERS
from chatapp.origins import same_origin
from chatapp.push_payloads import Subscribe
from chatapp.push_shapes import PushShape, PushTestShape
from chatapp.shapes import SentenceShape

blueprint = Blueprint("push", __name__)


@blueprint.get("/push")
@operation(
    "What a browser needs to subscribe to notifications, and why none would come now",
    permission=MANAGE_OWN_ACCOUNT,
    gives=PushShape,
)
def show_push(caller: Caller) -> PushShape:
    found = push_subscriptions.subscriptions_of(caller)
    reasons = push_subscriptions.reasons_for_silence(caller, found)
    return push_serializers.push(current_push().application_key().public, found, reasons)


@blueprint.put("/push/subscription")
@operation(
    "Send notifications to the browser of this session",
    permission=MANAGE_OWN_ACCOUNT,
    gives=SentenceShape,
    body=Subscribe,
    errors=(InvalidInput, MalformedRequest),
)
def subscribe(caller: Caller, body: Subscribe) -> SentenceShape:
    page = same_origin(request.environ)[:PAGE_CHARACTERS]
    push_subscriptions.subscribe(current_journal(), current_push().addresses, caller, page, body)
    return {"response": "This browser is sent notifications."}


@blueprint.delete("/push/subscription")
@operation(
    "Send no more notifications to the browser of this session", permission=MANAGE_OWN_ACCOUNT, gives=SentenceShape
)
def unsubscribe(caller: Caller) -> SentenceShape:
    push_subscriptions.unsubscribe(current_journal(), caller)
    return {"response": "This browser is sent no notifications."}


@blueprint.post("/push/test")
@operation(
    "Send a test to the browser of this session",
    permission=MANAGE_OWN_ACCOUNT,
    gives=PushTestShape,
    errors=(NotFound,),
)
def send_test(caller: Caller) -> PushTestShape:
    subscription = push_subscriptions.own_subscription(caller)
    return {"outcome": current_push().test(subscription).outcome}
