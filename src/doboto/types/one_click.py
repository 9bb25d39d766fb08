"""1-Click applications."""

from typing import TypedDict


class OneClick(TypedDict):
    """An application that is installed ready to use."""

    #: Identifier: for a Droplet's, the image to create it from; for Kubernetes, what to install.
    slug: str
    #: What it is installed on: "droplet" or "kubernetes".
    type: str
