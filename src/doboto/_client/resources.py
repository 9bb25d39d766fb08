"""The resources of a client: one attribute each, loaded at its first use, for both clients."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, overload
from weakref import ref

from .._operation import Mode
from .._session import Session

if TYPE_CHECKING:
    from ..resources.account import Account
    from ..resources.action import Action
    from ..resources.autoscale import Autoscale
    from ..resources.certificate import Certificate
    from ..resources.domain import Domain
    from ..resources.droplet import Droplet
    from ..resources.firewall import Firewall
    from ..resources.floating_ip import FloatingIP
    from ..resources.image import Image
    from ..resources.load_balancer import LoadBalancer
    from ..resources.monitoring import Monitoring
    from ..resources.nat_gateway import NATGateway
    from ..resources.one_click import OneClick
    from ..resources.project import Project
    from ..resources.region import Region
    from ..resources.reserved_ip import ReservedIP
    from ..resources.reserved_ipv6 import ReservedIPv6
    from ..resources.size import Size
    from ..resources.snapshot import Snapshot
    from ..resources.ssh_key import SSHKey
    from ..resources.tag import Tag
    from ..resources.volume import Volume
    from ..resources.vpc import VPC

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

    @resource
    def account(self) -> type[Account[Mode]]:
        """The account that the token belongs to."""
        from ..resources.account import Account

        return Account

    @resource
    def action(self) -> type[Action[Mode]]:
        """Actions: what was done to resources of any kind."""
        from ..resources.action import Action

        return Action

    @resource
    def autoscale(self) -> type[Autoscale[Mode]]:
        """Autoscale pools: as many Droplets as are needed."""
        from ..resources.autoscale import Autoscale

        return Autoscale

    @resource
    def certificate(self) -> type[Certificate[Mode]]:
        """Certificates: TLS for load balancers, uploaded or from Let's Encrypt."""
        from ..resources.certificate import Certificate

        return Certificate

    @resource
    def domain(self) -> type[Domain[Mode]]:
        """Domains, and their DNS records."""
        from ..resources.domain import Domain

        return Domain

    @resource
    def droplet(self) -> type[Droplet[Mode]]:
        """Droplets: virtual machines."""
        from ..resources.droplet import Droplet

        return Droplet

    @resource
    def firewall(self) -> type[Firewall[Mode]]:
        """Firewalls: what may reach Droplets, and what they may reach."""
        from ..resources.firewall import Firewall

        return Firewall

    @resource
    def floating_ip(self) -> type[FloatingIP[Mode]]:
        """Floating IPs: reserved IPs by their old name."""
        from ..resources.floating_ip import FloatingIP

        return FloatingIP

    @resource
    def image(self) -> type[Image[Mode]]:
        """Images: what Droplets are created from."""
        from ..resources.image import Image

        return Image

    @resource
    def load_balancer(self) -> type[LoadBalancer[Mode]]:
        """Load balancers: one address for many Droplets."""
        from ..resources.load_balancer import LoadBalancer

        return LoadBalancer

    @resource
    def monitoring(self) -> type[Monitoring[Mode]]:
        """Monitoring: alert policies and metrics."""
        from ..resources.monitoring import Monitoring

        return Monitoring

    @resource
    def nat_gateway(self) -> type[NATGateway[Mode]]:
        """VPC NAT gateways: how Droplets without a public address reach the internet."""
        from ..resources.nat_gateway import NATGateway

        return NATGateway

    @resource
    def one_click(self) -> type[OneClick[Mode]]:
        """1-Click applications."""
        from ..resources.one_click import OneClick

        return OneClick

    @resource
    def project(self) -> type[Project[Mode]]:
        """Projects: what resources are grouped by."""
        from ..resources.project import Project

        return Project

    @resource
    def region(self) -> type[Region[Mode]]:
        """Regions: where resources can be."""
        from ..resources.region import Region

        return Region

    @resource
    def reserved_ip(self) -> type[ReservedIP[Mode]]:
        """Reserved IPs: public IPv4 addresses that move between Droplets."""
        from ..resources.reserved_ip import ReservedIP

        return ReservedIP

    @resource
    def reserved_ipv6(self) -> type[ReservedIPv6[Mode]]:
        """Reserved IPv6: public IPv6 addresses that move between Droplets."""
        from ..resources.reserved_ipv6 import ReservedIPv6

        return ReservedIPv6

    @resource
    def size(self) -> type[Size[Mode]]:
        """Sizes that Droplets can have."""
        from ..resources.size import Size

        return Size

    @resource
    def snapshot(self) -> type[Snapshot[Mode]]:
        """Snapshots of Droplets and of volumes."""
        from ..resources.snapshot import Snapshot

        return Snapshot

    @resource
    def ssh_key(self) -> type[SSHKey[Mode]]:
        """SSH keys: public keys that Droplets are created with."""
        from ..resources.ssh_key import SSHKey

        return SSHKey

    @resource
    def tag(self) -> type[Tag[Mode]]:
        """Tags: labels that resources carry."""
        from ..resources.tag import Tag

        return Tag

    @resource
    def volume(self) -> type[Volume[Mode]]:
        """Volumes: block storage that Droplets are given."""
        from ..resources.volume import Volume

        return Volume

    @resource
    def vpc(self) -> type[VPC[Mode]]:
        """VPCs: private networks, and their peerings."""
        from ..resources.vpc import VPC

        return VPC
