"""Runs before main.py on a board: nothing that could fail. The file system is mounted by MicroPython itself."""
