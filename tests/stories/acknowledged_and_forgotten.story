# Somebody acknowledges and is called away: nobody is sent, so it sounds again
02:00:00  link up
02:01:00  press bed               -> sound siren, relay 1 raised
02:01:20  operator acknowledges 1 -> sound silent, lamp blue, relay 1 acknowledged
02:11:19  time passes             -> relay 1 acknowledged
02:11:20  time passes             -> relay 1 raised
02:11:50  second operator acknowledges 1 -> relay 1 acknowledged
02:12:00  second operator sends somebody to 1 in 5 minutes -> voice "on the way", relay 1 on the way
02:16:00  second operator sees arrival at 1 -> relay 1 arrived
02:40:00  second operator closes 1 with helped -> alarm 1 over, lamp safe
