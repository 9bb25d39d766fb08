"""Backups of Droplets: policies, and the images that backups and snapshots leave."""

from typing import Literal, NotRequired, TypeAlias, TypedDict

#: How often a Droplet is backed up.
BackupPlan: TypeAlias = Literal["daily", "weekly"]
#: Day of a weekly backup.
BackupWeekday: TypeAlias = Literal["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
#: Hour of the day (UTC) at which a backup window can begin.
BackupHour: TypeAlias = Literal[0, 4, 8, 12, 16, 20]


class BackupPolicyAttributes(TypedDict, total=False):
    """A backup policy to ask for. https://docs.digitalocean.com/products/backups/."""

    #: `daily` or `weekly`.
    plan: BackupPlan
    #: Day of the backup, for the weekly plan.
    weekday: BackupWeekday
    #: Hour at which the backup window begins: 0, 4, 8, 12, 16 or 20.
    hour: BackupHour


class BackupPolicy(TypedDict):
    """The backup policy that a Droplet has.

    The API reference requires no field; those without `NotRequired` are in every response that it shows.
    """

    #: `daily` or `weekly`.
    plan: BackupPlan
    #: Day of the backup; missing from daily policies.
    weekday: NotRequired[BackupWeekday]
    #: Hour at which the backup window begins.
    hour: BackupHour
    #: Length of the backup window in hours.
    window_length_hours: int
    #: Days for which a backup is kept.
    retention_period_days: int


class NextBackupWindow(TypedDict):
    """The time within which the next backup begins."""

    #: First moment, ISO 8601.
    start: str
    #: Last moment, ISO 8601.
    end: str


class BackupPolicyRecord(TypedDict):
    """Whether and how a Droplet is backed up."""

    #: Id of the Droplet.
    droplet_id: int
    #: Whether it is backed up at all.
    backup_enabled: bool
    #: Its policy; missing where there are no backups.
    backup_policy: NotRequired[BackupPolicy]
    #: When its next backup begins; missing or None where there are no backups.
    next_backup_window: NotRequired[NextBackupWindow | None]


class SupportedBackupPolicy(TypedDict):
    """A backup plan that can be asked for, and its choices."""

    #: Name of the plan.
    name: str
    #: Hours at which the backup window can begin.
    possible_window_starts: list[int]
    #: Length of the backup window in hours.
    window_length_hours: int
    #: Days for which a backup is kept.
    retention_period_days: int
    #: Days that can be chosen; empty for the daily plan.
    possible_days: list[str]


class DropletSnapshot(TypedDict):
    """A snapshot or backup of a Droplet, as `snapshot_list` and `backup_list` have it."""

    #: Number of the image: what `restore` and `rebuild` take.
    id: int
    #: Name of the image.
    name: str
    #: When it was taken, ISO 8601.
    created_at: str
    #: Slugs of the regions in which it can be used.
    regions: list[str]
    #: Smallest disk for this image, in GB.
    min_disk_size: int
    #: Size that is charged, in GB.
    size_gigabytes: float
    #: Whether it was taken on request or by the backup policy.
    type: Literal["snapshot", "backup"]
    # Documented for DOBOTO 0.6. The API reference has these three in its example of backups only.
    #: Distribution that the image holds.
    distribution: NotRequired[str]
    #: None, as only public images have a slug.
    slug: NotRequired[str | None]
    #: Whether every team sees the image: no.
    public: NotRequired[bool]
