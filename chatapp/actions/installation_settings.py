"""What an administrator chooses in the running system: its name, and who may join."""

from dataclasses import dataclass
from typing import Literal, cast

from sqlalchemy import delete, select

from chatapp.actions.audit import Actor, record
from chatapp.actions.retention_jobs import sweep_soon
from chatapp.actions.system_permissions import CHANGE_INSTALLATION, require
from chatapp.config import Settings
from chatapp.errors import JoiningFixed
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.models import InstallationSetting
from chatapp.models.tables import INSTALLATION_SETTINGS
from chatapp.notices import RetentionChanged
from chatapp.prepared_statements import tuples

Joining = Literal["closed", "invite", "open"]

SYSTEM_NAME = "system_name"
JOINING = "joining"
RETENTION_DAYS = "retention_days"
SETUP_SECRET_HASH = "setup_secret_hash"  # noqa: S105

DEFAULT_JOINING: Joining = "invite"

DAYS = select(INSTALLATION_SETTINGS.c.value).where(INSTALLATION_SETTINGS.c.name == RETENTION_DAYS)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is in force. `name` is empty where none was chosen. `is_joining_fixed`: the setting CHATAPP_JOINING says who
    may join, and nobody can choose it here. Messages are erased after `retention_days`; 0: never."""

    name: str
    joining: Joining
    is_joining_fixed: bool
    retention_days: int


def chosen(settings: Settings) -> Chosen:
    """What is in force now."""
    rows = db.session.execute(select(InstallationSetting.name, InstallationSetting.value))
    return _in_force(settings, {row.name: row.value for row in rows})


def chosen_without_database(settings: Settings) -> Chosen:
    """What is in force as far as it is known while the database does not answer."""
    return _in_force(settings, {})


def _in_force(settings: Settings, stored: dict[str, str]) -> Chosen:
    joining = settings.joining or stored.get(JOINING) or DEFAULT_JOINING
    days = int(stored.get(RETENTION_DAYS, 0))
    return Chosen(stored.get(SYSTEM_NAME, ""), cast(Joining, joining), bool(settings.joining), days)


def system_days() -> int:
    """After how many days the system erases messages; 0: never."""
    found = tuples(DAYS)
    return int(found[0][0]) if found else 0


def shown_name(settings: Settings) -> str:
    """How the installation is called towards its users."""
    return chosen(settings).name or "chatapp"


def change_installation(
    journal: Journal,
    settings: Settings,
    actor: Actor,
    name: str | None = None,
    joining: Joining | None = None,
    retention_days: int | None = None,
) -> Chosen:
    """Stores what is given and differs, and returns what is in force after that. Raises Forbidden and JoiningFixed."""
    require(actor.role, CHANGE_INSTALLATION)
    if joining is not None and settings.joining:
        raise JoiningFixed("Who may join is set where the server is started.")
    days = None if retention_days is None else str(retention_days or "")
    wanted = {SYSTEM_NAME: name, JOINING: joining, RETENTION_DAYS: days}

    def write(transaction: Transaction) -> None:
        rows = transaction.session.execute(select(InstallationSetting.name, InstallationSetting.value))
        stored = {row.name: row.value for row in rows}
        changed = {key: value for key, value in wanted.items() if value is not None and stored.get(key, "") != value}
        for key, value in changed.items():
            store_value(transaction, key, value)
        if changed:
            record(transaction, "installation_changed", actor, **changed)
        if RETENTION_DAYS in changed:
            sweep_soon(transaction)
            transaction.notices.append(RetentionChanged())

    journal.write(write)
    return chosen(settings)


def store_value(transaction: Transaction, name: str, value: str) -> None:
    """Replaces what is stored under a name. Empty text deletes it."""
    transaction.session.execute(delete(InstallationSetting).where(InstallationSetting.name == name))
    if value:
        transaction.session.add(InstallationSetting(name=name, value=value))
