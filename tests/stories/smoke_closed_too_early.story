# Smoke whose alarm is closed while it still smokes: it comes back, until it is over
18:10:00  link up
18:10:10  smoke begins            -> sound siren, lamp orange, voice "smoke", relay 1 kind smoke, relay 1 condition active
18:11:00  operator acknowledges 1 -> lamp blue
18:12:00  operator closes 1 with no_help_needed -> alarm 1 over, lamp safe
18:14:00  smoke begins            -> lamp safe
18:17:00  wake                    -> sound siren, lamp orange, voice "smoke", relay 2 raised, relay 2 kind smoke, 2 alarms at the relay
