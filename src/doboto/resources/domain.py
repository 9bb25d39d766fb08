"""Domains."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TypeAlias

from .._core.attributes import check_attributes
from .._core.request import Request, check_text, path
from .._operation import Mode, operation, stream
from ..types import Domain
from ._base.create import CreateSpec
from ._base.project import REFS, SCOPES
from .domain_records import DomainRecords

Domains: TypeAlias = list[Domain]
Present: TypeAlias = tuple[Domain, Domain | None]
#: Scopes that arguments of a create need.
CREATE_SCOPES = {"project_id": (*SCOPES, "domain:read")}


class DomainOperations(DomainRecords[Mode]):
    """Domains whose DNS DigitalOcean manages, and their records."""

    _noun = "domain"
    _parameters = {
        "name": "The domain itself.",
        "project_id": "The project to be in; assigned by a request of its own, right after the creation.",
    }

    @operation(ref="domains_list", scopes="domain:read")
    async def list(self) -> Domains:
        """List all domains, all pages."""
        return await self._list_all("domains", "/domains")

    @stream(ref="domains_list", scopes="domain:read")
    async def each(self) -> AsyncGenerator[Domain, None]:
        """Iterate over domains; the next page is read in advance."""
        async for domain in self._iterate("domains", "/domains"):
            yield domain

    @operation(ref=("domains_create", *REFS), scopes="domain:create", effect="create", scopes_with=CREATE_SCOPES)
    async def create(self, name: str, ip_address: str | None = None, *, project_id: str | None = None) -> Domain:
        """Create a domain.

        Args:
            name: The domain itself, such as `example.com`.
            ip_address: The IPv4 address that it leads to, for which an A record is made; omit for no such record.

        Returns:
            The domain; its `zone_file` is null in this response.

        Raises:
            ValueError: The name or the address is empty.
            DOBOTOUnprocessableException: The domain exists already, also in another account, or is not a domain.
        """
        return await self._create_resource(create_spec(name, ip_address, project_id), self._session.deadline())

    @operation(
        ref=("domains_list", "domains_create", *REFS),
        scopes=("domain:read", "domain:create"),
        effect="present",
        scopes_with=CREATE_SCOPES,
    )
    async def present(self, name: str, ip_address: str | None, *, project_id: str | None = None) -> Present:
        """Create a domain unless it is there; it then stays in the project that it is in.

        Args:
            name: The domain itself, in upper or lower case.
            ip_address: As for `create`; the records of an existing domain are not compared.
        """
        return await self._create_unless_exists(create_spec(name, ip_address, project_id), self._session.deadline())

    @operation(ref="domains_get", scopes="domain:read")
    async def info(self, name: str) -> Domain:
        """Read one domain.

        Returns:
            The domain, with its `zone_file`.

        Raises:
            DOBOTONotFoundException: There is no such domain.
        """
        return await self._get("domain", path("/domains/{name}", name=name))

    @operation(
        ref="domains_delete",
        scopes="domain:delete",
        effect="destroy",
        irreversible="The domain and all its DNS records are lost.",
    )
    async def destroy(self, name: str, *, missing_ok: bool = False) -> None:
        """Destroy a domain with all its records.

        Raises:
            DOBOTONotFoundException: There is no such domain, and `missing_ok` is False.
        """
        await self._delete(Request("DELETE", path("/domains/{name}", name=name), repeatable=True), missing_ok)


def create_spec(name: str, ip_address: str | None, project_id: str | None) -> CreateSpec:
    """Return how to create a domain, which is identified by its name, in upper or lower case."""
    known = check_text("name", name).lower()
    if ip_address is not None:
        check_text("ip_address", ip_address)
    body = check_attributes({"name": name}, {"ip_address": ip_address})
    return CreateSpec(
        f"domain {name}",
        Request("POST", "/domains", body=body),
        "domain",
        lambda domain: str(domain.get("name")).lower() == known,
        project_id=project_id,
    )
