"""A live session: the transport, the desk, the loop, and what steers them."""
