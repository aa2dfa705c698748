"""Connections without encryption, which go no further than our own network."""

from urllib3 import HTTPConnectionPool

from ..pbx import adapter as pbx_adapter
from ..pbx.addresses import is_local
from .deadline import WatchedAdapter, WatchedHttp


class _LocalHttp(WatchedHttp):
    def _new_conn(self):
        """Override to send nothing to a name that stands for another network.

        Looked at on the connection itself: by the time it is asked for again, a name
        may stand for something else.
        """
        connection = super()._new_conn()
        if not is_local(connection.getpeername()[0]):
            connection.close()
            raise pbx_adapter.PbxError(
                "in_the_clear", "It would be asked unencrypted over the internet."
            )
        return connection


class _LocalHttpPool(HTTPConnectionPool):
    ConnectionCls = _LocalHttp


class LocalAdapter(WatchedAdapter):
    """Takes care that what is not encrypted stays in our own network."""

    pools = {**WatchedAdapter.pools, "http": _LocalHttpPool}
