# The home is told that nothing got through, again and again, until it did
14:00:00  link down
14:00:10  press cord hold         -> sound siren, voice "heard"
14:00:19.999  time passes         -> voice quiet
14:00:20  time passes             -> voice "not delivered", alarm 1 raised
14:01:21  time passes             -> voice "not delivered"
14:05:00  link up                 -> alarm 1 received, voice "delivered"
