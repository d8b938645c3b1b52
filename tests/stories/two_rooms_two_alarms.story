# Two buttons in one home: the one that has come least far speaks for it
20:00:00  link up
20:00:10  press bed               -> relay 1 raised
20:00:30  operator acknowledges 1 -> lamp blue, sound silent
20:01:00  press cord              -> sound siren, lamp orange, 2 alarms at the relay, relay 2 raised
20:01:20  operator acknowledges 2 -> lamp blue, sound silent
20:10:00  operator closes 1 with helped -> lamp blue
20:11:00  operator closes 2 with helped -> lamp safe
