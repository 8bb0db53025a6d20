// A child's situation: who to call, where to go, what is known.
import { empty, list, section } from "./lists.js";
import { due, full } from "./pages.js";
import { dots, h, icon, moment, say, tag } from "./ui.js";

const facts = (rows) => h("dl.kc-facts", null, rows.filter(([, value]) => value).map(([name, value]) => [h("dt", null, name), h("dd", null, value)]));

export async function child(main, { id }) {
  const data = await list();
  const one = data.cases.find((found) => String(found.id) === id);
  if (!one) return void main.append(empty("inbox", say("not_here"), say("not_here_text"), h("a.kc-btn", { href: "#tasks" }, say("to_tasks"))));
  const now = Date.now();
  const mine = data.tasks.filter((task) => task.case === one.id);
  const last = one.last_visit;
  main.append(
    h("section.kc-who", null, h("h2", null, full(one)), h("p", null, dots(one.school, one.grade)), h("p.kc-who__tags", null, tag("blue", one.standing_text || one.standing), h("span", null, one.number))),
    mine.length && section(say("to_do"), h("ul.kc-rows", null, mine.map((task) => h("li", null, h("a", { href: task.visit === false ? task.url : `#visit=${one.id}&task=${task.task}` }, h("strong", null, task.title), due(task, now), icon("chevron-right")))))),
    section(say("guardians"), one.guardians.length ? one.guardians.map((guardian) => h("div.kc-call", null, h("span", null, h("strong", null, guardian.name), h("small", null, `${guardian.relation} ${guardian.phone || say("no_phone")}`)), guardian.phone && h("a", { href: "tel:" + guardian.phone, "aria-label": say("call", guardian.name) }, icon("phone")))) : h("p.kc-hint", null, say("no_guardian"))),
    section(say("situation"), facts([
      [say("address"), [one.township, one.address].filter(Boolean).join(" ")],
      [say("last_visit"), last && `${moment(last.at)}，${last.by}：${last.summary}`],
      [say("plan"), one.plan],
    ])),
    h("div.kc-bar", null, h("p", null, h("a", { href: one.case_url }, say("whole_case"))), h("a.kc-btn.kc-btn--primary", { href: `#visit=${one.id}` + (mine[0] && mine[0].visit !== false ? `&task=${mine[0].task}` : "") }, icon("home"), say("log_visit"))),
  );
}
