# The hub loses its power in the middle of a pre-alarm and never comes back: the relay raises it
07:00:00  link up
10:00:00  fall suspected          -> relay 1 pre alarm
10:00:05  link down
10:00:06  relay down
10:01:31  wake                    -> relay 1 raised
