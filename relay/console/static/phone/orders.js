// What the responder says about an assignment. Each order is kept on the phone before it is sent, survives a reload and
// a flat battery, and is sent again until the relay has answered; meanwhile the page says that it is NOT delivered.
// Rule 1: the orders of one alarm go in their order; a later one waits for the earlier. Rule 2: nothing is given up by
// itself: only the relay's refusal ends an order, and that is said. Rule 3: an order of another person is not sent.
import { get, post, useToken } from "../base/http.js";
import { notice, quiet } from "../base/notices.js";
import { word } from "../base/words.js";
import { mine, read, write } from "./last.js";

const KEPT_AS = "anling_phone_orders";
const AGAIN_MS = [700, 1500, 3000, 5000, 8000, 15000];
const STANDS_AFTER = {
  accept: ["ACCEPTED", "ON_SCENE", "RESOLVED"], arrived: ["ON_SCENE", "RESOLVED"], resolve: ["RESOLVED"], decline: [],
};
let orders = (read(KEPT_AS) ?? []).filter((one) => one && typeof one.alarm_id === "number");
let timer = null;
let isBusy = false;
let tell = () => {};

export const waiting = () => orders.filter((one) => one.staff_id === mine());
export const waitingFor = (alarm_id) => waiting().filter((one) => one.alarm_id === alarm_id);

function keep() {
  write(KEPT_AS, orders);
  tell();
}

/** Order something about an alarm: accept, decline, arrived, resolve. */
export function order(alarm_id, what, body = {}) {
  orders.push({ alarm_id, what, body, at: Date.now(), tries: 0, staff_id: mine() });
  keep();
  flush();
}

export const orderWord = (what) => word(`phone_${what}`);

/** Send what waits, now: after an order, when the line is back, when the page is looked at again. */
export async function flush() {
  clearTimeout(timer);
  if (isBusy) return;
  isBusy = true;
  try {
    for (let one = waiting()[0]; one; one = waiting()[0]) {
      if (!(await send(one))) {
        timer = setTimeout(flush, AGAIN_MS[Math.min(one.tries - 1, AGAIN_MS.length - 1)]);
        return;
      }
    }
  } finally {
    isBusy = false;
  }
}

function end(one) {
  orders = orders.filter((other) => other !== one);
  keep();
}

/** True when the relay has answered, one way or the other. */
async function send(one) {
  try {
    await post(`/api/alarms/${one.alarm_id}/${one.what}`, one.body);
    end(one);
    return true;
  } catch (error) {
    if (error.status === undefined) throw error;
    if (error.status === 403 && (await renewed())) one.tries += 1;
    else if (error.mayRetry || error.status === 401 || error.status === 403) one.tries += 1;
    else {
      const isThere = one.tries > 0 && error.status === 409 && (await hasArrived(one));
      end(one);
      if (!isThere) refused(one, error.message);
      return true;
    }
    if (error.status === 401) signedOut();
    keep();
    return false;
  }
}

/** The page may be a kept one, older than the session: its security token is asked for anew. */
export async function renewed() {
  try {
    useToken((await get("/api/me")).csrf_token);
    quiet("signed-out");
    return true;
  } catch {
    return false; // no line: the order stays and is tried again
  }
}

export function signedOut() {
  notice("signed-out", () => word("phone_signed_out"), { remedy: { text: () => word("sign_in_again"), href: "/sign-in?next=/phone" } });
}

/** An order whose answer was lost: does the relay stand where it would stand had it arrived? */
async function hasArrived(one) {
  try {
    const found = (await get("/api/my/assignments")).find((work) => work.alarm_id === one.alarm_id);
    return found ? STANDS_AFTER[one.what].includes(found.work) : ["decline", "resolve"].includes(one.what);
  } catch {
    return false;
  }
}

function refused(one, sentence) {
  notice(`order-${one.alarm_id}-${one.what}`, () => word("order_refused", orderWord(one.what), sentence));
}

/** Begin: `told()` after each change. Goes on with what an earlier visit left. */
export function start(told) {
  tell = told;
  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());
  flush();
}
