"""`chatapp mail test`, by real mail servers: what works, and what is said if it does not."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatapp.mail import delivery
from tests.certificates import self_signed_certificate
from tests.cli.running import Run, expect_output
from tests.mail_server import PASSWORD, USERNAME, MailServer, text_of
from tests.servers import free_port

SENDER = {"CHATAPP_MAIL_FROM": "Our Chat <chat@example.org>", "CHATAPP_PUBLIC_URL": "https://chat.example.org"}
TO = "ada@example.org"


@pytest.fixture(scope="module")
def plain() -> Iterator[MailServer]:
    started = MailServer().start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed_certificate(tmp_path_factory.mktemp("mail"))


@pytest.fixture(scope="module")
def encrypted(certificate: Path) -> Iterator[MailServer]:
    started = MailServer(certificate).start()
    yield started
    started.stop()


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a server that accepts connections and never says anything."""
    monkeypatch.setattr(delivery, "STEP_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def url(server: MailServer, password: str = PASSWORD) -> str:
    return f"smtp://{USERNAME}:{password.replace('@', '%40')}@127.0.0.1:{server.port}?starttls=yes"


def test_it_says_that_the_server_has_taken_an_e_mail(run: Run, plain: MailServer) -> None:
    expect_output(run("mail", "test", TO, CHATAPP_SMTP_URL=plain.url, **SENDER), 0, "has taken an e-mail to", TO)
    assert plain.recipients[-1] == [TO]
    assert plain.were_encrypted[-1] is False
    assert "https://chat.example.org" in text_of(plain.received[-1])


def test_it_encrypts_and_signs_in(
    run: Run, encrypted: MailServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    untrusted = run("mail", "test", TO, CHATAPP_SMTP_URL=url(encrypted), **SENDER)
    expect_output(untrusted, 1, "has a certificate that cannot be verified")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    refused = run("mail", "test", TO, CHATAPP_SMTP_URL=url(encrypted, "wrong"), **SENDER)
    expect_output(refused, 1, "refuses the username or the password of CHATAPP_SMTP_URL (535)")
    assert "wrong" not in refused.output
    count = len(encrypted.received)
    expect_output(run("mail", "test", TO, CHATAPP_SMTP_URL=url(encrypted), **SENDER), 0, "has taken an e-mail")
    assert encrypted.were_encrypted[count:] == [True]


def test_a_server_without_starttls_gets_neither_the_password_nor_the_e_mail(run: Run, plain: MailServer) -> None:
    count = len(plain.received)
    expect_output(run("mail", "test", TO, CHATAPP_SMTP_URL=url(plain), **SENDER), 1, "offers no STARTTLS or no sign-in")
    assert len(plain.received) == count


def test_it_says_what_else_is_wrong(run: Run, plain: MailServer, silent: int) -> None:
    def said(address: str = TO, url: str = plain.url) -> tuple[int, str]:
        result = run("mail", "test", address, CHATAPP_SMTP_URL=url, **SENDER)
        assert "Traceback" not in result.output
        return result.exit_code, result.output

    refused = said("unknown.person@example.org")
    assert refused == (1, f"Error: The mail server 127.0.0.1:{plain.port} refuses the recipient (550).\n")
    assert said(url=f"smtp://127.0.0.1:{silent}") == (
        1,
        f"Error: The mail server 127.0.0.1:{silent} does not answer within 0.3 seconds.\n",
    )
    assert "cannot be reached: Connection refused." in said(url=f"smtp://127.0.0.1:{free_port()}")[1]
    assert "This is not an e-mail address" in said("ada@example.org\nBcc: b@example.org")[1]
    expect_output(run("mail", "test", TO), 1, "CHATAPP_SMTP_URL is not set")


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("http://mail.example.org", "it takes smtp://"),
        ("smtp://", "it takes smtp://"),
        ("smtp://chat:secret7@mail.example.org?starttls=no", "it takes smtp://"),
        ("smtps://mail.example.org?starttls=yes", "it takes smtp://"),
        ("smtp://mail.example.org?tls=yes", "it takes smtp://"),
        ("smtp://mail.example.org:many", "it takes smtp://"),
    ],
)
def test_an_address_that_cannot_be_used_stops_the_start(run: Run, address: str, word: str) -> None:
    result = run("mail", "test", TO, CHATAPP_SMTP_URL=address, **SENDER)
    expect_output(result, 1, "CHATAPP_SMTP_URL", word)
    assert "secret7" not in result.output


def test_the_password_is_shown_nowhere_and_the_other_settings_are_needed(run: Run) -> None:
    secret = {"CHATAPP_SMTP_URL": "smtps://chat:secret7@mail.example.org"}
    shown = run("config", **secret, **SENDER)
    expect_output(shown, 0, "CHATAPP_SMTP_URL=smtps://chat:***@mail.example.org")
    assert "secret7" not in shown.output
    for missing in SENDER:
        others = {name: value for name, value in SENDER.items() if name != missing}
        expect_output(run("config", **secret, **others), 1, f"CHATAPP_SMTP_URL needs {missing} too.")
    bad = {**SENDER, "CHATAPP_MAIL_FROM": "Chat <not an address>"}
    expect_output(run("config", **secret, **bad), 1, "CHATAPP_MAIL_FROM cannot be")
