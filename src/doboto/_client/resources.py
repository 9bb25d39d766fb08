"""The resources of a client: one attribute each, loaded at its first use, for both clients."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, overload
from weakref import ref

from .._core.attributes import missing_attribute
from .._operation import Mode
from .._session import Session

if TYPE_CHECKING:
    from ..resources.account import AccountOperations
    from ..resources.action import ActionOperations
    from ..resources.autoscale import AutoscaleOperations
    from ..resources.certificate import CertificateOperations
    from ..resources.domain import DomainOperations
    from ..resources.droplet import DropletOperations
    from ..resources.firewall import FirewallOperations
    from ..resources.floating_ip import FloatingIPOperations
    from ..resources.image import ImageOperations
    from ..resources.load_balancer import LoadBalancerOperations
    from ..resources.monitoring import MonitoringOperations
    from ..resources.nat_gateway import NATGatewayOperations
    from ..resources.one_click import OneClickOperations
    from ..resources.project import ProjectOperations
    from ..resources.region import RegionOperations
    from ..resources.reserved_ip import ReservedIPOperations
    from ..resources.reserved_ipv6 import ReservedIPv6Operations
    from ..resources.size import SizeOperations
    from ..resources.snapshot import SnapshotOperations
    from ..resources.ssh_key import SSHKeyOperations
    from ..resources.tag import TagOperations
    from ..resources.volume import VolumeOperations
    from ..resources.vpc import VPCOperations

T = TypeVar("T")


class resource(Generic[T]):  # noqa: N801 - read as a keyword
    """An attribute of a client: the resource, made at its first use; on the class, the resource's class."""

    def __init__(self, load: Callable[[Any], type[T]]) -> None:
        self._load = load
        self.__doc__ = load.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, obj: None, owner: type) -> type[T]: ...
    @overload
    def __get__(self, obj: Resources[Any], owner: type) -> T: ...
    def __get__(self, obj: Resources[Any] | None, owner: type) -> Any:
        kind: Any = self._load(obj)
        if obj is None:
            return kind
        made = obj.__dict__[self._name] = kind(obj._mode, obj._session)
        made._origin = (ref(obj), self._name)
        return made


class Resources(Generic[Mode]):
    """The attributes; a client has a mode and a session for them."""

    _mode: ClassVar[type[Any]]
    _session: Session

    if not TYPE_CHECKING:  # to a type checker, any name would be one that it has

        def __getattr__(self, name: str) -> Any:
            raise missing_attribute(self, name)

    @resource
    def account(self) -> type[AccountOperations[Mode]]:
        """The account that the token belongs to."""
        from ..resources.account import AccountOperations

        return AccountOperations

    @resource
    def action(self) -> type[ActionOperations[Mode]]:
        """Actions: what was done to resources of any kind."""
        from ..resources.action import ActionOperations

        return ActionOperations

    @resource
    def autoscale(self) -> type[AutoscaleOperations[Mode]]:
        """Autoscale pools: as many Droplets as are needed."""
        from ..resources.autoscale import AutoscaleOperations

        return AutoscaleOperations

    @resource
    def certificate(self) -> type[CertificateOperations[Mode]]:
        """Certificates: TLS for load balancers, uploaded or from Let's Encrypt."""
        from ..resources.certificate import CertificateOperations

        return CertificateOperations

    @resource
    def domain(self) -> type[DomainOperations[Mode]]:
        """Domains, and their DNS records."""
        from ..resources.domain import DomainOperations

        return DomainOperations

    @resource
    def droplet(self) -> type[DropletOperations[Mode]]:
        """Droplets: virtual machines."""
        from ..resources.droplet import DropletOperations

        return DropletOperations

    @resource
    def firewall(self) -> type[FirewallOperations[Mode]]:
        """Firewalls: what may reach Droplets, and what they may reach."""
        from ..resources.firewall import FirewallOperations

        return FirewallOperations

    @resource
    def floating_ip(self) -> type[FloatingIPOperations[Mode]]:
        """Floating IPs: reserved IPs by their old name."""
        from ..resources.floating_ip import FloatingIPOperations

        return FloatingIPOperations

    @resource
    def image(self) -> type[ImageOperations[Mode]]:
        """Images: what Droplets are created from."""
        from ..resources.image import ImageOperations

        return ImageOperations

    @resource
    def load_balancer(self) -> type[LoadBalancerOperations[Mode]]:
        """Load balancers: one address for many Droplets."""
        from ..resources.load_balancer import LoadBalancerOperations

        return LoadBalancerOperations

    @resource
    def monitoring(self) -> type[MonitoringOperations[Mode]]:
        """Monitoring: alert policies and metrics."""
        from ..resources.monitoring import MonitoringOperations

        return MonitoringOperations

    @resource
    def nat_gateway(self) -> type[NATGatewayOperations[Mode]]:
        """VPC NAT gateways: how Droplets without a public address reach the internet."""
        from ..resources.nat_gateway import NATGatewayOperations

        return NATGatewayOperations

    @resource
    def one_click(self) -> type[OneClickOperations[Mode]]:
        """1-Click applications."""
        from ..resources.one_click import OneClickOperations

        return OneClickOperations

    @resource
    def project(self) -> type[ProjectOperations[Mode]]:
        """Projects: what resources are grouped by."""
        from ..resources.project import ProjectOperations

        return ProjectOperations

    @resource
    def region(self) -> type[RegionOperations[Mode]]:
        """Regions: where resources can be."""
        from ..resources.region import RegionOperations

        return RegionOperations

    @resource
    def reserved_ip(self) -> type[ReservedIPOperations[Mode]]:
        """Reserved IPs: public IPv4 addresses that move between Droplets."""
        from ..resources.reserved_ip import ReservedIPOperations

        return ReservedIPOperations

    @resource
    def reserved_ipv6(self) -> type[ReservedIPv6Operations[Mode]]:
        """Reserved IPv6: public IPv6 addresses that move between Droplets."""
        from ..resources.reserved_ipv6 import ReservedIPv6Operations

        return ReservedIPv6Operations

    @resource
    def size(self) -> type[SizeOperations[Mode]]:
        """Sizes that Droplets can have."""
        from ..resources.size import SizeOperations

        return SizeOperations

    @resource
    def snapshot(self) -> type[SnapshotOperations[Mode]]:
        """Snapshots of Droplets and of volumes."""
        from ..resources.snapshot import SnapshotOperations

        return SnapshotOperations

    @resource
    def ssh_key(self) -> type[SSHKeyOperations[Mode]]:
        """SSH keys: public keys that Droplets are created with."""
        from ..resources.ssh_key import SSHKeyOperations

        return SSHKeyOperations

    @resource
    def tag(self) -> type[TagOperations[Mode]]:
        """Tags: labels that resources carry."""
        from ..resources.tag import TagOperations

        return TagOperations

    @resource
    def volume(self) -> type[VolumeOperations[Mode]]:
        """Volumes: block storage that Droplets are given."""
        from ..resources.volume import VolumeOperations

        return VolumeOperations

    @resource
    def vpc(self) -> type[VPCOperations[Mode]]:
        """VPCs: private networks, and their peerings."""
        from ..resources.vpc import VPCOperations

        return VPCOperations
