"""Domains and their DNS records."""

from typing import NotRequired, TypedDict


class Domain(TypedDict):
    """A domain whose DNS is managed.

    The API reference requires no field; these are in every response that it shows.
    """

    #: The domain itself, such as "example.com".
    name: str
    #: Time to live of its records, in seconds.
    ttl: int | None
    #: The whole zone as text; None in the response that makes the domain.
    zone_file: str | None


class DomainRecord(TypedDict):
    """A DNS record of a domain.

    The API reference requires the type only; all of these are in every response that it shows.
    """

    #: Number by which the record is asked for.
    id: int
    #: Type, such as "A", "CNAME" or "TXT".
    type: str
    #: Name inside the domain; "@" for the domain itself.
    name: str
    #: What the name leads to: an address, a host name, a text.
    data: str
    #: Priority of SRV and MX records.
    priority: int | None
    #: Port of SRV records.
    port: int | None
    #: Time to live in seconds.
    ttl: int
    #: Weight of SRV records.
    weight: int | None
    #: Flags of CAA records, 0 to 255.
    flags: int | None
    #: Tag of CAA records: "issue", "issuewild" or "iodef".
    tag: str | None


class DomainRecordAttributes(TypedDict, total=False):
    """What a record may be changed to."""

    #: Type, such as "A", "CNAME" or "TXT". Default: the one it has.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    type: str
    #: Name inside the domain, "@" for the domain itself; a full name ends with a dot.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    name: str
    #: What the name leads to: an address, a host name that ends with a dot, a text.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    data: str
    #: Priority of SRV and MX records.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    priority: int | None
    #: Port of SRV records.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    port: int | None
    #: Time to live in seconds, 30 or more. Default: the domain's.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    ttl: int
    #: Weight of SRV records.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    weight: int | None
    #: Flags of CAA records, 0 to 255.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    flags: int | None
    #: Tag of CAA records: "issue", "issuewild" or "iodef".
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    tag: str | None


class DomainRecordCreate(TypedDict):
    """The attributes that create a record; which of them its type wants is in the API reference."""

    #: Type, such as "A", "CNAME" or "TXT".
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    type: str
    #: Name inside the domain, "@" for the domain itself; a full name ends with a dot.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    name: NotRequired[str]
    #: What the name leads to: an address, a host name that ends with a dot, a text.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    data: NotRequired[str]
    #: Priority of SRV and MX records.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    priority: NotRequired[int | None]
    #: Port of SRV records.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    port: NotRequired[int | None]
    #: Time to live in seconds, 30 or more. Default: the domain's.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    ttl: NotRequired[int]
    #: Weight of SRV records.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    weight: NotRequired[int | None]
    #: Flags of CAA records, 0 to 255.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    flags: NotRequired[int | None]
    #: Tag of CAA records: "issue", "issuewild" or "iodef".
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/domains_create_record
    tag: NotRequired[str | None]
