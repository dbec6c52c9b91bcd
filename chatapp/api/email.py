"""The caller's e-mail address, links for new passwords that are sent there, and the end of digests."""

from typing import cast
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request

from chatapp.account_payloads import ConfirmEmail, ForgottenPassword, SetEmail, UnsubscribeQuery
from chatapp.account_shapes import EmailShape
from chatapp.actions import mailed_resets, own_email, unsubscribing
from chatapp.actions.sessions import Caller
from chatapp.actions.system_permissions import MANAGE_OWN_ACCOUNT
from chatapp.api.confirming import CONFIRMED, counted
from chatapp.api.current import current_journal, current_key, current_place, current_settings
from chatapp.api.mail_limits import forgotten_limit, limited_mails, unsubscribe_limit
from chatapp.api.operation import operation
from chatapp.api.sign_in_rules import address_limit, require_trusted_network
from chatapp.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    MalformedRequest,
    TooManyAttempts,
)
from chatapp.mail.digest_headers import DIGESTS
from chatapp.passkey_payloads import Confirmation
from chatapp.shapes import SentenceShape
from chatapp.sign_in_errors import EmailLinkInvalid, MailOff
from chatapp.web.languages import spoken

blueprint = Blueprint("email", __name__)


@blueprint.get("/email")
@operation(
    "The caller's e-mail address, and one that waits to be confirmed", permission=MANAGE_OWN_ACCOUNT, gives=EmailShape
)
def show_email(caller: Caller) -> EmailShape:
    found = own_email.email_of(caller.user_id)
    return {"email": found.address, "waiting": found.waiting, "canMail": current_settings().can_mail}


@blueprint.put("/email")
@operation(
    "Send a link to an address, which becomes the caller's when the link is opened",
    permission=MANAGE_OWN_ACCOUNT,
    gives=SentenceShape,
    body=SetEmail,
    errors=(*CONFIRMED, MailOff),
)
def set_email(caller: Caller, body: SetEmail) -> SentenceShape:
    with counted(caller):
        own_email.require_may_ask(current_settings(), caller, body.password)
    language = spoken(request).code
    # After the confirmation: a wrong password sends nothing.
    with limited_mails(str(caller.user_id)), limited_mails(body.email):
        own_email.ask_for_email(current_journal(), caller, body.email, language)
    return {"response": "A link is on its way to this address."}


@blueprint.delete("/email")
@operation(
    "Remove the caller's e-mail address",
    permission=MANAGE_OWN_ACCOUNT,
    gives=SentenceShape,
    body=Confirmation,
    errors=CONFIRMED,
)
def remove_email(caller: Caller, body: Confirmation) -> SentenceShape:
    with counted(caller):
        own_email.remove_email(current_journal(), caller, body.password)
    return {"response": "Your account has no e-mail address any more."}


@blueprint.post("/email/confirm")
@address_limit("email")
@operation(
    "Confirm an e-mail address by the link that was sent there",
    gives=SentenceShape,
    body=ConfirmEmail,
    needs_session=False,
    errors=(EmailLinkInvalid, Conflict, MalformedRequest, InvalidInput, TooManyAttempts),
)
def confirm_email(body: ConfirmEmail) -> SentenceShape:
    own_email.confirm_email(current_journal(), body.secret, current_place())
    return {"response": "The e-mail address is confirmed."}


@blueprint.post("/email/unsubscribe")
@unsubscribe_limit
@operation(
    "End the digests of a link, as programs for e-mail do it by one click (RFC 8058); the body does not matter",
    gives=SentenceShape,
    query=UnsubscribeQuery,
    needs_session=False,
    errors=(EmailLinkInvalid, InvalidInput, TooManyAttempts),
)
def end_digests(query: UnsubscribeQuery) -> SentenceShape:
    unsubscribing.unsubscribe(current_journal(), current_key(DIGESTS), query.token)
    return {"response": "You will get no more of these e-mails."}


@blueprint.get("/email/unsubscribe")
@operation(
    "The page that asks whether to end digests, for programs that open the address",
    gives=None,
    query=UnsubscribeQuery,
    needs_session=False,
    errors=(InvalidInput,),
    status=303,
)
def show_end_of_digests(query: UnsubscribeQuery) -> Response:
    """Changes nothing: programs that look at e-mail open its links."""
    return cast(Response, redirect(f"{current_settings().public_url}/#/unsubscribe/{quote(query.token, safe='')}", 303))


@blueprint.post("/forgot")
@address_limit("forgot")
@forgotten_limit
@operation(
    "Have a link for a new password sent to the address of an account, if there is one",
    gives=SentenceShape,
    body=ForgottenPassword,
    needs_session=False,
    errors=(MailOff, Forbidden, MalformedRequest, InvalidInput, TooManyAttempts),
)
def forgot_password(body: ForgottenPassword) -> SentenceShape:
    require_trusted_network()
    mailed_resets.mail_reset(
        current_journal(),
        current_settings(),
        body.account.strip(),
        spoken(request).code,
        current_place(),
    )
    return {"response": "If there is such an account with an e-mail address, a link is on its way."}
