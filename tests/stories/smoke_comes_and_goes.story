# Smoke from a pan: it is gone soon, and somebody looks all the same
18:10:00  link up
18:10:10  smoke begins            -> sound siren, lamp orange, voice "smoke", relay 1 kind smoke, relay 1 condition active
18:12:00  smoke ends              -> restored published, relay 1 condition returned, relay 1 raised
18:12:30  operator acknowledges 1 -> lamp blue
18:13:00  smoke begins            -> sound siren, lamp orange, relay 1 raised, relay 1 condition active, 1 alarm at the relay
18:13:20  operator acknowledges 1
18:15:00  smoke ends              -> relay 1 condition returned
18:22:00  operator closes 1 with no_help_needed -> alarm 1 over, lamp safe
