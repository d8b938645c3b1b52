"""Where the hub's own files are. Alone, so that the settings' reader can leave the memory after the start."""

import os


def folder():
    """Where the hub's own files are: the root of the flash on a board."""
    return (os.getenv("ANLING_HUB_DIR") or "") if hasattr(os, "getenv") else ""
