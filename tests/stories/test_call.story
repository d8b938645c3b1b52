# A test call is carried all the way, softly, and taken back by hand
15:00:00  link up
15:00:10  test call asked for     -> sound calling, lamp white, voice "test call", relay 1 kind test, relay 1 raised
15:00:20  operator acknowledges 1 -> voice "acknowledged", sound silent
15:00:40  cancel pressed          -> voice "cancelled", relay 1 cancelled, lamp safe
