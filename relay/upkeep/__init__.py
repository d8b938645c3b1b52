"""The relay looks after itself: is it well, is there room, is there a good backup, does somebody outside know."""
