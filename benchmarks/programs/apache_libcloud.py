"""Apache Libcloud. It creates one node a request."""

import measured  # isort: skip

from urllib.parse import urlsplit

import libcloud.security
from libcloud.common.digitalocean import DigitalOcean_v2_Connection
from libcloud.compute.base import NodeImage, NodeLocation, NodeSize
from libcloud.compute.drivers.digitalocean import DigitalOcean_v2_NodeDriver
from libcloud.compute.providers import get_driver
from libcloud.compute.types import Provider

if measured.CA:
    libcloud.security.CA_CERTS_PATH = measured.CA
place = urlsplit(measured.ORIGIN)


class Connection(DigitalOcean_v2_Connection):
    """Its driver takes host, port and secure, and forgets them."""

    def __init__(self, key, secure=True, host=None, port=None, **options):
        super().__init__(key, place.scheme == "https", place.hostname, place.port, **options)


DigitalOcean_v2_NodeDriver.connectionCls = Connection


def client():
    return get_driver(Provider.DIGITAL_OCEAN)(measured.TOKEN)


def created(driver):
    size = NodeSize(measured.SIZE, measured.SIZE, 1024, 25, 1, 6, driver)
    image = NodeImage(measured.IMAGE, measured.IMAGE, driver)
    location = NodeLocation(measured.REGION, measured.REGION, "US", driver)
    nodes = [driver.create_node(name, size, image, location) for name in measured.NAMES]
    return len(driver.wait_until_running(nodes, wait_period=measured.POLL))


measured.main(
    client,
    lambda driver: driver.list_nodes(),
    created,
    lambda driver, id: int(driver.ex_get_node_details(str(id)).id),
)
