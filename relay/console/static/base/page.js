// A page of staff that is not the board: its frame, and the strip that shows who calls.
import { find } from "./dom.js";
import * as frame from "./frame.js";
import * as watch from "./watch.js";

frame.start();
if (find("strip")) watch.start(); // an auditor sees no alarms
