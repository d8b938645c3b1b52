// What this console knows: the board as the relay last gave it, and every event since. It draws nothing.
// Rule 1: an event older than the board changes nothing. Rule 2: whoever changes it tells the listeners.

const RANK = { help: 0, fall: 0, smoke: 0, gas: 0, co: 0, unverified: 1, inactivity: 1, flood: 2, test: 3 };
const CLOSED_KEPT = 50;
const listeners = new Set();

export const model = {
  me: null,
  community: null,
  dwellings: new Map(),
  alarms: new Map(), // open ones
  closed: new Map(), // closed while this page was open: the card still shows how they ended
  technical: new Map(),
  responders: [],
  plan: [], // the community's steps of escalation; an alarm's own plan is shown on its card
  calls: [], // who rings the hotline, the newest first
  duty: { on_duty: [], offers: [] },
  lastEventId: null,
  lastCallId: 0,
};

/** Listeners get ({kind, value, before}) after each change. */
export const onChange = (listener) => listeners.add(listener);

export function tell(kind, value = null, before = null) {
  for (const listener of listeners) listener({ kind, value, before });
}

/** Take a whole board. */
export function takeBoard(board) {
  const before = model.alarms;
  model.community = board.community;
  model.dwellings = new Map(board.dwellings.map((home) => [home.dwelling_id, home]));
  model.alarms = new Map(board.alarms.map((alarm) => [alarm.alarm_id, alarm]));
  for (const alarm of board.alarms) model.closed.delete(alarm.alarm_id);
  model.technical = new Map(board.technical.map((entry) => [entry.id, entry]));
  model.responders = board.responders;
  model.lastEventId = board.last_event_id;
  tell("board", board, before);
}

/** Take one event of the stream. */
export function takeEvent(name, id, value) {
  const isOld = id !== null && model.lastEventId !== null && id <= model.lastEventId;
  if (isOld && (name !== "call" || id <= model.lastCallId)) return; // a call is in no board: it is taken once, however late
  if (id !== null && !isOld) model.lastEventId = id;
  if (name === "call" && id !== null) model.lastCallId = id;
  if (name === "alarm") takeAlarm(value);
  else if (name === "dwelling") {
    model.dwellings.set(value.dwelling_id, value);
    tell("dwelling", value);
  } else if (name === "technical") {
    if (value.is_open === false) model.technical.delete(value.id);
    else model.technical.set(value.id, value);
    tell("technical", value);
  } else if (name === "dwelling_gone") {
    model.dwellings.delete(value.dwelling_id);
    tell("board");
  } else if (name === "call" || name === "duty") tell(name, value);
}

/** Take an alarm as the relay sees it now. */
export function takeAlarm(alarm) {
  const before = model.alarms.get(alarm.alarm_id) ?? null;
  const known = before ?? model.closed.get(alarm.alarm_id);
  if (known && known.revision > alarm.revision) return; // an order's answer, overtaken by the stream
  model.closed.delete(alarm.alarm_id);
  if (alarm.is_open) {
    model.alarms.set(alarm.alarm_id, alarm);
  } else {
    model.alarms.delete(alarm.alarm_id);
    model.closed.set(alarm.alarm_id, alarm);
    if (model.closed.size > CLOSED_KEPT) model.closed.delete(model.closed.keys().next().value); // a wall runs for weeks
  }
  tell("alarm", alarm, before);
}

/** Open alarms as the queue shows them: those that need somebody, life first, then the oldest. */
export function queued() {
  const rank = (alarm) => (alarm.sound ? 0 : alarm.step === "pre_alarm" ? 1 : 2) * 10 + (RANK[alarm.kind] ?? 1);
  return [...model.alarms.values()].sort((a, b) => rank(a) - rank(b) || a.raised_at - b.raised_at);
}

/** The alarm of a home that needs a person most, or null. */
export const alarmOf = (dwelling_id) => queued().find((alarm) => alarm.dwelling_id === dwelling_id) ?? null;

export const sounding = () => queued().filter((alarm) => alarm.sound);
