# She presses again while somebody is on the way: a new call for a person, the same alarm
10:00:00  link up
10:00:05  press bed               -> relay 1 raised, alarm 1 received
10:00:30  operator acknowledges 1 -> relay 1 acknowledged, sound silent
10:01:00  operator sends somebody to 1 in 9 minutes -> relay 1 on the way
10:05:00  press bed               -> sound siren, relay 1 raised, relay 1 activations 2, 1 alarm at the relay
10:05:20  second operator acknowledges 1 -> voice "acknowledged"
10:12:00  second operator closes 1 with helped -> alarm 1 over, lamp safe
10:30:00  press bed               -> 2 alarms at the relay, relay 2 raised, relay 1 cleared
