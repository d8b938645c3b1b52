// What goes wrong between this page and a hub, as a sentence with the remedy. Decides wording only.
import { hasWord, word } from "../base/words.js";

const LINE = ["dropped", "broken", "other_hub", "old_firmware", "no_hub", "busy_hub"]; // the conversation is over, and may begin anew
// The hub's words for the same thing to a person.
const ALIKE = {
  ...Object.fromEntries(["connect_timeout", "connack_timeout", "connection_refused", "connection_reset", "closed_by_broker", "name_not_found", "name_timeout", "no_route",
    "protocol_fault", "network_fault", "broker_unavailable", "silent_broker"].map((name) => [name, "unreachable"])),
  ...Object.fromEntries(["password_refused", "not_authorised", "hub_id_refused", "tls_refused", "certificate_refused", "bad_security_settings"].map((name) => [name, "refused"])),
  ...Object.fromEntries(["wifi_starting", "wifi_driver", "wifi_lost"].map((name) => [name, "wifi_no_answer"])),
};

/** Something that the installer must know. Shape: `name` a word of the hub's, or of this page's. */
export class Trouble extends Error {
  constructor(name, ...given) {
    const key = `trouble_${ALIKE[name] ?? name}`;
    super(hasWord(key) ? word(key, ...given) : word("trouble_unknown", name));
    this.name = "Trouble";
    this.what = name;
    this.isSentence = true;
    this.isLine = LINE.includes(name);
  }
}

/** Do this and let trouble of the line end the step; what else goes wrong is for whoever asked. */
export const guarded = (failed, work) => async (...given) => {
  try {
    return await work(...given);
  } catch (error) {
    if (error.isLine) failed(error);
    throw error;
  }
};
