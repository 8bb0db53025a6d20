// The two forms: a visit, and the report of a suspicion. What is written is a draft on the phone half a second later.
import * as outbox from "./outbox.js";
import { MOST, shrink } from "./photos.js";
import { reportProblems, visitProblems } from "./rules.js";
import * as store from "./store.js";
import { $, $$, ask, button, copy, day, h, icon, iso, megabytes, note, say, time, toast } from "./ui.js";
import * as vault from "./vault.js";

let current = null; // the form on the screen
export const isOpen = () => Boolean(current);
export const keep = () => current && current.keep();
export async function leave() {
  const form = current;
  current = null;
  if (!form) return;
  form.addresses.forEach((address) => URL.revokeObjectURL(address));
  await form.keep();
}

const IN_PERSON = 4; // how many ways of a visit come first: those in person
const FREQUENT = 8; // reasons that are shown at once: the ministry's four and the next

const tile = (type, name, [value, label]) => h("label.kc-tile", null, h("input", { type, name, value }), h("span", null, label));

// The first few answers as tiles; the rest of a long list behind one tap.
function tiles(form, name, choices, first = choices.length) {
  const place = $(`[data-tiles=${name}]`, form);
  const type = "many" in place.dataset ? "checkbox" : "radio";
  const [some, rest] = [choices.slice(0, first), choices.slice(first)];
  place.append(...some.map((one) => tile(type, name, one)));
  if (rest.length) place.after(h("details.kc-more", null, h("summary", null, say("more", rest.length)), h("div.kc-tiles", null, rest.map((one) => tile(type, name, one)))));
}

function values(form) {
  const said = { met: [] };
  for (const field of form.elements) {
    if (!field.name || field.type === "file") continue;
    if (field.name === "met") field.checked && said.met.push(field.value);
    else if (field.type === "checkbox") said[field.name] = field.checked;
    else if (field.type !== "radio") said[field.name] = field.value.trim();
    else if (field.checked) said[field.name] = field.value;
    else said[field.name] = said[field.name] || "";
  }
  return said;
}

function fill(form, said) {
  for (const field of form.elements) {
    const value = said[field.name];
    if (value === undefined || field.type === "file") continue;
    if (field.type === "radio") field.checked = field.value === value;
    else if (field.type === "checkbox") field.checked = Array.isArray(value) ? value.includes(field.value) : Boolean(value);
    else field.value = value;
  }
  $$("details", form).forEach((more) => (more.open = more.open || Boolean($(":checked", more) || ($("[name=companions]", more) || {}).value)));
}

function complain(form, wrong) {
  $$(".kc-wrong", form).forEach((old) => old.remove());
  $$(".kc-sec--wrong", form).forEach((old) => old.classList.remove("kc-sec--wrong"));
  const summary = $("[data-errors]", form);
  summary.textContent = "";
  if (!wrong.length) return;
  const go = (section) => {
    section.scrollIntoView({ block: "center" });
    const field = $("input:not([type=file]),textarea", section);
    if (field) field.focus({ preventScroll: true });
  };
  const lines = wrong.map(([field, words]) => {
    const section = $(`[data-field=${field}]`, form) || form;
    const title = $("legend,.kc-lab,.kc-check span", section);
    if (section !== form) {
      section.classList.add("kc-sec--wrong");
      const place = $("legend,.kc-lab", section);
      const line = h("p.kc-wrong", null, icon("alert-triangle"), words);
      if (place) place.after(line);
      else section.prepend(line);
    }
    return h("li", null, button(`${title ? title.textContent.trim() : ""} ${words}`.trim(), () => go(section), ".kc-btn--link"));
  });
  const box = h("div.kc-errors", { tabindex: "-1", role: "alert" }, h("h2", null, icon("alert-triangle"), say("please_check")), h("ul", null, lines));
  summary.append(box);
  box.scrollIntoView();
  box.focus();
}

// Keeps a draft under its name: sealed, half a second after the last change, and when the page is left.
class Draft {
  constructor(id, content) {
    this.id = id;
    this.content = content;
    this.timer = 0;
    this.chain = Promise.resolve();
    this.done = false;
    this.dirty = false;
  }

  later(collect, after) {
    this.collect = collect;
    this.after = after;
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), 500);
  }

  // One at a time, so that an older state never comes to lie over a newer one.
  keep() {
    clearTimeout(this.timer);
    if (!this.done && this.dirty && this.collect && vault.isOpen()) {
      const mine = vault.opener();
      this.chain = this.chain.then(async () => {
        if (this.done) return;
        Object.assign(this.content, this.collect());
        this.dirty = false;
        const box = await mine.seal("draft:" + this.id, this.content);
        await store.put("drafts", { id: this.id, owner: mine.user, at: Date.now(), box });
        if (this.after) this.after();
      }).catch((error) => store.full(error) && toast(say("full_draft")));
    }
    return this.chain;
  }

  async drop() {
    this.done = true;
    clearTimeout(this.timer);
    await this.chain;
  }

  static async open(id, fresh) {
    const row = await store.get("drafts", id);
    return [new Draft(id, row ? await vault.opener().unseal("draft:" + id, row.box) : fresh()), row];
  }
}

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

function album(form, draft, caption, changed) {
  const place = $("[data-photos]", form);
  const addresses = [];
  const photos = draft.content.photos;
  const show = (photo, bytes) => {
    const src = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
    addresses.push(src);
    const remove = async () => {
      photos.splice(photos.indexOf(photo), 1);
      figure.remove();
      count();
      changed();
      await draft.keep();
      await store.remove("photos", photo.id);
    };
    const figure = h("div.kc-photo", null, h("img", { src, alt: say("photo") }), h("b", null, megabytes(photo.size)), h("button", { type: "button", onclick: remove, "aria-label": say("remove_photo") }, icon("x")));
    place.insertBefore(figure, $("label", place));
  };
  const count = () => {
    $("[data-count]", form).textContent = photos.length ? `${photos.length} / ${MOST}` : "";
    $$("label", place).forEach((label) => (label.hidden = photos.length >= MOST));
  };
  const take = async (file) => {
    const bytes = await shrink(file, caption);
    const photo = { id: store.uuid(), sha256: await vault.hash(bytes), size: bytes.byteLength };
    const mine = vault.opener();
    await store.put("photos", { id: photo.id, of: draft.content.id, owner: mine.user, box: await mine.sealBytes("photo:" + photo.id, bytes) });
    photos.push(photo);
    changed();
    await draft.keep();
    show(photo, bytes);
    count();
  };
  place.addEventListener("change", async (event) => {
    const input = event.target;
    const files = Array.from(input.files).slice(0, MOST - photos.length);
    place.setAttribute("aria-busy", "true");
    for (const file of files) { // one at a time: a small phone has little memory
      try {
        await take(file);
      } catch (error) {
        toast(say(store.full(error) ? "full_photo" : "bad_photo"));
      }
    }
    place.removeAttribute("aria-busy");
    input.value = "";
  });
  return {
    addresses,
    // a record that is written anew keeps its pictures
    async take(old) {
      const mine = vault.opener();
      for (const photo of old) {
        const row = await store.get("photos", photo.id);
        if (!row) continue;
        const next = { ...photo, id: store.uuid() };
        const box = await mine.sealBytes("photo:" + next.id, await mine.unsealBytes("photo:" + photo.id, row.box));
        await store.put("photos", { id: next.id, of: draft.content.id, owner: mine.user, box });
        photos.push(next);
      }
    },
    async restore() {
      for (const photo of [...photos]) {
        const row = await store.get("photos", photo.id);
        if (row) show(photo, await vault.opener().unsealBytes("photo:" + photo.id, row.box));
        else photos.splice(photos.indexOf(photo), 1);
      }
      count();
    },
    async drop() {
      await store.write(["photos"], (from) => photos.forEach((photo) => from("photos").delete(photo.id)));
      photos.length = 0;
      $$(".kc-photo", place).forEach((one) => one.remove());
      count();
    },
  };
}

// Writes it down for good. A phone that is full keeps the words and asks about the photos.
async function submit(record, pictures, again) {
  try {
    await outbox.submit(record());
    return true;
  } catch (error) {
    if (!store.full(error) && error.name !== "AbortError") throw error;
    if (!pictures || !record().body.photos.length) {
      await ask(say("full_title"), say("full_text"), [[null, say("understood"), ".kc-btn--primary"]]);
      return false;
    }
    if (!(await ask(say("full_title"), say("full_photos"), [[true, say("without_photos"), ".kc-btn--primary"], [null, say("cancel")]]))) return false;
    await pictures.drop();
    return again();
  }
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
  tiles(form, "mode", options.mode, IN_PERSON);
  tiles(form, "reason", options.reason, FREQUENT);
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
    const wanted = { promised_on: said.outcome === "agreed", danger_kind: said.danger, reason_text: (options.reason_text || ["other"]).includes(said.reason) };
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
      current = null;
      done(draft.content.id);
    }
  };
  guard(form, send);
  main.append(form);
  if (kept) form.prepend(note("amber", "edit", say("draft_found", time(kept.at)), " ", button(say("begin_anew"), async () => {
    await draft.drop();
    await pictures.drop();
    await store.remove("drafts", draft.id);
    current = null;
    done(null);
  }, ".kc-btn--link")));
  if (!kept && from) {
    await pictures.take(from.photos);
    changed();
  }
  await pictures.restore();
  follow();
  current = { keep: () => draft.keep(), addresses: pictures.addresses };
}

// A second tap while the first one is still being written does nothing.
function guard(form, send) {
  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    form.setAttribute("aria-busy", "true");
    try {
      await send();
    } catch (error) {
      console.error(error.name); // never what was written
      await ask(say("not_kept"), say("not_kept_text"), [[null, say("understood"), ".kc-btn--primary"]]);
    } finally {
      busy = false;
      form.removeAttribute("aria-busy");
    }
  });
}

export async function report(main, { list, done }) {
  const now = () => Date.now();
  const form = copy("report");
  tiles(form, "reason", list.options.suspicion_reason, FREQUENT);
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
      current = null;
      done(draft.content.id);
    }
  });
  main.append(form);
  if (kept) form.prepend(note("amber", "edit", say("draft_found", time(kept.at))));
  current = { keep: () => draft.keep(), addresses: [] };
}
