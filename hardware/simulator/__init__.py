"""A board, an air and a home that are not there, so that the real firmware runs on a desk."""
