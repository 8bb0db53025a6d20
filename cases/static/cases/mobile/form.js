// The form of a visit. What is written is a draft on the phone half a second later.
import { album } from "./album.js";
import { Draft } from "./draft.js";
import { causes, complain, enter, fill, guard, submit, tiles, values } from "./fields.js";
import { visitProblems } from "./rules.js";
import * as store from "./store.js";
import { $, $$, button, copy, day, iso, note, say, time } from "./ui.js";
import * as vault from "./vault.js";

function position(form) {
  const state = $("[data-geo]", form);
  let found = { why_not: "off" };
  const look = () => {
    if (!form.elements.geo.checked) {
      found = { why_not: "off" };
      return;
    }
    if (!navigator.geolocation) {
      found = { why_not: "unsupported" };
      state.textContent = say("geo_unsupported");
      return;
    }
    found = { why_not: "timeout" };
    state.textContent = say("geo_looking");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        found = { lat: coords.latitude, lon: coords.longitude, accuracy: Math.round(coords.accuracy) };
        state.textContent = say("geo_found", found.accuracy);
      },
      (error) => {
        found = { why_not: ["", "denied", "unavailable", "timeout"][error.code] || "unavailable" };
        state.textContent = say("geo_" + found.why_not);
      },
      { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 },
    );
  };
  form.elements.geo.addEventListener("change", () => {
    store.set("geo", form.elements.geo.checked);
    look();
  });
  return { look, get: () => (form.elements.geo.checked ? found : { why_not: "off" }) };
}

function days(form, now) {
  const monday = 8 - (new Date(iso(now)).getUTCDay() || 7);
  const at = (days) => iso(now + days * 86400000);
  $("[data-days]", form).append(...[["tomorrow", 1], ["next_monday", monday]].map(([key, ahead]) => button(`${say(key)} ${day(now + ahead * 86400000)}`, () => {
    form.elements.promised_on.value = at(ahead);
    form.dispatchEvent(new Event("input"));
  })));
}

export async function visit(main, { list, one, task, corrects, from, done }) {
  const offset = (await store.setting("offset", 0)) || 0;
  const wrongClock = Math.abs(offset) > 600000 ? offset : 0;
  const now = () => Date.now() + wrongClock;
  const form = copy("visit");
  const options = list.options;
  tiles(form, "mode", options.mode, options.in_person.length);
  tiles(form, "reason", options.reason, causes(options));
  ["met", "whereabouts", "outcome", "danger_kind"].forEach((name) => tiles(form, name, options[name]));
  const [draft, kept] = await Draft.open(`${vault.who()}:visit:${one.id}:${corrects || ""}`, () => ({
    id: store.uuid(), photos: [], replaces: from && from.id,
    said: { date: iso(now()), time: time(now()), mode: "home", reason: one.reason || "", ...(from && from.said) },
  }));
  const place = (await store.setting("burn", false)) ? one.township || "" : null;
  const changed = () => draft.later(() => ({ said: values(form) }), () => ($("[data-saved]", form).textContent = say("draft_kept", time(Date.now()))));
  const pictures = album(form, draft, place, changed);
  const where = position(form);
  fill(form, draft.content.said);
  form.elements.geo.checked = await store.setting("geo", false);
  where.look();
  days(form, now());
  if (wrongClock) {
    const line = $("[data-clock]", form);
    line.hidden = false;
    line.textContent = say("clock_wrong", Math.round(Math.abs(offset) / 60000));
  }
  const follow = () => {
    const said = values(form);
    const wanted = { promised_on: said.outcome === "agreed", danger_kind: said.danger, reason_text: options.reason_text.includes(said.reason) };
    $$("[data-when]", form).forEach((part) => (part.hidden = !wanted[part.dataset.when]));
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "met" && event.target.checked) {
      // nobody and somebody cannot both be
      $$("[name=met]", form).forEach((box) => box !== event.target && (box.value === "nobody" || event.target.value === "nobody") && (box.checked = false));
    }
    follow();
  });
  form.addEventListener("input", changed);
  const send = async () => {
    const said = values(form);
    const wrong = visitProblems(said, options, now());
    complain(form, wrong);
    if (wrong.length) return;
    const { date, time: clock, geo, danger_kind, promised_on, ...fields } = said;
    const record = () => ({
      id: draft.content.id, kind: "visit", draft: draft.id, replaces: draft.content.replaces,
      label: { child: one.child, number: one.number, case: one.id, at: `${date} ${clock}` },
      body: {
        case: one.id, task: task || null, occurred_at: `${date}T${clock}:00+08:00`, client_time: new Date().toISOString(), offset_ms: offset,
        fields: { ...fields, promised_on: said.outcome === "agreed" ? promised_on : "", danger_kind: said.danger ? danger_kind : "" },
        position: where.get(), corrects: corrects || null, photos: draft.content.photos,
      },
    });
    await draft.keep();
    if (await submit(record, pictures, send)) {
      await draft.drop();
      enter(null);
      done(draft.content.id);
    }
  };
  guard(form, send);
  main.append(form);
  if (kept) form.prepend(note("amber", "edit", say("draft_found", time(kept.at)), " ", button(say("begin_anew"), async () => {
    await draft.drop();
    await pictures.drop();
    await store.remove("drafts", draft.id);
    enter(null);
    done(null);
  }, ".kc-btn--link")));
  if (!kept && from) {
    await pictures.take(from.photos);
    changed();
  }
  await pictures.restore();
  follow();
  enter({ keep: () => draft.keep(), addresses: pictures.addresses });
}
