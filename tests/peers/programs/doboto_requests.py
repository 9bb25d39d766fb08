"""Makes the calls that come as lines of JSON, with whichever DOBOTO is installed, and prints what each gives."""

import json
import os
import sys

from doboto.DO import DO

do = DO(os.environ["DO_TOKEN"], os.environ["DO_URL"], "peer")


def describe_request(call):
    resource, name, args, kwargs = call
    try:
        return {"result": getattr(getattr(do, resource), name)(*args, **kwargs)}
    except Exception as error:
        return {"error": [kind.__name__ for kind in type(error).__mro__]}


for line in sys.stdin:
    print(json.dumps(describe_request(json.loads(line))), flush=True)
