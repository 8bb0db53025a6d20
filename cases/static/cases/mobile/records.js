// What was sent, with corrections asked for; and the report of a suspicion.
import { fetched } from "./fetching.js";
import { empty, kept, list, section } from "./lists.js";
import { names, saved } from "./pages.js";
import { reportForm } from "./reportform.js";
import * as store from "./store.js";
import { dots, h, icon, moment, say, tag } from "./ui.js";
import * as vault from "./vault.js";

export async function report(main) {
  const data = await list();
  if (!data.students.length) return void main.append(empty("flag", say("no_students"), say("no_students_text"), h("a.kc-btn", { href: "/report/" }, say("report_online"))));
  await reportForm(main, { list: data, done: saved });
}

export async function records(main) {
  const place = h("div");
  main.append(place);
  const draw = async () => {
    const row = await kept("records");
    const sent = (await store.all("sent", "owner", vault.who())).sort((one, other) => other.at - one.at);
    const labels = await Promise.all(sent.map(async (one) => [one, (await vault.opener().unseal("sent:" + one.id, one.box)).label]));
    const known = row ? row.value.records : [];
    const [back, others] = [known.filter((one) => one.state === "returned"), known.filter((one) => one.state !== "returned")];
    const fresh = labels.filter(([one]) => !known.some((other) => other.visit === one.id));
    const line = (one) => h("li.kc-item" + (one.state === "returned" ? ".kc-item--late" : ""), null, h("div.kc-item__head", null, h("span", null, h("strong", null, one.child), h("small", null, dots(one.number, moment(one.occurred_at)))),
      one.state === "returned" ? tag("amber", say("returned"), "edit") : one.state === "corrected" ? tag("grey", say("replaced"), "edit") : tag("green", say("received"), "check")),
    one.why && h("p.kc-why", null, one.why),
    one.state === "returned" && h("a.kc-btn.kc-btn--primary", { href: `#visit=${one.case}&corrects=${one.visit}` }, icon("edit"), say("correct")));
    place.textContent = "";
    place.append(...[
      row && h("p.kc-age", null, say("as_of", moment(row.at))),
      back.length && section(say("asked_for"), h("ul.kc-list", null, back.map(line))),
      fresh.length && section(say("just_sent"), h("ul.kc-list", null, fresh.map(([one, label]) => h("li.kc-item", null, h("div.kc-item__head", null, names(label), tag("green", say("received"), "check")), h("small", null, dots(one.number && say("receipt", one.number), moment(one.at))))))),
      others.length && section(say("records_sent"), h("ul.kc-list", null, others.map(line))),
      !known.length && !fresh.length && empty("history", say("no_records"), say(navigator.onLine ? "no_records_text" : "no_records_offline")),
    ].filter(Boolean));
  };
  await draw();
  if (navigator.onLine) fetched("records", "records").then(() => main.isConnected && draw()).catch(() => {});
  return draw;
}
