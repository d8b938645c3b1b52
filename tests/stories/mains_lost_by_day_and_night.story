# Mains lost at noon is heard softly; at night the lamp alone shows it
11:00:00  link up
11:00:01  clock is set
12:00:00  mains lost              -> sound notice, lamp dim, voice "mains lost", technical mains lost open
12:05:00  press bed               -> sound siren, lamp orange
12:05:30  operator acknowledges 1 -> sound silent, lamp blue
12:14:00  operator closes 1 with pressed_by_mistake -> sound notice, lamp dim
22:00:01  time passes             -> sound silent, lamp dim
23:00:00  hub restarts            -> lamp dim
03:00:00  mains restored          -> lamp safe, technical mains lost over
