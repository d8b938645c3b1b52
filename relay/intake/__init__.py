"""Where messages of hubs are taken in: commit, then receipt."""
