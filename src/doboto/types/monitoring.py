"""Monitoring: alert policies, and what was measured."""

from typing import Literal, TypeAlias, TypedDict

#: What an alert policy looks at.
AlertType: TypeAlias = Literal[
    "v1/insights/droplet/load_1",
    "v1/insights/droplet/load_5",
    "v1/insights/droplet/load_15",
    "v1/insights/droplet/memory_utilization_percent",
    "v1/insights/droplet/disk_utilization_percent",
    "v1/insights/droplet/cpu",
    "v1/insights/droplet/disk_read",
    "v1/insights/droplet/disk_write",
    "v1/insights/droplet/public_outbound_bandwidth",
    "v1/insights/droplet/public_inbound_bandwidth",
    "v1/insights/droplet/private_outbound_bandwidth",
    "v1/insights/droplet/private_inbound_bandwidth",
    "v1/insights/lbaas/avg_cpu_utilization_percent",
    "v1/insights/lbaas/connection_utilization_percent",
    "v1/insights/lbaas/droplet_health",
    "v1/insights/lbaas/tls_connections_per_second_utilization_percent",
    "v1/insights/lbaas/increase_in_http_error_rate_percentage_5xx",
    "v1/insights/lbaas/increase_in_http_error_rate_percentage_4xx",
    "v1/insights/lbaas/increase_in_http_error_rate_count_5xx",
    "v1/insights/lbaas/increase_in_http_error_rate_count_4xx",
    "v1/insights/lbaas/high_http_request_response_time",
    "v1/insights/lbaas/high_http_request_response_time_50p",
    "v1/insights/lbaas/high_http_request_response_time_95p",
    "v1/insights/lbaas/high_http_request_response_time_99p",
    "v1/dbaas/alerts/load_15_alerts",
    "v1/dbaas/alerts/memory_utilization_alerts",
    "v1/dbaas/alerts/disk_utilization_alerts",
    "v1/dbaas/alerts/cpu_alerts",
    "v1/droplet/autoscale_alerts/current_instances",
    "v1/droplet/autoscale_alerts/target_instances",
    "v1/droplet/autoscale_alerts/current_cpu_utilization",
    "v1/droplet/autoscale_alerts/target_cpu_utilization",
    "v1/droplet/autoscale_alerts/current_memory_utilization",
    "v1/droplet/autoscale_alerts/target_memory_utilization",
    "v1/droplet/autoscale_alerts/scale_up",
    "v1/droplet/autoscale_alerts/scale_down",
]
#: When it alerts: above its value, or below.
AlertComparison: TypeAlias = Literal["GreaterThan", "LessThan"]
#: Over what time it takes the average.
AlertWindow: TypeAlias = Literal["5m", "10m", "30m", "1h"]


class AlertSlack(TypedDict):
    """A Slack channel that is notified of an alert."""

    #: Name of the channel.
    channel: str
    #: URL of the webhook.
    url: str


class AlertRecipients(TypedDict):
    """Who is notified of an alert."""

    #: Email addresses.
    email: list[str]
    #: Slack channels.
    slack: list[AlertSlack]


class AlertPolicyCreate(TypedDict):
    """The attributes of an alert policy: the API wants all of them."""

    #: What it looks at, such as "v1/insights/droplet/cpu".
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/monitoring_create_alertPolicy
    type: AlertType
    #: What it is for, in words.
    #: https://docs.digitalocean.com/products/monitoring/how-to/set-up-alerts/
    description: str
    #: Whether it alerts above `value` or below.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/monitoring_create_alertPolicy
    compare: AlertComparison
    #: The threshold, in the unit of `type`: percent, megabytes per second, load, ...
    #: https://docs.digitalocean.com/products/monitoring/how-to/set-up-alerts/
    value: float
    #: Over what time it takes the average: "5m", "10m", "30m" or "1h".
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/monitoring_create_alertPolicy
    window: AlertWindow
    #: Ids of the resources that it looks at, as text.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/monitoring_create_alertPolicy
    entities: list[str]
    #: Names of tags whose Droplets it looks at.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/monitoring_create_alertPolicy
    tags: list[str]
    #: Who is notified: `email`, a list of addresses, and `slack`, a list of objects with channel and url; both needed,
    #: and either may be empty.
    #: https://docs.digitalocean.com/products/monitoring/how-to/set-up-alerts/
    alerts: AlertRecipients
    #: Whether it is in force.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/monitoring_create_alertPolicy
    enabled: bool


class AlertPolicy(AlertPolicyCreate):
    """An alert policy."""

    #: UUID of the policy.
    uuid: str


class MetricSeries(TypedDict):
    """The measurements of one quantity, in the form of a Prometheus matrix."""

    #: Labels that distinguish it, such as `host_id` and, of CPUs, `mode`.
    metric: dict[str, str]
    #: Pairs of the time, in seconds since 1970, and the value as text.
    values: list[list[int | str]]
