"""Starts the Web Platform Tests' own server for the conformance command.

Arguments: the directory of the tests, and the ports that the tests shall
believe in, as JSON {scheme: [port, ...]}. Real listeners, one for each of http,
https and h2, are opened on free loopback ports, all without TLS, and their
addresses are printed as one line of JSON. The process ends when its standard input does, so it
cannot outlive the command.
"""

import json
import logging
import os
import queue
import sys
import threading

root, ports = os.path.abspath(sys.argv[1]), json.loads(sys.argv[2])
sys.path.insert(0, os.path.join(root, "tools"))
import localpaths  # noqa: E402,F401 (fills sys.path)
from serve import serve  # noqa: E402
from wptserve import server, stash  # noqa: E402


def keep_stash_here():
    """The stash is made for many server processes; here is one, so a dict will do."""

    class Manager:
        Queue = staticmethod(queue.Queue)

    stash.Stash._proxy = {}
    stash.Stash.lock = threading.Lock()
    stash.Stash.manager = Manager
    stash.store_env_config("", b"")


class EndingSocket:
    """wptserve looks for "" at the end of an HTTP/2 connection, but sockets
    return b"": it would read on for ever."""

    def __init__(self, socket):
        self._socket = socket

    def recv(self, size):
        return self._socket.recv(size) or ""

    def __getattr__(self, name):
        return getattr(self._socket, name)


class Http2Handler(server.Http2WebTestRequestHandler):
    def setup(self):
        super().setup()
        self.request = EndingSocket(self.request)


def listen(routes, config, scheme, **protocol):
    httpd = server.WebTestHttpd(
        host="127.0.0.1", port=0, doc_root=root, routes=routes, rewrites=serve.rewrites, config=config, **protocol
    )
    # What request.url_parts.scheme and {{location[scheme]}} are made from.
    httpd.httpd.scheme = scheme
    httpd.start()
    return "127.0.0.1:%d" % httpd.port


logger = logging.getLogger()
logger.setLevel(logging.ERROR)
keep_stash_here()
with serve.ConfigBuilder(logger, doc_root=root, ports=ports) as config:
    routes = serve.RoutesBuilder().get_routes()
    addresses = {
        "http": listen(routes, config, "http"),
        "https": listen(routes, config, "https"),
        "h2": listen(routes, config, "https", http2=True, handler_cls=Http2Handler),
    }
    print(json.dumps(addresses), flush=True)
    sys.stdin.read()
os._exit(0)  # requests under way would keep the threads
