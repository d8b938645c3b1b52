"""What whoever was sent needs on the way: where, whom to call, how to get in."""
