"""SSH keys, as `GET /v2/account/keys` has them."""

from typing import TypedDict


class SSHKey(TypedDict):
    """A public key that Droplets can be created with."""

    #: Number by which requests refer to the key.
    id: int
    #: MD5 fingerprint, another name of the key: `3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:45:fa`.
    fingerprint: str
    #: The key in OpenSSH's form, as it was uploaded.
    public_key: str
    #: Display name; several keys may share one.
    name: str
