"""What is for sale: regions, sizes, 1-Clicks."""

from __future__ import annotations

from .. import catalog
from ..engine.errors import not_found, unprocessable
from ..engine.fields import required, text, texts
from ..engine.records import Record
from ..http.messages import Call
from ..http.paging import page
from ..http.routes import Operations

OPERATIONS = Operations()


@OPERATIONS("GET", "/v2/regions", "regions:read")
def list_regions(call: Call) -> Record:
    """All regions."""
    return page(call, "regions", catalog.entries("regions"), lambda region: region)


@OPERATIONS("GET", "/v2/sizes", "sizes:read", "regions:read")
def list_sizes(call: Call) -> Record:
    """All sizes."""
    return page(call, "sizes", catalog.entries("sizes"), lambda size: size)


@OPERATIONS("GET", "/v2/1-clicks")
def list_one_clicks(call: Call) -> Record:
    """1-Click applications, of one type if asked; the reference has no pages here."""
    wanted = call.query.get("type")
    if wanted not in (None, "", "droplet", "kubernetes"):
        raise unprocessable("type must be droplet or kubernetes")
    return {"1_clicks": [entry for entry in catalog.entries("one_clicks") if wanted in (None, "", entry["type"])]}


@OPERATIONS("POST", "/v2/1-clicks/kubernetes", "kubernetes:update", "addon:create")
def install_one_clicks(call: Call) -> Record:
    """Needs a Kubernetes cluster, and this simulator has none: every cluster is one that isn't there."""
    required(call.body, "addon_slugs", texts)
    required(call.body, "cluster_uuid", text)
    raise not_found()
