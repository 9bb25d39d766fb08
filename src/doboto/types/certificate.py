"""TLS certificates that load balancers and CDN endpoints use."""

from typing import Literal, TypeAlias, TypedDict

#: Where a certificate comes from: uploaded, or issued by Let's Encrypt and renewed by DigitalOcean.
CertificateType: TypeAlias = Literal["custom", "lets_encrypt"]


class Certificate(TypedDict):
    """A certificate, without its private key, which the API never shows.

    The API reference requires no field; these are in every response that it shows.
    """

    #: UUID of the certificate.
    id: str
    #: Name, unique in the account.
    name: str
    #: When it expires, ISO 8601.
    not_after: str
    #: SHA-1 fingerprint.
    sha1_fingerprint: str
    #: When it was made, ISO 8601.
    created_at: str
    #: Names that it is for.
    dns_names: list[str]
    #: Whether it can be used yet; those from Let's Encrypt are pending first.
    state: Literal["pending", "verified", "error"]
    #: Where it comes from.
    type: CertificateType
