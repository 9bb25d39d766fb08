"""SSH keys."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, TypeAlias

from .._core.keys import fingerprint, to_openssh
from .._core.request import Request, check_text, path
from .._operation import Mode, operation, stream
from ..errors import DOBOTONotFoundException
from ..types import SSHKey
from ._base.create import CreateSpec, Creation

SSHKeys: TypeAlias = list[SSHKey]
Present: TypeAlias = tuple[SSHKey, SSHKey | None]


class SSHKeyOperations(Creation[Mode]):
    """SSH keys: public keys that Droplets are created with."""

    _noun = "SSH key"
    _parameters = {"id_fingerprint": "The key's id or its MD5 fingerprint."}

    @operation(ref="sshKeys_list", scopes="ssh_key:read")
    async def list(self) -> SSHKeys:
        """List all SSH keys. The API answers this ten times a minute and no more often."""
        return await self._list_all("ssh_keys", "/account/keys")

    @stream(ref="sshKeys_list", scopes="ssh_key:read")
    async def each(self) -> AsyncGenerator[SSHKey, None]:
        """Iterate over SSH keys; the next page is read in advance."""
        async for key in self._iterate("ssh_keys", "/account/keys"):
            yield key

    @operation(ref="sshKeys_create", scopes="ssh_key:create", effect="create")
    async def create(self, name: str, public_key: str) -> SSHKey:
        """Add a public key to the account.

        Args:
            name: Its display name.
            public_key: The key in OpenSSH's form, `ssh-ed25519 AAAA... comment`, or in RFC 4716's. A private key is
                refused before anything is sent.

        Raises:
            ValueError: The name is empty, or the key is no public key; nothing was created.
            DOBOTOUnprocessableException: The key is in the account already, or is none.
        """
        return await self._create_resource(create_spec(name, public_key), self._session.deadline())

    @operation(ref=("sshKeys_get", "sshKeys_create"), scopes=("ssh_key:read", "ssh_key:create"), effect="present")
    async def present(self, name: str, public_key: str) -> Present:
        """Add a public key to the account unless it is there.

        It is the key itself that counts, which the API has only once, independent of its name and comment: one that
        is there under another name stays as it is, and another key of the same name does not stand in for this one.
        (DOBOTO 0.6 went by the name alone, and could so give a key that opens nothing.) It is asked for by its
        fingerprint, so that the narrow limit of `list` does not count.

        Args:
            name: Its display name, if it is created.

        Raises:
            ValueError: The name is empty, or the key is no public key; nothing was created.
        """
        spec, deadline = create_spec(name, public_key), self._session.deadline()
        where = path("/account/keys/{key}", key=fingerprint(public_key))

        async def find() -> SSHKey | None:
            try:
                there: SSHKey = await self._get("ssh_key", where, deadline)
            except DOBOTONotFoundException:
                return None
            return there

        return await self._create_unless_exists(spec, deadline, find)

    @operation(ref="sshKeys_get", scopes="ssh_key:read")
    async def info(self, id_fingerprint: int | str) -> SSHKey:
        """Read one SSH key."""
        return await self._get("ssh_key", path("/account/keys/{key}", key=id_fingerprint))

    @operation(ref="sshKeys_update", scopes="ssh_key:update", effect="update")
    async def update(self, id_fingerprint: int | str, name: str) -> SSHKey:
        """Give an SSH key another name.

        Args:
            name: The new name.

        Raises:
            ValueError: The name is empty.
        """
        where, body = path("/account/keys/{key}", key=id_fingerprint), {"name": check_text("name", name)}
        return await self._fetch("ssh_key", Request("PUT", where, body=body, repeatable=True))

    @operation(
        ref="sshKeys_delete",
        scopes="ssh_key:delete",
        effect="destroy",
        irreversible="The key is lost; Droplets that have it keep it.",
    )
    async def destroy(self, id_fingerprint: int | str, *, missing_ok: bool = False) -> None:
        """Remove an SSH key from the account. Droplets that have it keep it."""
        where = path("/account/keys/{key}", key=id_fingerprint)
        await self._delete(Request("DELETE", where, repeatable=True), missing_ok)


def create_spec(name: str, public_key: str) -> CreateSpec:
    """Return how to create a key, which is identified by itself, without its comment."""
    body = {"name": check_text("name", name), "public_key": to_openssh(check_text("public_key", public_key))}
    parts, wanted = body["public_key"].split()[:2], fingerprint(public_key)

    def same(key: Any) -> bool:
        return str(key.get("public_key")).split()[:2] == parts or key.get("fingerprint") == wanted

    request = Request("POST", "/account/keys", body=body)
    return CreateSpec(f"SSH key {name}", request, "ssh_key", same, known_by=("public_key",))
