"""DNS records of domains."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any, Protocol, TypeAlias, Unpack, overload

from .._core.attributes import check_attributes, merge_attributes
from .._core.equivalence.dns_records import identity
from .._core.request import Request, filters, path
from .._operation import Coro, Mode, One, operation, stream
from .._operation.overloads import overloaded_operation
from ..types import DomainRecord, DomainRecordAttributes, DomainRecordCreate
from ._base.create import CreateSpec, Creation, change_request, check_changes

Records: TypeAlias = list[DomainRecord]
PresentRecord: TypeAlias = tuple[DomainRecord, DomainRecord | None]


class CreatesRecord(Protocol[One]):
    """The domain, and the record's attributes as a mapping, as keyword arguments, or as both."""

    @overload
    def __call__(self, name: str, attribs: Mapping[str, Any], **attributes: Any) -> One: ...
    @overload
    def __call__(self, domain: str, /, **attributes: Unpack[DomainRecordCreate]) -> One: ...


class UpdatesRecord(Protocol[One]):
    """The record, and what changes as a mapping, as keyword arguments, or as both."""

    @overload
    def __call__(
        self, name: str, record_id: int, attribs: Mapping[str, Any], *, replace: bool = False, **attributes: Any
    ) -> One: ...
    @overload
    def __call__(
        self, domain: str, record_id: int, /, *, replace: bool = False, **attributes: Unpack[DomainRecordAttributes]
    ) -> One: ...


create_operation = overloaded_operation[CreatesRecord[DomainRecord], CreatesRecord[Coro[DomainRecord]]]
present_operation = overloaded_operation[CreatesRecord[PresentRecord], CreatesRecord[Coro[PresentRecord]]]
update_operation = overloaded_operation[UpdatesRecord[DomainRecord], UpdatesRecord[Coro[DomainRecord]]]

#: What makes two records of one name and type different ones, beside their data.
APART = ("port", "tag")


class DomainRecords(Creation[Mode]):
    """The records."""

    _noun = "record"
    _parameters = {
        "name": "The domain itself.",
        "record_id": "The record's id.",
        "fqdn": "Only records of this name, in full: `www.example.com`.",
        "type": "Only records of this type, such as `A`.",
    }

    @operation(ref="domains_list_records", scopes="domain:read")
    async def record_list(self, name: str, *, fqdn: str | None = None, type: str | None = None) -> Records:
        """List all records of a domain, or those of one name or type, all pages.

        Raises:
            DOBOTONotFoundException: There is no such domain.
        """
        return await self._list_all("domain_records", records_of(name), filters(name=fqdn, type=type))

    @stream(ref="domains_list_records", scopes="domain:read")
    async def record_each(
        self, name: str, *, fqdn: str | None = None, type: str | None = None
    ) -> AsyncGenerator[DomainRecord, None]:
        """Iterate over records of a domain; the next page is read in advance.

        Raises:
            DOBOTONotFoundException: There is no such domain.
        """
        query = filters(name=fqdn, type=type)
        async for record in self._iterate("domain_records", records_of(name), query):
            yield record

    @create_operation(
        ref="domains_create_record", scopes="domain:create", effect="create", scopes_note="or domain:update instead"
    )
    async def record_create(
        self, name: str, attribs: DomainRecordCreate | None = None, **attributes: Any
    ) -> DomainRecord:
        """Create a record of a domain.

        Args:
            attribs: The record's attributes, as a dict, as keyword arguments, or as both:

                - `type` (str): A, AAAA, CAA, CNAME, MX, NS, SRV or TXT; required.
                - `name` (str): its name inside the domain, `@` for the domain itself; a full name ends with a dot.
                - `data` (str): what it leads to; a host name ends with a dot.
                - `ttl` (int): its time to live in seconds. Default: the domain's.
                - `priority` (int): for MX and SRV; `port` (int) and `weight` (int) for SRV.
                - `flags` (int) and `tag` (str): for CAA.

        Raises:
            DOBOTONotFoundException: There is no such domain.
            DOBOTOUnprocessableException: The type wants other attributes, or the name can't have such a record.
        """
        return await self._create_resource(record_create_spec(name, attribs, attributes), self._session.deadline())

    @present_operation(
        ref=("domains_list_records", "domains_create_record"),
        scopes=("domain:read", "domain:create"),
        effect="present",
        scopes_note="or domain:update instead of domain:create",
    )
    async def record_present(
        self, name: str, attribs: DomainRecordCreate | None = None, **attributes: Any
    ) -> PresentRecord:
        """Create a record of a domain unless there is one of its type and name that leads to the same.

        Args:
            attribs: The record's attributes, as for `record_create`.
        """
        return await self._create_unless_exists(record_create_spec(name, attribs, attributes), self._session.deadline())

    @operation(ref="domains_get_record", scopes="domain:read")
    async def record_info(self, name: str, record_id: int) -> DomainRecord:
        """Read one record of a domain.

        Raises:
            DOBOTONotFoundException: There is no such domain, or no such record of it.
        """
        return await self._get("domain_record", record_of(name, record_id))

    @update_operation(
        ref=("domains_patch_record", "domains_update_record", "domains_get_record"),
        scopes="domain:update",
        effect="update",
        scopes_note="domain:read if `type` is omitted",
    )
    async def record_update(
        self,
        name: str,
        record_id: int,
        attribs: DomainRecordAttributes | None = None,
        *,
        replace: bool = False,
        **attributes: Any,
    ) -> DomainRecord:
        """Change a record of a domain.

        Args:
            attribs: What changes; see `record_create`. The API wants the record's `type` too: where it is
                left out, the record is read first.
            replace: If true, replace the whole record: sent as PUT, as DOBOTO 0.6 did, instead of PATCH.

        Raises:
            ValueError, TypeError: Nothing is to be changed, or the attributes can't be right.
            DOBOTONotFoundException: There is no such domain, or no such record of it.
            DOBOTOUnprocessableException: The type wants other attributes.
        """
        body, record_path = check_changes(merge_attributes(attribs, attributes)), record_of(name, record_id)
        if "type" not in body:
            body["type"] = (await self._get("domain_record", record_path))["type"]
        return await self._fetch("domain_record", change_request(record_path, body, replace=replace))

    @operation(
        ref="domains_delete_record",
        scopes="domain:delete",
        effect="destroy",
        scopes_note="or domain:update instead",
        irreversible="The DNS record is lost.",
    )
    async def record_destroy(self, name: str, record_id: int, *, missing_ok: bool = False) -> None:
        """Destroy a record of a domain.

        Args:
            missing_ok: If true, do not raise when the record or the domain does not exist.

        Raises:
            DOBOTONotFoundException: There is none, and `missing_ok` is False.
        """
        await self._delete(Request("DELETE", record_of(name, record_id), repeatable=True), missing_ok)


def records_of(name: str) -> str:
    """Return the path of a domain's records."""
    return path("/domains/{name}/records", name=name)


def record_of(name: str, record_id: int) -> str:
    """Return the path of one of them."""
    return path("/domains/{name}/records/{id}", name=name, id=record_id)


def record_create_spec(name: str, attribs: Mapping[str, Any] | None, more: Mapping[str, Any]) -> CreateSpec:
    """Return how to create a record, which is identified by its type, its name and what it leads to."""
    body = check_attributes(attribs, more, needed=("type",))
    wanted = identity(name, body)
    apart = {member: body[member] for member in APART if member in body}
    return CreateSpec(
        f"{wanted[0]} record {wanted[1]} of {name}",
        Request("POST", records_of(name), body=body),
        "domain_record",
        lambda record: identity(name, record) == wanted and apart.items() <= record.items(),
        filters(type=body["type"]),
        known_by=("type", "name", "data"),
    )
