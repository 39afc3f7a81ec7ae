"""Large answers such as masks: files named by the SHA-256 of what they hold."""

from hashlib import sha256
from pathlib import Path

from sightline.errors import ProjectError
from sightline.project.durable import sync_folder, write_whole
from sightline.project.faults import reported


def store_payload(folder: Path, content: bytes) -> str:
    """Store the bytes and give their SHA-256; they are on disk when this returns.

    Storing the same bytes twice keeps one file.

    Raises
    ------
    ProjectError
        If the folder cannot be written; then nothing is stored.
    """
    digest = sha256(content).hexdigest()
    path = folder / digest
    with reported(path):
        if path.is_file() and path.read_bytes() == content:
            # another process may have named it an instant ago
            sync_folder(folder)
        else:
            write_whole(path, content)
    return digest


def read_payload(folder: Path, digest: str) -> bytes:
    """Give the stored bytes.

    Raises
    ------
    ProjectError
        If no such payload is stored, or the file no longer holds what its name says.
    """
    path = folder / digest
    if not path.is_file():
        raise ProjectError(f"{path}: missing. Copy the whole project folder again.")
    with reported(path):
        content = path.read_bytes()
    if sha256(content).hexdigest() != digest:
        raise ProjectError(
            f"{path}: damaged, its bytes do not match its name. Restore it from a backup."
        )
    return content
