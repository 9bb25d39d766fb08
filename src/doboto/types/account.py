"""What `GET /v2/account` answers."""

from typing import Literal, NotRequired, TypeAlias, TypedDict

#: State of an account; a `locked` one can't create anything.
AccountStatus: TypeAlias = Literal["active", "warning", "locked"]


class Team(TypedDict):
    """The team that a token belongs to."""

    #: UUID of the team.
    uuid: NotRequired[str]
    #: Name of the team.
    name: NotRequired[str]


class Account(TypedDict):
    """Whose token it is, and how much they may have."""

    #: How many Droplets there may be at one time. Sent to tokens with `droplet:read`.
    droplet_limit: NotRequired[int]
    #: How many reserved IPs there may be. Sent to tokens with `reserved_ip:read`.
    floating_ip_limit: NotRequired[int]
    #: Email address that the user signed up with.
    email: str
    #: Display name of the user.
    name: NotRequired[str]
    #: Identifier of the user.
    uuid: str
    #: Whether the email address was confirmed.
    email_verified: bool
    #: Whether the account can be used.
    status: AccountStatus
    #: More about that state, in words.
    status_message: str
    #: The team, where the token is a team's.
    team: NotRequired[Team]
