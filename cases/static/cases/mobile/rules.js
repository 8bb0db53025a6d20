// What a record must be to be believed; cases/visits/rules.py says the same and has the last word.
import { say } from "./ui.js";

const FAMILY = ["child", "father", "mother", "grandparent", "other_guardian"];
const NOT_REACHED = ["not_met", "unreachable"];
const HEARSAY = [...NOT_REACHED, "back", "untrue"];
// Identity and telephone numbers.
export const NUMBERS = /(^|\D)(\d{17}[\dXx]|1[3-9]\d{9})(?!\d)/;
const AHEAD = 10 * 60000; // milliseconds by which clocks may differ
const NEEDED = ["mode", "met", "whereabouts", "reason", "outcome"]; // as the form has them

// Pairs of a field and what is wrong with it.
export function visitProblems(said, options, now) {
  const wrong = [];
  const add = (field, key, ...values) => wrong.some(([one]) => one === field) || wrong.push([field, say(key, ...values)]);
  const at = Date.parse(`${said.date}T${said.time}:00+08:00`);
  if (!at) add("when", "need_when");
  else if (at > now + AHEAD) add("when", "in_future");
  NEEDED.forEach((field) => (said[field] || "").length || add(field, "need_choice"));
  const family = said.met.some((one) => FAMILY.includes(one));
  if (said.met.includes("nobody") && said.met.length > 1) add("met", "nobody_and");
  else if (said.met.length && said.outcome) {
    if (family && NOT_REACHED.includes(said.outcome)) add("outcome", "was_met");
    if (!family && !HEARSAY.includes(said.outcome)) add("outcome", "was_not_met");
  }
  if (said.outcome === "agreed") {
    const days = (Date.parse(said.promised_on) - Date.parse(said.date)) / 86400000;
    if (!said.promised_on) add("promised_on", "need_promise");
    else if (days < 0) add("promised_on", "promise_before");
    else if (days > 180) add("promised_on", "promise_far", 180);
  }
  if (options.reason_text.includes(said.reason) && !said.reason_text) add("reason_text", "need_reason");
  if (said.danger && !said.danger_kind) add("danger_kind", "need_danger");
  if (said.danger && !said.account) add("account", "need_account");
  ["account", "companions", "reason_text"].forEach((field) => NUMBERS.test(said[field] || "") && add(field, "no_numbers"));
  return wrong;
}
