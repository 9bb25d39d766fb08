"""Load balancers."""

from typing import Literal, NotRequired, Required, TypedDict

from .region import Region


class ForwardingRule(TypedDict):
    """Traffic that a load balancer takes in, and how it hands it on."""

    #: Protocol that it listens for.
    entry_protocol: Literal["http", "https", "http2", "http3", "tcp", "udp"]
    #: Port that it listens on.
    entry_port: int
    #: Protocol that it speaks to the Droplets.
    target_protocol: Literal["http", "https", "http2", "tcp", "udp"]
    #: Port of the Droplets.
    target_port: int
    #: UUID of the certificate that ends TLS here; empty for none.
    certificate_id: NotRequired[str]
    #: Whether TLS is handed on to the Droplets as it is.
    tls_passthrough: NotRequired[bool]


class HealthCheck(TypedDict, total=False):
    """How a load balancer finds out which Droplets to send traffic to."""

    #: Protocol of the checks.
    protocol: Literal["http", "https", "tcp"]
    #: Port of the Droplets that is tried.
    port: int
    #: Path that is asked for.
    path: str
    #: Seconds between two checks.
    check_interval_seconds: int
    #: Seconds to wait for an answer.
    response_timeout_seconds: int
    #: Checks to fail until a Droplet gets no more traffic.
    unhealthy_threshold: int
    #: Checks to pass until it gets traffic again.
    healthy_threshold: int


class StickySessions(TypedDict, total=False):
    """Whether a client is always sent to the same Droplet."""

    #: By a cookie, or not at all.
    type: Literal["cookies", "none"]
    #: Name of the cookie.
    cookie_name: str
    #: Seconds that the cookie lasts.
    cookie_ttl_seconds: int


class LoadBalancerFirewall(TypedDict, total=False):
    """Who may reach a load balancer, as `ip:1.2.3.4` or `cidr:1.2.0.0/16`."""

    #: Who may not.
    deny: list[str]
    #: Who may.
    allow: list[str]


class LoadBalancerDomain(TypedDict, total=False):
    """A domain of a global load balancer."""

    #: Full name.
    name: str
    #: Whether DigitalOcean manages its DNS, and is to add the records.
    is_managed: bool
    #: UUID of the certificate that ends TLS.
    certificate_id: str


class CDNSettings(TypedDict, total=False):
    """Caching by a global load balancer."""

    #: Whether it caches.
    is_enabled: bool


class GlobalSettings(TypedDict, total=False):
    """How a global load balancer hands traffic on."""

    #: Protocol that it speaks to its targets.
    target_protocol: Literal["http", "https", "http2"]
    #: Port of its targets.
    target_port: int
    #: Its caching.
    cdn: CDNSettings
    #: Region slugs and their priorities; the lowest number comes first.
    region_priorities: dict[str, int]
    #: Percentage of failures at which the next region takes over.
    failover_threshold: int


class LoadBalancer(TypedDict):
    """A load balancer.

    The API reference requires the rules only; those without `NotRequired` are in every response that it shows.
    """

    #: UUID of the load balancer.
    id: str
    #: Name.
    name: str
    #: UUID of its project.
    project_id: NotRequired[str]
    #: Public IPv4 address; empty while it is new, and for internal ones.
    ip: NotRequired[str]
    #: Public IPv6 address.
    ipv6: NotRequired[str]
    #: How many nodes it has.
    size_unit: NotRequired[int]
    #: What DigitalOcean had before `size_unit`.
    size: NotRequired[Literal["lb-small", "lb-medium", "lb-large"]]
    #: Deprecated by DigitalOcean: the algorithm can't be chosen any more.
    algorithm: Literal["round_robin", "least_connections"]
    #: Whether it works yet.
    status: Literal["new", "active", "errored"]
    #: When it was made, ISO 8601.
    created_at: str
    #: What it takes in, and how it hands that on.
    forwarding_rules: list[ForwardingRule]
    #: How it finds out which Droplets to send traffic to.
    health_check: HealthCheck
    #: Whether a client is always sent to the same Droplet.
    sticky_sessions: StickySessions
    #: Whether it sends clients of HTTP to HTTPS.
    redirect_http_to_https: bool
    #: Whether it speaks the PROXY protocol to the Droplets.
    enable_proxy_protocol: bool
    #: Whether it keeps connections to the Droplets.
    enable_backend_keepalive: NotRequired[bool]
    #: Seconds after which it closes an idle connection.
    http_idle_timeout_seconds: NotRequired[int]
    #: UUID of its VPC.
    vpc_uuid: NotRequired[str]
    #: Whether no DNS records are made for its certificates from Let's Encrypt.
    disable_lets_encrypt_dns_records: NotRequired[bool]
    #: Who may reach it.
    firewall: NotRequired[LoadBalancerFirewall]
    #: Whether it has public addresses.
    network: NotRequired[Literal["EXTERNAL", "INTERNAL"]]
    #: Whether it has an IPv6 address too.
    network_stack: NotRequired[Literal["IPV4", "DUALSTACK"]]
    #: Kind: for HTTP, for any TCP and UDP, or for all regions.
    type: NotRequired[Literal["REGIONAL", "REGIONAL_NETWORK", "GLOBAL"]]
    #: Domains of a global one.
    domains: NotRequired[list[LoadBalancerDomain]]
    #: How a global one hands traffic on.
    glb_settings: NotRequired[GlobalSettings]
    #: UUIDs of the regional ones that a global one sends traffic to.
    target_load_balancer_ids: NotRequired[list[str]]
    #: Which ciphers it takes.
    tls_cipher_policy: NotRequired[Literal["DEFAULT", "STRONG"]]
    #: Region that it is in; a global one is in none.
    region: NotRequired[Region]
    #: Ids of the Droplets behind it.
    droplet_ids: list[int]
    #: Tag whose Droplets are behind it; empty for none.
    tag: NotRequired[str]


class LoadBalancerCreate(TypedDict, total=False):
    """The attributes that create a load balancer or replace its configuration.

    A name, rules, and either Droplets or a tag.
    """

    #: Name.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    name: Required[str]
    #: What it takes in, and how it hands that on; at least one rule, each with `entry_protocol`, `entry_port`,
    #: `target_protocol` and `target_port`, and `certificate_id` or `tls_passthrough` for TLS.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    forwarding_rules: Required[list[ForwardingRule]]
    #: Slug of the region; a global one has none. It can't be changed.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    region: str
    #: Ids of the Droplets behind it; or
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    droplet_ids: list[int]
    #: the tag whose Droplets are behind it.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    tag: str
    #: UUID of its project. Default: the default project.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    project_id: str
    #: How many nodes it has, 1 to 100; can be changed once an hour. Default: 1.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    size_unit: int
    #: What DigitalOcean had before `size_unit`. Default: "lb-small".
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    size: Literal["lb-small", "lb-medium", "lb-large"]
    #: Deprecated by DigitalOcean: the algorithm can't be chosen any more.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    algorithm: Literal["round_robin", "least_connections"]
    #: How it finds out which Droplets to send traffic to, as `protocol`, `port`, `path`, `check_interval_seconds`,
    #: `response_timeout_seconds`, `unhealthy_threshold` and `healthy_threshold`. Default: http on port 80, path "/".
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    health_check: HealthCheck
    #: Whether a client is always sent to the same Droplet: type (cookies or none), `cookie_name` and
    #: `cookie_ttl_seconds`. Default: none.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    sticky_sessions: StickySessions
    #: Whether it sends clients of HTTP on port 80 to HTTPS on port 443. Default: false.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    redirect_http_to_https: bool
    #: Whether it speaks the PROXY protocol to the Droplets. Default: false.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    enable_proxy_protocol: bool
    #: Whether it keeps connections to the Droplets. Default: false.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    enable_backend_keepalive: bool
    #: Seconds after which it closes an idle connection, 30 to 600. Default: 60.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    http_idle_timeout_seconds: int
    #: UUID of its VPC. Default: the region's default one.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    vpc_uuid: str
    #: Whether no DNS records are made for its certificates from Let's Encrypt. Default: false.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    disable_lets_encrypt_dns_records: bool
    #: Who may reach it: `allow` and `deny`, lists of "ip:1.2.3.4" and "cidr:1.2.0.0/16". Default: any address.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    firewall: LoadBalancerFirewall
    #: Whether it has public addresses; can't be changed. Default: "EXTERNAL".
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    network: Literal["EXTERNAL", "INTERNAL"]
    #: Whether it has an IPv6 address too; can't be changed. Default: "IPV4".
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    network_stack: Literal["IPV4", "DUALSTACK"]
    #: Kind: for HTTP, for any TCP and UDP, or for all regions. Default: "REGIONAL".
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    type: Literal["REGIONAL", "REGIONAL_NETWORK", "GLOBAL"]
    #: Domains of a global one, each with its name, `is_managed` and `certificate_id`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    domains: list[LoadBalancerDomain]
    #: How a global one hands traffic on, as `target_protocol`, `target_port`, `cdn` (`is_enabled`),
    #: `region_priorities` and `failover_threshold`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    glb_settings: GlobalSettings
    #: UUIDs of the regional ones that a global one sends traffic to.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    target_load_balancer_ids: list[str]
    #: Which ciphers it takes. Default: "DEFAULT".
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
    tls_cipher_policy: Literal["DEFAULT", "STRONG"]
