# He stumbled, is well, and says so; the second time he walks on
09:00:00  link up
09:05:00  fall suspected          -> lamp amber, voice "are you well", relay 1 pre alarm
09:05:08  cancel pressed          -> voice "cancelled", lamp safe, sound silent, relay 1 cancelled
11:00:00  fall suspected          -> relay 2 pre alarm
11:00:12  fall recovered          -> relay 2 cancelled, alarm 2 over
11:30:00  press bed               -> relay 3 raised
11:30:20  cancel pressed          -> voice "cannot cancel", relay 3 raised, alarm 3 received
