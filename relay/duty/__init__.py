"""Who is on duty, and how one hands over to the next."""
