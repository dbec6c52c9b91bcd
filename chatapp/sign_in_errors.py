"""Errors of signing in by a passkey, with a second factor, by a provider or the directory, and of links in e-mail. See
`chatapp.errors`."""

from chatapp.errors import ChatError, Conflict, Forbidden, MalformedRequest, Unavailable, WrongCredentials


class SecondFactorRequired(ChatError):
    """The password is right, and the account also needs a code of its second factor."""

    code = "second_factor_required"
    status = 401


class WrongCode(WrongCredentials):
    """The code is not one of the account's second factor, or was used before."""

    code = "wrong_code"


class PasskeyRefused(WrongCredentials):
    """The passkey does not sign anybody in: unknown, removed, another's, or wrongly signed. It is not said which."""

    code = "passkey_refused"


class ChallengeInvalid(ChatError):
    """The challenge that a passkey has signed is expired, used, or was given to another browser."""

    code = "challenge_invalid"
    status = 409


class LastWayIn(ChatError):
    """Without this passkey the account could not sign in any more."""

    code = "last_way_in"
    status = 409


class PasswordNeeded(ChatError):
    """The account has no password, to which the second factor would be the second."""

    code = "password_needed"
    status = 409


class SecondFactorOn(ChatError):
    """The second factor is on already."""

    code = "second_factor_on"
    status = 409


class PasskeyInvalid(ChatError):
    """What the authenticator says of a new passkey cannot be verified."""

    code = "passkey_invalid"
    status = 422


class SignInExpired(MalformedRequest):
    """This browser has not begun this sign-in by a provider, or too long ago."""

    code = "sign_in_expired"


class SignInRefused(WrongCredentials):
    """What a provider of sign-in answered is not valid, or is not for this sign-in."""

    code = "sign_in_refused"


class SignInDenied(Forbidden):
    """The provider of sign-in said no, or the person went back."""

    code = "sign_in_denied"


class AccountDeactivated(Forbidden):
    """The account was closed by the operator."""

    code = "account_deactivated"


class AccountSuspended(Forbidden):
    """The account is suspended or banned. `details["until"]` is when that ends, and null for a ban."""

    code = "account_suspended"


class ProviderUnavailable(Unavailable):
    """A provider of sign-in does not answer, or not as OpenID Connect says."""

    code = "provider_unavailable"


class EmailLinkInvalid(Forbidden):
    """The link that confirms an e-mail address, or that ends digests, is unknown, expired, replaced or used."""

    code = "email_link_invalid"


class MailOff(ChatError):
    """No mail server is configured."""

    code = "mail_off"
    status = 409


class DirectoryUnavailable(Unavailable):
    """The directory of accounts does not answer, or does not do what is asked."""

    code = "directory_unavailable"


class GroupRequired(Forbidden):
    """The password is right, and the account is not in the group whose members may use this chat."""

    code = "group_required"


class ManagedElsewhere(ChatError):
    """The password and the name of this account are those of the directory, and are changed there."""

    code = "managed_elsewhere"
    status = 409


class NameIsAccount(ChatError):
    """People sign in by their name alone, which therefore does not change."""

    code = "name_is_account"
    status = 409


class NameTaken(Conflict):
    """Somebody else has or had this username, or one that looks like it. Whose it is is not said."""

    code = "name_taken"


class TooManyRenames(ChatError):
    """The person has changed their username as often as people may. `details["limit"]` says how often that is."""

    code = "too_many_renames"
    status = 409


class ResetInvalid(Forbidden):
    """The link for a new password is unknown, expired, replaced or used. Which of these is not said."""

    code = "reset_invalid"
