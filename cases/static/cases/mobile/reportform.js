// The form for a suspicion.
import { Draft } from "./draft.js";
import { causes, complain, enter, fill, guard, submit, tile, tiles, values } from "./fields.js";
import { NUMBERS } from "./rules.js";
import * as store from "./store.js";
import { $, $$, copy, h, iso, note, say, time } from "./ui.js";
import * as vault from "./vault.js";

function reportProblems(said, now) {
  const wrong = [];
  if (!said.student) wrong.push(["student", say("need_child")]);
  if (said.last_attended_on > iso(now)) wrong.push(["last_attended_on", say("in_future")]);
  if (NUMBERS.test(said.note)) wrong.push(["note", say("no_numbers")]);
  return wrong;
}

export async function reportForm(main, { list, done }) {
  const now = () => Date.now();
  const form = copy("report");
  tiles(form, "reason", list.options.suspicion_reason, causes(list.options));
  const [draft, kept] = await Draft.open(`${vault.who()}:report`, () => ({ id: store.uuid(), said: {} }));
  const offered = $("[data-students]", form);
  const search = $("[data-search]", form);
  const changed = () => draft.later(() => ({ said: values(form) }), null);
  const look = (chosen) => {
    const words = search.value.trim();
    const found = list.students.filter((student) => String(student.id) === chosen || (words ? `${student.name} ${student.class}`.includes(words) : list.students.length <= 60)).slice(0, 60);
    offered.textContent = "";
    offered.append(...found.map((student) => tile("radio", "student", [String(student.id), `${student.name}　${student.class}`])));
    if (!found.length) offered.append(h("p.kc-hint", null, say(words ? "nobody_found" : "type_name")));
    $$("input", offered).forEach((box) => (box.checked = box.value === chosen));
  };
  look(draft.content.said.student);
  fill(form, draft.content.said);
  search.addEventListener("input", () => look(values(form).student));
  form.addEventListener("input", changed);
  guard(form, async () => {
    const said = values(form);
    const wrong = reportProblems(said, now());
    complain(form, wrong);
    if (wrong.length) return;
    const child = list.students.find((student) => String(student.id) === said.student);
    const record = () => ({
      id: draft.content.id, kind: "suspicion", draft: draft.id, label: { child: child.name, number: say("suspicion"), at: iso(now()) },
      body: { student: child.id, last_attended_on: said.last_attended_on || null, reason: said.reason || "", note: said.note, client_time: new Date().toISOString() },
    });
    if (await submit(record)) {
      await draft.drop();
      enter(null);
      done(draft.content.id);
    }
  });
  main.append(form);
  if (kept) form.prepend(note("amber", "edit", say("draft_found", time(kept.at))));
  enter({ keep: () => draft.keep(), addresses: [] });
}
