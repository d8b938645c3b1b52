// Where the responder is, told to the relay while they are on duty and allow it, so that the nearest one is sent. The relay
// keeps the last place alone, for half an hour at most, and none off duty. Without a permission nothing is lost but that.
import { post } from "../base/http.js";

const TELL_MS = 60000;
let watching = null;
let toldAt = -Infinity;
let isKept = false;

export const isShared = () => isKept;

/** Going on duty: the phone asks its owner, once. */
export function begin() {
  if (watching !== null || !navigator.geolocation) return;
  watching = navigator.geolocation.watchPosition(tell, end, { maximumAge: 30000, timeout: 60000 });
}

export function end() {
  if (watching !== null) navigator.geolocation.clearWatch(watching);
  watching = null;
  isKept = false;
}

/** Go on after a reload where it was allowed before; stop with the duty. */
export async function follow(isOnDuty) {
  if (!isOnDuty) return end();
  if (watching === null && (await navigator.permissions?.query({ name: "geolocation" }).catch(() => null))?.state === "granted") begin();
}

async function tell({ coords }) {
  if (performance.now() - toldAt < TELL_MS) return;
  toldAt = performance.now();
  try {
    isKept = (await post("/api/my/place", { latitude: coords.latitude, longitude: coords.longitude })).is_kept;
  } catch {
    toldAt = -Infinity; // on a bad line the next place is told instead
  }
}
