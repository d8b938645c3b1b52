"""What happens in a community, told to other programs: signed, in order, again until it is taken."""
