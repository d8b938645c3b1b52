# An hour in the bathroom is too long, whoever moves in there
10:00:00  link up
10:00:01  silence is watched
10:05:00  motion
10:06:00  motion in the bathroom
10:40:00  motion in the bathroom
11:06:00  time passes             -> voice "are you well"
11:07:00  motion in the bathroom  -> voice "cancelled"
12:07:00  time passes             -> voice "are you well"
12:12:00  time passes             -> voice "are you well"
12:17:00  time passes             -> relay 1 pre alarm
12:17:20  time passes             -> relay 1 raised, sound siren
