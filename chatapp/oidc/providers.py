"""The providers that are configured."""

from typing import TYPE_CHECKING

from chatapp.config import Settings
from chatapp.oidc.settings import load_providers

if TYPE_CHECKING:
    from chatapp.oidc.provider import Provider

CALLBACK = "/oidc/{name}/callback"


def providers_of(settings: Settings) -> "dict[str, Provider]":
    """The providers by name, in the order of the file. Raises BadSetting."""
    found = load_providers(settings)
    if found is None:
        return {}
    # The libraries take a tenth of a second to import, which nobody pays who has no provider.
    from chatapp.oidc.provider import Provider

    # Never what a request names as its host: whoever forges one would have the code sent there.
    base = found.address + settings.api_prefixes[0].rstrip("/")
    return {name: Provider(name, one, base + CALLBACK.format(name=name)) for name, one in found.providers.items()}
