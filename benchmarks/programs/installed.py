"""Prints what a package brings with it into an environment: `{"packages": ..., "megabytes": ..., "versions": ...}`."""

import json
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution


def needed(name, found):
    """The package and all it requires, extras left out; what is not installed is not for this Python or machine."""
    try:
        package = distribution(name)
    except PackageNotFoundError:
        return found
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key not in found:
        found[key] = package
        for requirement in package.requires or ():
            if "extra ==" not in requirement:
                needed(re.match(r"[\w.-]+", requirement)[0], found)
    return found


def size(package: Distribution):
    """Bytes of its files, compiled ones included."""
    paths = [file.locate() for file in package.files or ()]
    return sum(path.stat().st_size for path in paths if path.is_file())


packages = needed(sys.argv[1], {})
print(
    json.dumps(
        {
            "packages": len(packages),
            "megabytes": sum(map(size, packages.values())) / 1e6,
            "version": packages[sys.argv[1]].version,
        }
    )
)
