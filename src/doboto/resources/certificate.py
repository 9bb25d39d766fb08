"""Certificates."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias, overload

from .._core.attributes import check_attributes, require, to_nonempty_list
from .._core.request import Request, check_text, filters, path
from .._io.protocol import OnEvent
from .._operation import Coro, Mode, One, operation, stream
from .._operation.overloads import overloaded_operation
from .._wait.lifecycle import Lifecycle
from ..errors import ArgumentValueError
from ..types import Certificate, CertificateType
from ._base.create import CreateSpec, has_name
from ._base.lifecycle import LifecycleOperations, Until, Waits

Certificates: TypeAlias = list[Certificate]
Present: TypeAlias = tuple[Certificate, Certificate | None]


class CreatesCertificate(Protocol[One]):
    """A certificate to be uploaded, or one to be ordered from Let's Encrypt."""

    @overload
    def __call__(
        self,
        name: str,
        private_key: str,
        leaf_certificate: str,
        certificate_chain: str | None = None,
        *,
        type: Literal["custom"] | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
    ) -> One: ...
    @overload
    def __call__(
        self,
        name: str,
        *,
        dns_names: Sequence[str],
        type: Literal["lets_encrypt"] | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
    ) -> One: ...


create_operation = overloaded_operation[CreatesCertificate[Certificate], CreatesCertificate[Coro[Certificate]]]
present_operation = overloaded_operation[CreatesCertificate[Present], CreatesCertificate[Coro[Present]]]
wait_operation = overloaded_operation[
    Waits[str, Certificate, Certificates, None], Waits[str, Coro[Certificate], Coro[Certificates], Coro[None]]
]

#: API reference, `state` of a certificate.
LIFECYCLE = Lifecycle("certificate", "/certificates/{id}", "verified", frozenset({"error"}), "state")


class CertificateOperations(LifecycleOperations[Mode]):
    """TLS certificates, uploaded or from Let's Encrypt, for load balancers."""

    _noun = "certificate"
    _parameters = {"name": "Only the certificate of this name."}

    @operation(ref="certificates_list", scopes="certificate:read")
    async def list(self, *, name: str | None = None) -> Certificates:
        """List all certificates, or the one of a name, all pages."""
        return await self._list_all("certificates", "/certificates", filters(name=name))

    @stream(ref="certificates_list", scopes="certificate:read")
    async def each(self, *, name: str | None = None) -> AsyncGenerator[Certificate, None]:
        """Iterate over certificates; the next page is read in advance."""
        async for certificate in self._iterate("certificates", "/certificates", filters(name=name)):
            yield certificate

    @create_operation(
        ref="certificates_create",
        scopes="certificate:create",
        effect="create",
        scopes_with={"wait": ("certificate:read",)},
    )
    async def create(
        self,
        name: str,
        private_key: str | None = None,
        leaf_certificate: str | None = None,
        certificate_chain: str | None = None,
        *,
        type: CertificateType | None = None,
        dns_names: Sequence[str] | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
    ) -> Certificate:
        """Upload a certificate, or order one from Let's Encrypt.

        Either of::

            do.certificate.create("web", private_key, leaf_certificate, certificate_chain)
            do.certificate.create("web", dns_names=["example.com", "*.example.com"], wait=True)

        The private key is in no error's text and in no log.

        Args:
            name: The certificate's name, unique in the account.
            private_key: The private key as PEM, to upload a certificate;
            leaf_certificate: the certificate as PEM; and
            certificate_chain: the certificates between it and the authority's, as PEM, if any.
            type: `custom` or `lets_encrypt`. Default: what the other arguments say.
            dns_names: The names that Let's Encrypt is to issue one for, all of them under domains of the account.
            wait: If true, wait until it is verified; an uploaded one is at once.

        Raises:
            ValueError, TypeError: The arguments can't be right: both kinds at once, or a part is missing.
            DOBOTOUnprocessableException: The name is taken, the parts don't fit, or a name is not under a domain.
            DOBOTOActionException: Let's Encrypt issued none, while waiting.
        """
        wanted = create_spec(name, type, dns_names, private_key, leaf_certificate, certificate_chain)
        return await self._create_and_wait(wanted, LIFECYCLE, self._plan(poll, timeout, progress), wait)

    @present_operation(
        ref=("certificates_list", "certificates_create"),
        scopes=("certificate:read", "certificate:create"),
        effect="present",
    )
    async def present(
        self,
        name: str,
        private_key: str | None = None,
        leaf_certificate: str | None = None,
        certificate_chain: str | None = None,
        *,
        type: CertificateType | None = None,
        dns_names: Sequence[str] | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
    ) -> Present:
        """Upload or order a certificate unless there is one of its name.

        Args:
            name: The certificate's name; that its parts are the same can't be read.
            wait: If true, wait until it is verified, also if it existed before.

        Raises:
            ValueError, TypeError: The arguments can't be right; nothing was created.
        """
        wanted = create_spec(name, type, dns_names, private_key, leaf_certificate, certificate_chain)
        return await self._create_and_wait_unless_exists(wanted, LIFECYCLE, self._plan(poll, timeout, progress), wait)

    @operation(ref="certificates_get", scopes="certificate:read")
    async def info(self, id: str) -> Certificate:
        """Read one certificate.

        Returns:
            The certificate, without its private key, which the API never shows.
        """
        return await self._get("certificate", path("/certificates/{id}", id=id))

    @wait_operation(ref=("certificates_get", "certificates_list"), scopes="certificate:read", bulk=True)
    async def wait(
        self,
        id: str | Sequence[str],
        *,
        until: Until = "ready",
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
    ) -> Certificate | Certificates | None:
        """Wait until certificates are verified, or until they no longer exist."""
        return await self._wait_for(LIFECYCLE, id, until, self._plan(poll, timeout, progress))

    @operation(
        ref="certificates_delete",
        scopes="certificate:delete",
        effect="destroy",
        irreversible="The certificate is lost.",
    )
    async def destroy(self, id: str, *, missing_ok: bool = False) -> None:
        """Destroy a certificate that nothing uses.

        Raises:
            DOBOTOForbiddenException: A load balancer uses it.
        """
        await self._delete(Request("DELETE", path("/certificates/{id}", id=id), repeatable=True), missing_ok)


def create_spec(
    name: str,
    type: CertificateType | None,
    dns_names: Sequence[str] | None,
    private_key: str | None,
    leaf_certificate: str | None,
    certificate_chain: str | None,
) -> CreateSpec:
    """Return how to create a certificate, which is identified by its name.

    Raises:
        ValueError: It is neither one to be uploaded nor one to be ordered, or both.
    """
    uploaded = {
        "private_key": private_key,
        "leaf_certificate": leaf_certificate,
        "certificate_chain": certificate_chain,
    }
    kind = type or ("custom" if dns_names is None else "lets_encrypt")
    if kind not in {"custom", "lets_encrypt"}:
        raise ArgumentValueError("{0} must be custom or lets_encrypt", "type")
    more = _lets_encrypt_body(uploaded, dns_names) if kind == "lets_encrypt" else _custom_body(uploaded, dns_names)
    body = check_attributes({"name": check_text("name", name), "type": kind}, more)
    return CreateSpec(
        f"certificate {name}",
        Request("POST", "/certificates", body=body),
        "certificate",
        has_name(name),
        filters(name=name),
        frozenset(uploaded),
    )


def _lets_encrypt_body(uploaded: Mapping[str, str | None], dns_names: Sequence[str] | None) -> dict[str, Any]:
    if given := [part for part, value in uploaded.items() if value is not None]:
        fields = ", ".join(f"{{{index}}}" for index in range(len(given)))
        raise ArgumentValueError(f"Let's Encrypt issues the certificate itself: {fields} can't be given", *given)
    return {"dns_names": to_nonempty_list("dns_names", require("dns_names", dns_names))}


def _custom_body(uploaded: Mapping[str, str | None], dns_names: Sequence[str] | None) -> Mapping[str, Any]:
    if dns_names is not None:
        raise ArgumentValueError("{0} are for Let's Encrypt; those of an uploaded certificate are in it", "dns_names")
    for part in ("private_key", "leaf_certificate"):
        require(part, uploaded[part])
    return uploaded
