// What the operator orders about an alarm. An order is kept (a reload included) and tried again until the relay
// has answered; while it is not there the screen says so and the alarm goes on sounding.
// Rule 1: an acknowledgement is for what the operator saw: when the resident pressed again meanwhile, it is
// dropped and said so. Rule 2: an order of ten minutes ago is given up, loudly.
import { post } from "../base/http.js";
import { model, onChange, takeAlarm, tell } from "../base/model.js";
import { notice, quiet } from "../base/notices.js";
import { word } from "../base/words.js";

const KEPT_AS = "anling_orders";
const AGAIN_MS = [600, 1200, 2500, 4000];
const GIVEN_UP_MS = 10 * 60 * 1000;

const pending = new Map(); // alarm_id → {alarm_id, what, body, activations, at, tries}

export const pendingOf = (alarm_id) => pending.get(alarm_id) ?? null;

function keep() {
  sessionStorage.setItem(KEPT_AS, JSON.stringify([...pending.values()]));
  tell("orders");
}

/** Order something about an alarm. One at a time for each: a further one waits for the answer to the first. */
export function order(alarm, what, body = {}) {
  const first = pending.get(alarm.alarm_id);
  if (first) {
    if (first.what !== what) first.next = { what, body };
    keep();
    return;
  }
  pending.set(alarm.alarm_id, {
    alarm_id: alarm.alarm_id, what, body, activations: alarm.activations, at: Date.now(), tries: 0,
  });
  keep();
  attempt(alarm.alarm_id);
}

export const orderWord = (what) => word(what === "assign" ? "send" : what);

function end(one) {
  pending.delete(one.alarm_id);
  quiet(`order-${one.alarm_id}`);
  keep();
  const alarm = model.alarms.get(one.alarm_id) ?? model.closed.get(one.alarm_id);
  if (one.next && alarm) setTimeout(() => order(alarm, one.next.what, one.next.body));
}

function isOutdated(one) {
  const alarm = model.alarms.get(one.alarm_id);
  return one.what === "acknowledge" && one.tries > 0 && alarm && alarm.activations > one.activations;
}

async function attempt(alarm_id) {
  const one = pending.get(alarm_id);
  if (!one) return;
  if (isOutdated(one)) {
    end(one);
    notice(`order-${alarm_id}`, () => word("order_again"));
    return;
  }
  if (Date.now() - one.at > GIVEN_UP_MS) {
    end(one);
    notice(`order-${alarm_id}`, () => word("order_expired", orderWord(one.what)));
    return;
  }
  try {
    const view = await post(`/api/alarms/${alarm_id}/${one.what}`, one.body);
    end(one);
    takeAlarm(view);
  } catch (error) {
    if (!error.mayRetry) {
      end(one);
      refused(one, error);
      return;
    }
    one.tries += 1;
    keep();
    notice(`order-${alarm_id}`, () => word("order_retrying", orderWord(one.what), one.tries));
    setTimeout(() => attempt(alarm_id), AGAIN_MS[Math.min(one.tries - 1, AGAIN_MS.length - 1)]);
  }
}

function refused(one, error) {
  if (!(error.status >= 400)) throw error; // a fault of this page, not an answer of the relay
  const alarm = model.alarms.get(one.alarm_id);
  if (one.tries > 0 && one.what === "arrived" && alarm?.step === "arrived") return; // it had arrived after all
  if (one.tries > 0 && one.what === "clear" && model.closed.has(one.alarm_id)) return;
  const sentence = error.message;
  const remedy =
    error.status === 401
      ? { text: () => word("sign_in_again"), href: "/sign-in?next=/" }
      : error.status === 403
        ? { text: () => word("reload"), href: "/" }
        : null;
  notice(`order-${one.alarm_id}`, () => word("order_refused", orderWord(one.what), sentence), { remedy });
}

/** Go on with what a reload interrupted. */
export function resume() {
  let kept = [];
  try {
    kept = JSON.parse(sessionStorage.getItem(KEPT_AS) ?? "[]");
  } catch {
    sessionStorage.removeItem(KEPT_AS); // not ours: nothing to go on with
  }
  for (const one of kept) {
    one.tries += 1; // it may have arrived: compare with what is known now
    pending.set(one.alarm_id, one);
    attempt(one.alarm_id);
  }
}

onChange(({ kind, value }) => {
  // A change that makes a waiting acknowledgement outdated is told at once, not at the next try.
  if (kind === "alarm" && pending.has(value.alarm_id) && isOutdated(pending.get(value.alarm_id))) {
    attempt(value.alarm_id);
  }
});
