"""A bucket of a storage that speaks S3's protocol."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Bucket:
    """Which bucket, and the keys that open it. `endpoint` is an http(s) address; `prefix` begins every key."""

    endpoint: str
    region: str
    name: str
    access_key: str
    secret_key: str = field(repr=False)
    prefix: str = ""

    def path_of(self, key: str) -> str:
        """The name of an object in the bucket."""
        return f"{self.prefix}/{key}" if self.prefix else key
