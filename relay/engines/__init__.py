"""The two databases that can stand behind `relay/database.py`: SQLite and PostgreSQL.

All that differs between their SQL is in here; a store.py is written once, in what both speak.
"""
