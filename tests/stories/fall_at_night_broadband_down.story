# A fall at night while the broadband is down
22:00:00  link up
22:30:00  link down
03:12:40  fall suspected          -> sound question, lamp amber, voice "are you well", 1 kept on flash
03:12:59  time passes             -> alarm 1 pre alarm, voice quiet
03:13:00  time passes             -> voice "fall", alarm 1 raised, sound siren, lamp red, 2 kept on flash
03:13:09  time passes             -> voice quiet, 0 alarms at the relay
03:13:11  time passes             -> voice "not delivered", sound siren
03:14:01  time passes             -> sound calling
04:02:00  link up                 -> raised published, alarm 1 received, voice "delivered", relay 1 raised, relay 1 kind fall
04:02:40  operator acknowledges 1 -> voice "acknowledged", lamp blue, sound silent
04:03:10  operator sends somebody to 1 in 6 minutes  -> voice "on the way", alarm 1 on the way
04:10:00  operator sees arrival at 1                 -> voice "arrived", lamp green
04:40:00  operator closes 1 with ambulance           -> voice "cleared", lamp safe, alarm 1 over, relay 1 cleared, 0 kept on flash
