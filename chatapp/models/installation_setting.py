"""One setting that is chosen in the running system, not by an environment variable."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base


class InstallationSetting(Base):
    """`actions/installation_settings.py` has the names and what they mean. Some are none that somebody chooses: see
    `journal/search_index.py`, `actions/deletion_hold.py` and `actions/scheduled_backups.py`."""

    __tablename__ = "installation_setting"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
