"""A name server that lies: ANLING_DNS is a JSON file {name: [address, port] or null}.

What is not in it is looked up.
"""

import json
import os

import usocket as _real

for _name in dir(_real):
    globals()[_name] = getattr(_real, _name)


def getaddrinfo(host, port, *more):
    try:
        with open(os.getenv("ANLING_DNS") or "") as file:
            answers = json.loads(file.read())
    except (OSError, ValueError):
        answers = {}
    if host in answers:
        if answers[host] is None:
            raise OSError(-2)
        host, port = answers[host]
    return _real.getaddrinfo(host, port, *more)
