"""Closes a server of asyncio's so that each connection which it has accepted is known to it, and can be closed."""

import asyncio


async def stop_accepting(server: asyncio.Server) -> None:
    """Accept no more connections, and close the server once those accepted in this moment have been handed to it.

    `Server.close` alone leaves the socket of such a connection open: asyncio accepts first and makes the transport at the
    next turn of its loop, which a server that is closed by then refuses.
    """
    loop = asyncio.get_running_loop()
    for listening in server.sockets:
        loop.remove_reader(listening.fileno())
    for _ in range(2):  # for its transport, and for its protocol's connection_made
        await asyncio.sleep(0)
    server.close()
