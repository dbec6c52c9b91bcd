"""The names under which bytes are stored."""


def key_of(blob_hash: str) -> str:
    """`ab/abcdef...`: a folder for each first byte, since some file systems are slow with many files in one."""
    return f"{blob_hash[:2]}/{blob_hash}"


def preview_key(blob_hash: str, number: int) -> str:
    """The name of a preview, counted from 0."""
    return f"{key_of(blob_hash)}.preview-{number + 1}"


def hash_in(key: str) -> str:
    """The hash in a name of either kind."""
    return key.partition("/")[2].partition(".")[0]


def all_of(blob_hash: str, previews: int) -> list[str]:
    """The names of the bytes and of their previews."""
    return [key_of(blob_hash), *(preview_key(blob_hash, number) for number in range(previews))]
