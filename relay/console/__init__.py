"""The staff screen: pages, and the static files that make the board live."""
