"""Staff, roles, sessions: who may see and do what."""
