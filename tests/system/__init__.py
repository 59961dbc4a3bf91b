"""Downloads, archives and processes that nobody ends."""
