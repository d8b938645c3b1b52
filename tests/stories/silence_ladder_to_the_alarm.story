# She lies behind the sofa: asked softly, asked aloud, then somebody comes
08:00:00  link up
08:00:01  clock is set
08:00:02  silence is watched
09:10:00  motion                  -> voice quiet, lamp safe
21:09:59  time passes             -> voice quiet, 0 alarms at the relay
21:10:00  time passes             -> voice "are you well", sound silent, 0 alarms at the relay
21:15:00  time passes             -> voice "are you well", 0 alarms at the relay
21:20:00  time passes             -> sound question, lamp amber, relay 1 pre alarm, relay 1 kind inactivity
21:20:20  time passes             -> voice "inactivity", sound siren, relay 1 raised
21:21:00  operator acknowledges 1 -> voice "acknowledged", sound silent
21:25:00  motion                  -> restored published, relay 1 condition returned
21:30:00  operator closes 1 with helped  -> voice "cleared", lamp safe
