"""`chatapp ldap check`, against the real directory."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chatapp.cli import main
from tests.cli.running import expect_output
from tests.databases import Databases
from tests.ldap.conftest import ROLES
from tests.ldap.slapd import GROUPS, Slapd

Check = Callable[..., Result]


@pytest.fixture
def check(slapd: Slapd, sqlite_only: Databases, tmp_path: Path) -> Check:
    """`check("erin", start_tls=False)` runs the command with other settings of the directory."""
    environment = {"CHATAPP_INSTANCE": str(tmp_path), "CHATAPP_DATABASE_URL": sqlite_only.new()}

    def run(*username: str, **changes: object) -> Result:
        (tmp_path / "ldap.toml").write_text(slapd.settings(roles=ROLES, **changes))
        return CliRunner().invoke(main, ["ldap", "check", *username], prog_name="chatapp", env=environment)

    return run


def test_each_step_is_told(check: Check, slapd: Slapd) -> None:
    slapd.join("gina", f"cn=moderators,{GROUPS}")
    expect_output(check(), 0, "is reached with TLS", "accepts cn=reader", "can be read", "Say a username")
    told = (
        "Found: uid=gina,",
        "entryUUID:",
        "new account: gina",
        "Name: Gina Gold",
        "cn=moderators,",
        "Role: moderator",
    )
    expect_output(check("gina"), 0, *told, "May sign in")


def test_the_step_that_fails_is_named(check: Check, slapd: Slapd) -> None:
    expect_output(check(ca_file=None), 1, "cannot be reached or is not trusted", "certificate")
    expect_output(check(start_tls=False), 1, "WITHOUT encryption", "refuses cn=reader", "confidentiality")
    expect_output(check(bind_password="wrong"), 1, "is reached", "refuses cn=reader", "invalidCredentials")
    expect_output(check(base_dn="ou=missing,dc=example,dc=org"), 1, "does not exist")
    expect_output(check("nobody"), 1, "Nobody is found")
    expect_output(check(" gina"), 1, "not called ' gina' exactly")
    expect_output(check("gina", required_group=f"cn=chat,{GROUPS}"), 1, "May not sign in: not in the group")
    other = slapd.add("gina", f"cn=gina,{GROUPS}")
    expect_output(check("gina"), 1, "More than one entry is found")
    slapd.remove(other)


def test_without_a_directory_it_says_so(tmp_path: Path, sqlite_only: Databases) -> None:
    environment = {"CHATAPP_INSTANCE": str(tmp_path), "CHATAPP_DATABASE_URL": sqlite_only.new()}
    result = CliRunner().invoke(main, ["ldap", "check"], prog_name="chatapp", env=environment)
    expect_output(result, 1, "No directory is configured")
