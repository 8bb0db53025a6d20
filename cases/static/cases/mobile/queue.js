// What waits to be sent, and what a person can do about it.
import { empty } from "./lists.js";
import * as outbox from "./outbox.js";
import { names, state } from "./pages.js";
import { discard } from "./sending.js";
import { about, age, ask, button, h, icon, note, say } from "./ui.js";
import * as vault from "./vault.js";

const stateLogin = () => (outbox.traffic.why === "login" || outbox.traffic.why === "other") && h("a.kc-btn.kc-btn--primary", { href: `${about.login}?next=${about.phone}` }, icon("lock"), say("log_in"));

export async function queue(main) {
  const place = h("div");
  main.append(place);
  const draw = async () => {
    const { mine, others } = await outbox.waiting(vault.who());
    const rows = await Promise.all(mine.map(async (row) => [row, (await outbox.contents(row)).label]));
    const items = rows.map(([row, label]) => h("li.kc-item", { "data-id": row.id, "data-state": row.state }, h("div.kc-item__head", null, names(label), state(row)),
      h("small", null, say("kept_since", age(row.at)) + (row.photos ? " · " + say("photo_count", row.photos) : "")),
      row.state === "refused" && h("p.kc-why", null, why(row.why)),
      row.state === "refused" && h("div.kc-row", null, row.kind === "visit" && h("a.kc-btn", { href: `#visit=${label.case}&from=${row.id}` }, icon("edit"), say("write_anew")), button(say("take_out"), () => takeOut(row), ".kc-btn--danger", "trash"))));
    place.textContent = "";
    place.append(...[
      mine.length ? stateLogin() : empty("check", say("all_sent"), say("all_sent_text")),
      mine.length && h("ul.kc-list", null, items),
      others && note("amber", "user", say("others_wait", others)),
      mine.length && h("div.kc-bar", null, h("p", null, h("a", { href: "#export" }, say("export_way"))), button(say("send_now"), () => outbox.run({ force: true }), ".kc-btn--primary", "upload")),
    ].filter(Boolean));
  };
  await draw();
  return draw;
}

const why = (said = {}) => {
  const fields = Object.values(said.fields || {}).flat();
  return [said.message, ...fields].filter(Boolean).join(" ") || say("refused_" + said.error) || say("refused");
};

async function takeOut(row) {
  if (await ask(say("take_out_title"), say("take_out_text"), [[null, say("keep"), ".kc-btn--primary"], [true, say("take_out"), ".kc-btn--danger"]])) await discard(row.id);
}
