"""The installer's tools. Nothing here yet: see README.md."""
