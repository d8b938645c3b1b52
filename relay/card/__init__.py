"""A dwelling's card: who lives there; what helpers must know of their health only for a reason that is kept."""
