"""How the headers of an e-mail are written."""

from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.policy import SMTP, Policy

_EXACT = ("In-Reply-To", "References", "List-Unsubscribe", "List-Unsubscribe-Post")


class _ExactHeader(UnstructuredHeader, BaseHeader):
    """Identifiers and addresses of pages, which nobody decodes. The library would encode a long one (RFC 2047)."""

    def fold(self, *, policy: Policy) -> str:
        lines = str(self).replace(" ", f"{policy.linesep} ")
        return f"{self.name}: {lines}{policy.linesep}"


def _registry() -> HeaderRegistry:
    made = HeaderRegistry()
    for name in _EXACT:
        made.map_to_type(name, _ExactHeader)
    return made


POLICY = SMTP.clone(header_factory=_registry())
"""That of the e-mail that is sent. It refuses a line break in any header."""
