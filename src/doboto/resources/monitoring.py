"""Monitoring."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Literal, TypeAlias, Unpack, get_args

from .._core.attributes import check_attributes, check_choice
from .._core.request import Request, check_text, filters, get, path
from .._core.response import read_member
from .._json import items, mapping
from .._operation import Mode, operation, stream
from ..errors import ArgumentValueError, DOBOTOInvalidResponseException
from ..moments import to_moment
from ..types import AlertPolicy, AlertPolicyCreate, MetricSeries
from ._base.create import CreateSpec, Creation

Policies: TypeAlias = list[AlertPolicy]
Series: TypeAlias = list[MetricSeries]
Present: TypeAlias = tuple[AlertPolicy, AlertPolicy | None]
#: What is measured of Droplets.
DropletMetric: TypeAlias = Literal[
    "bandwidth",
    "cpu",
    "filesystem_free",
    "filesystem_size",
    "load_1",
    "load_5",
    "load_15",
    "memory_cached",
    "memory_free",
    "memory_total",
    "memory_available",
]
#: What is measured of autoscale pools.
AutoscaleMetric: TypeAlias = Literal[
    "current_instances",
    "target_instances",
    "current_cpu_utilization",
    "target_cpu_utilization",
    "current_memory_utilization",
    "target_memory_utilization",
]
Interface: TypeAlias = Literal["public", "private"]
Direction: TypeAlias = Literal["inbound", "outbound"]


#: A point in time: see `start`.
Time: TypeAlias = float | str | datetime


class MonitoringOperations(Creation[Mode]):
    """Monitoring: alert policies, and what was measured of Droplets and autoscale pools."""

    _noun = "alert policy"
    _nouns = "alert policies"
    _parameters = {
        "id": "The policy's `uuid`.",
        "metric": "What was measured.",
        "start": "Begin of the period: seconds since 1970, a `datetime`, ISO 8601 text, or how long ago (`-1h`).",
        "end": "End of the period, likewise; `now` for the present.",
    }

    @operation(ref="monitoring_list_alertPolicy", scopes="monitoring:read")
    async def alert_list(self) -> Policies:
        """List all alert policies, all pages."""
        return await self._list_all("policies", "/monitoring/alerts")

    @stream(ref="monitoring_list_alertPolicy", scopes="monitoring:read")
    async def alert_each(self) -> AsyncGenerator[AlertPolicy, None]:
        """Iterate over alert policies; the next page is read in advance."""
        async for policy in self._iterate("policies", "/monitoring/alerts"):
            yield policy

    @operation(ref="monitoring_create_alertPolicy", scopes="monitoring:create", effect="create")
    async def alert_create(self, **attributes: Unpack[AlertPolicyCreate]) -> AlertPolicy:
        """Create an alert policy.

        Args:
            attributes: The policy's attributes; the API wants all of them:

                - `type` (str): what it looks at, such as `v1/insights/droplet/cpu`.
                - `description` (str): what it is for.
                - `compare` (str): `GreaterThan` or `LessThan`, and
                - `value` (float): what.
                - `window` (str): the time that averages are taken over: `5m`, `10m`, `30m` or `1h`.
                - `entities` (list of str): ids of the resources that it looks at.
                - `tags` (list of str): tags whose Droplets it looks at.
                - `alerts` (dict): who is notified: lists `email` of addresses and `slack` of `channel` and `url`.
                - `enabled` (bool): whether it is in force.

        Raises:
            DOBOTOOutcomeUnknownException: The response was lost and the outcome could not be determined. Policies have
                no time of creation: an identical one counts as the one asked for.
        """
        return await self._create_resource(create_spec(attributes), self._session.deadline())

    @operation(
        ref=("monitoring_list_alertPolicy", "monitoring_create_alertPolicy"),
        scopes=("monitoring:read", "monitoring:create"),
        effect="present",
    )
    async def alert_present(self, **attributes: Unpack[AlertPolicyCreate]) -> Present:
        """Create an alert policy unless there is one of its type and description, which is all the name it has.

        Args:
            attributes: The policy's attributes, as for `alert_create`.
        """
        spec = create_spec(attributes)
        name = {member: spec.request.body[member] for member in ("type", "description")}
        by_name = replace(spec, same=partial(matches, wanted=name))
        return await self._create_unless_exists(by_name, self._session.deadline())

    @operation(ref="monitoring_get_alertPolicy", scopes="monitoring:read")
    async def alert_info(self, id: str) -> AlertPolicy:
        """Read one alert policy."""
        return await self._get("policy", path(ALERT, id=id))

    @operation(ref="monitoring_update_alertPolicy", scopes="monitoring:update", effect="update")
    async def alert_update(self, id: str, attribs: AlertPolicyCreate) -> AlertPolicy:
        """Change an alert policy.

        Args:
            attribs: All attributes, as for `alert_create`. A policy as it was read will do, with some of it changed.
        """
        request = Request("PUT", path(ALERT, id=id), body=policy_body(attribs), repeatable=True)
        return await self._fetch("policy", request)

    @operation(
        ref="monitoring_delete_alertPolicy",
        scopes="monitoring:delete",
        effect="destroy",
        irreversible="The alert policy is lost.",
    )
    async def alert_destroy(self, id: str, *, missing_ok: bool = False) -> None:
        """Destroy an alert policy."""
        await self._delete(Request("DELETE", path(ALERT, id=id), repeatable=True), missing_ok)

    @operation(
        ref=(
            "monitoring_get_dropletBandwidthMetrics",
            "monitoring_get_DropletCpuMetrics",
            "monitoring_get_dropletFilesystemFreeMetrics",
            "monitoring_get_dropletFilesystemSizeMetrics",
            "monitoring_get_dropletLoad1Metrics",
            "monitoring_get_dropletLoad5Metrics",
            "monitoring_get_dropletLoad15Metrics",
            "monitoring_get_dropletMemoryCachedMetrics",
            "monitoring_get_dropletMemoryFreeMetrics",
            "monitoring_get_dropletMemoryTotalMetrics",
            "monitoring_get_dropletMemoryAvailableMetrics",
        ),
        scopes="monitoring:read",
    )
    async def droplet_metric_info(
        self,
        id: int,
        metric: DropletMetric,
        start: Time,
        end: Time,
        *,
        interface: Interface | None = None,
        direction: Direction | None = None,
    ) -> Series:
        """Read what was measured of a Droplet.

        The values are text, such as Prometheus has them: megabits per second of `bandwidth`, seconds since the boot
        in each mode of `cpu`, bytes of file systems and memory, the load averages. All but `bandwidth` and `cpu` are
        of Droplets with the metrics agent (`monitoring=True`) alone.

        Args:
            id: The Droplet's id.
            interface: Of `bandwidth`, and needed there: `public` or `private`.
            direction: Of `bandwidth`, and needed there: `inbound` or `outbound`.

        Returns:
            A list of series, one for each measured quantity; empty if nothing was measured.

        Raises:
            ValueError, TypeError: There is no such metric, the times are none, or interface and direction are missing
                or out of place.
            DOBOTOInvalidResponseException: The API says that it failed.
        """
        window = {"host_id": check_text("id", id), **time_window(start, end, self._session.io.clock.time())}
        chosen = filters(interface=interface, direction=direction)
        if len(chosen) != (2 if check_choice("metric", metric, get_args(DropletMetric)) == "bandwidth" else 0):
            raise ArgumentValueError(
                "bandwidth, and nothing else, is of an interface in a direction: give both {0} and {1}",
                "interface",
                "direction",
            )
        return await self._read_metric("droplet", metric, {**window, **chosen})

    @operation(
        ref=(
            "monitoring_get_droplet_autoscale_current_instances",
            "monitoring_get_droplet_autoscale_target_instances",
            "monitoring_get_droplet_autoscale_current_cpu_utilization.yml",
            "monitoring_get_droplet_autoscale_target_cpu_utilization",
            "monitoring_get_droplet_autoscale_current_memory_utilization",
            "monitoring_get_droplet_autoscale_target_memory_utilization",
        ),
        scopes="monitoring:read",
    )
    async def autoscale_metric_info(self, id: str, metric: AutoscaleMetric, start: Time, end: Time) -> Series:
        """Read what was measured of an autoscale pool.

        Args:
            id: The pool's id.

        Returns:
            A list of series; empty where nothing was measured.

        Raises:
            ValueError, TypeError: There is no such metric, or the times are none.
            DOBOTOInvalidResponseException: The API says that it failed.
        """
        window = {"autoscale_pool_id": check_text("id", id), **time_window(start, end, self._session.io.clock.time())}
        return await self._read_metric(
            "droplet_autoscale", check_choice("metric", metric, get_args(AutoscaleMetric)), window
        )

    async def _read_metric(self, kind: str, metric: str, query: Mapping[str, str | int]) -> Series:
        request = get(path("/monitoring/metrics/{kind}/{metric}", kind=kind, metric=metric), query)
        return await self._session.call(request, None, read_series)


ALERT = "/monitoring/alerts/{id}"
ATTRIBUTES = ("type", "description", "compare", "value", "window", "entities", "tags", "alerts", "enabled")


def policy_body(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a policy, all of them, without its id, which no request takes."""
    given = check_attributes(attributes, needed=ATTRIBUTES, lists=("entities", "tags"))
    return {name: value for name, value in given.items() if name != "uuid"}


def create_spec(attributes: Mapping[str, Any]) -> CreateSpec:
    """Return how to create a policy, which has no name and is identified by all its attributes."""
    body = policy_body(attributes)
    return CreateSpec(
        f"alert policy {body['description']}",
        Request("POST", "/monitoring/alerts", body=body),
        "policy",
        partial(matches, wanted=body),
        plural="policies",
    )


def matches(policy: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Return whether a policy says all that, its lists in any order."""
    return all(without_order(policy.get(name)) == without_order(value) for name, value in wanted.items())


def without_order(value: Any) -> Any:
    """A value that compares without regard to the order of lists."""
    if isinstance(value, Mapping):
        return {name: without_order(item) for name, item in sorted(mapping(value).items())}
    return sorted(map(without_order, items(value)), key=repr) if isinstance(value, list) else value


def time_window(start: Time, end: Time, now: float) -> dict[str, str | int]:
    """The window of a measurement, in whole seconds.

    Raises:
        ValueError: It ends before it begins, or a time can't be right.
        TypeError: A time is none.
    """
    begin, finish = to_moment("start", start, now), to_moment("end", end, now)
    if begin > finish:
        raise ArgumentValueError("{0} must not be after {1}", "start", "end")
    return {"start": int(begin), "end": int(finish)}


def read_series(response: Any) -> Any:
    """The series of a response.

    Raises:
        DOBOTOInvalidResponseException: The response says that measuring failed, or has none.
    """
    if mapping(response).get("status") != "success":
        raise DOBOTOInvalidResponseException(
            f"the API did not return the measurements: {str(response)[:200]}", response
        )
    return read_member(mapping(response).get("data"), "result", list)
