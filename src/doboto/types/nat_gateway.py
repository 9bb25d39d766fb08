"""VPC NAT gateways: how Droplets without a public address reach the internet."""

from typing import Literal, NotRequired, TypeAlias, TypedDict

#: State of a gateway.
NATGatewayState: TypeAlias = Literal["NEW", "PROVISIONING", "ACTIVE", "DELETING", "ERROR", "INVALID"]


class NATGatewayVPC(TypedDict):
    """The VPC that a gateway is in."""

    #: UUID of the VPC.
    vpc_uuid: str
    #: Address of the gateway in the VPC, once it is active.
    gateway_ip: NotRequired[str]
    #: Whether it is the VPC's way to the internet.
    default_gateway: NotRequired[bool]


class NATGatewayAddress(TypedDict, total=False):
    """An address that a gateway's traffic comes from."""

    #: The IPv4 address.
    ipv4: str


class NATGatewayEgresses(TypedDict, total=False):
    """Where a gateway's traffic comes out."""

    #: Its public addresses.
    public_gateways: list[NATGatewayAddress]


class NATGateway(TypedDict):
    """A VPC's NAT gateway.

    The API reference requires no field; those without `NotRequired` are in every response that it shows.
    """

    #: UUID of the gateway.
    id: str
    #: Name, unique in the account.
    name: str
    #: Type; there is one.
    type: Literal["PUBLIC"]
    #: Whether it works yet, or still.
    state: NATGatewayState
    #: Slug of its region.
    region: str
    #: How large it is.
    size: int
    #: The VPC that it is in, as a list of one.
    vpcs: list[NATGatewayVPC]
    #: Where its traffic comes out, once it is active.
    egresses: NotRequired[NATGatewayEgresses]
    #: Seconds after which it forgets a UDP connection.
    udp_timeout_seconds: int
    #: Seconds after which it forgets an ICMP connection.
    icmp_timeout_seconds: int
    #: Seconds after which it forgets a TCP connection.
    tcp_timeout_seconds: int
    #: UUID of its project, in some responses.
    project_id: NotRequired[str]
    #: When it was made, ISO 8601.
    created_at: str
    #: When it was changed last, ISO 8601.
    updated_at: str


class NATGatewayPlace(TypedDict):
    """The VPC that a gateway is to be in."""

    #: UUID of the VPC.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcnatgateways_create
    vpc_uuid: str
    #: Whether it becomes the VPC's way to the internet.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcnatgateways_create
    default_gateway: NotRequired[bool]


class NATGatewayUpdate(TypedDict):
    """What a gateway is changed to; what is left out stays as it is."""

    #: Name, unique in the account.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcnatgateways_update
    name: str
    #: How large it is.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcnatgateways_update
    size: int
    #: The VPC that it is in, as a list of one, with `vpc_uuid` and `default_gateway`, its role there.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcnatgateways_update
    vpcs: NotRequired[list[NATGatewayPlace]]
    #: Seconds after which it forgets a UDP connection.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcnatgateways_update
    udp_timeout_seconds: NotRequired[int]
    #: Seconds after which it forgets an ICMP connection.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcnatgateways_update
    icmp_timeout_seconds: NotRequired[int]
    #: Seconds after which it forgets a TCP connection.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcnatgateways_update
    tcp_timeout_seconds: NotRequired[int]


class NATGatewayCreate(TypedDict):
    """The attributes that create a gateway."""

    #: Name: letters, digits, "-" and "."; unique in the account.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcnatgateways_create
    name: str
    #: Type; there is one.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcnatgateways_create
    type: Literal["PUBLIC"]
    #: Slug of the region, which is that of the VPC.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcnatgateways_create
    region: str
    #: How large it is, 1 or more.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcnatgateways_create
    size: int
    #: The VPC that it is to be in, as a list of one, with `vpc_uuid` and `default_gateway`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcnatgateways_create
    vpcs: list[NATGatewayPlace]
    #: Seconds after which it forgets a UDP connection. Default: 30.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcnatgateways_create
    udp_timeout_seconds: NotRequired[int]
    #: Seconds after which it forgets an ICMP connection. Default: 30.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcnatgateways_create
    icmp_timeout_seconds: NotRequired[int]
    #: Seconds after which it forgets a TCP connection. Default: 300.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcnatgateways_create
    tcp_timeout_seconds: NotRequired[int]
