// The screens that it takes to log a visit: my tasks, the form, what became of it.
import * as form from "./form.js";
import { EMPTY, empty, kept, list, section } from "./lists.js";
import * as outbox from "./outbox.js";
import * as store from "./store.js";
import { button, daysUntil, dots, h, icon, iso, moment, note, say, tag, time } from "./ui.js";
import * as vault from "./vault.js";

export const full = (one) => one.full || one.child;
export const due = (task, now) => {
  if (!task.due_at) return "";
  const days = daysUntil(task.due_at, now);
  if (task.overdue || Date.parse(task.due_at) < now) return tag("red", say("overdue", Math.max(1, -days)), "alert-triangle");
  return days === 0 ? tag("amber", say("due_today"), "clock") : tag(days <= 2 ? "amber" : "grey", say("days_left", days), "clock");
};

export async function tasks(main) {
  const row = await kept("list");
  const now = Date.now();
  const data = row ? row.value : EMPTY;
  const bar = h("div.kc-age", null, h("span", null, row ? say("as_of", moment(row.at)) : say("no_data")), button(say("refresh"), async (event) => {
    event.currentTarget.disabled = true;
    dispatchEvent(new Event("kc-refresh"));
  }, ".kc-btn--link", "refresh"));
  main.append(bar);
  // what is written and not sent yet: the list cannot know
  const { mine } = await outbox.waiting(vault.who());
  const written = await Promise.all(mine.map(async (one) => (await outbox.contents(one)).label.case));
  const groups = [["late", []], ["today", []], ["week", []], ["later", []]];
  for (const task of data.tasks) {
    const days = task.due_at ? daysUntil(task.due_at, now) : 99;
    groups[task.overdue || Date.parse(task.due_at) < now ? 0 : days === 0 ? 1 : days < 7 ? 2 : 3][1].push(task);
  }
  const cards = ([name, some]) => some.length && section(h("span", null, say(name), h("small", null, String(some.length))), some.map((task) => {
    const one = data.cases.find((found) => found.id === task.case) || { child: "" };
    return h("article.kc-card" + (name === "late" ? ".kc-card--late" : ""), null,
      h("a.kc-card__main", { href: `#case=${task.case}` }, h("span.kc-card__head", null, h("strong", null, one.child), written.includes(task.case) ? tag("blue", say("written"), "upload") : due(task, now)), h("span", null, task.title), h("small", null, dots(one.school, one.grade))),
      task.visit === false
        ? h("a.kc-card__do", { href: task.url }, icon("edit"), say("online"))
        : h("a.kc-card__do", { href: `#visit=${task.case}&task=${task.task}`, "aria-label": say("visit_of", one.child) }, icon("home"), say("visit")));
  }));
  main.append(...groups.map(cards).filter(Boolean));
  const without = data.cases.filter((one) => !data.tasks.some((task) => task.case === one.id));
  if (without.length) main.append(section(say("other_children"), h("ul.kc-rows", null, without.map((one) => h("li", null, h("a", { href: `#case=${one.id}` }, h("strong", null, one.child), h("small", null, `${one.number} · ${one.standing_text || ""}`), icon("chevron-right")))))));
  if (row && !data.tasks.length) main.prepend(empty("check", say("no_tasks"), say("no_tasks_text")));
  main.append(h("div.kc-more-ways", null, h("a.kc-btn", { href: "#report" }, icon("flag"), say("report"))));
}

const childOf = (one) => h("section.kc-who", null, h("div.kc-call", null, h("span", null, h("h2", null, full(one)), h("small", null, dots(one.number, one.school, one.grade))), one.guardians && one.guardians.filter((guardian) => guardian.phone).slice(0, 1).map((guardian) => h("a", { href: "tel:" + guardian.phone, "aria-label": say("call", guardian.name) }, icon("phone")))));
export const saved = (id) => (location.hash = id ? "#saved=" + id : "#tasks");

export async function visit(main, { id, task, corrects, from }) {
  const data = await list();
  let one = data.cases.find((found) => String(found.id) === id);
  let old = null;
  if (from) {
    const row = await store.get("outbox", from);
    const { body, label } = await outbox.contents(row);
    one = one || { id: body.case, child: label.child, number: label.number };
    corrects = corrects || body.corrects;
    task = task || body.task;
    old = { id: from, said: { ...body.fields, date: body.occurred_at.slice(0, 10), time: body.occurred_at.slice(11, 16) }, photos: body.photos };
  } else if (corrects) {
    const row = await kept("records");
    const record = row && row.value.records.find((found) => found.visit === corrects);
    if (record) {
      one = one || { id: record.case, child: record.child, number: record.number };
      old = record.fields && { said: { ...record.fields, date: iso(record.occurred_at), time: time(record.occurred_at) }, photos: [] };
    }
  }
  if (!one || !data.options.mode) return void main.append(empty("inbox", say("not_here"), say("not_here_text"), h("a.kc-btn", { href: "#tasks" }, say("to_tasks"))));
  main.append(childOf(one));
  if (corrects) main.append(note("amber", "edit", say("is_correction")));
  await form.visit(main, { list: data, one, task: Number(task) || null, corrects, from: old, done: saved });
}

// The state of a record in words that a teacher understands.
export function state(row) {
  const going = outbox.traffic.live.get(row.id);
  if (row.state === "refused") return tag("red", say("refused"), "alert-triangle");
  if (row.state === "replaced") return tag("grey", say("replaced"), "edit");
  if (going) return tag("blue", going[1] ? say("sending", Math.min(going[0] + 1, going[1]), going[1]) : say("sending_text"), "upload");
  const why = !navigator.onLine ? "offline" : outbox.traffic.why;
  return tag(why ? "amber" : "grey", say("state_" + (why || "queued")), why === "offline" ? "wifi-off" : why === "login" || why === "other" ? "lock" : "clock");
}

export const names = (label) => h("span", null, h("strong", null, label.child), h("small", null, dots(label.number, label.at)));

export async function done(main, { id }) {
  const box = h("div.kc-done", { role: "status" });
  main.append(box);
  const draw = async () => {
    const receipt = await store.get("sent", id);
    const row = receipt ? null : await store.get("outbox", id);
    box.textContent = "";
    box.append(
      h("div.kc-done__sign" + (receipt ? ".kc-done__sign--sent" : ""), null, icon("check")),
      h("h2", null, say(receipt ? "is_sent" : row ? "is_kept" : "is_gone")),
      h("p", null, receipt ? (receipt.number ? say("receipt", receipt.number) : "") : say("is_kept_text")),
      row ? h("p", null, state(row)) : "",
      receipt && receipt.late ? h("p.kc-hint", null, say("was_late")) : "",
    );
    if (receipt) {
      const { next } = await vault.opener().unseal("sent:" + id, receipt.box);
      if (next) box.append(h("p", null, next));
    }
  };
  await draw();
  main.append(h("div.kc-bar", null, h("a.kc-btn.kc-btn--primary", { href: "#tasks" }, say("to_tasks"))));
  return draw;
}
