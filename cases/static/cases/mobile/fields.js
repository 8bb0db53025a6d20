// What both forms are made of: answers as tiles, what was said, what is wrong with it, and writing it down for good.
import * as outbox from "./outbox.js";
import * as store from "./store.js";
import { $, $$, ask, button, h, icon, say } from "./ui.js";

let current = null; // the form on the screen
let release = () => {};
export const isOpen = () => Boolean(current);
export const keep = () => current && current.keep();
export function enter(form) {
  release();
  current = form;
  // other windows see by it that somebody writes here: no new version comes in meanwhile
  if (form && navigator.locks) navigator.locks.request("kc-form", { mode: "shared" }, () => current === form && new Promise((done) => (release = done)));
}
export async function leave() {
  const form = current;
  enter(null);
  if (!form) return;
  form.addresses.forEach((address) => URL.revokeObjectURL(address));
  await form.keep();
}

const NEXT = 4; // causes that are shown beside the ministry's, before the rest of the list
export const causes = (options) => options.reason_first + NEXT;

export const tile = (type, name, [value, label]) => h("label.kc-tile", null, h("input", { type, name, value }), h("span", null, label));

// The first few answers as tiles; the rest of a long list behind one tap.
export function tiles(form, name, choices, first = choices.length) {
  const place = $(`[data-tiles=${name}]`, form);
  const type = "many" in place.dataset ? "checkbox" : "radio";
  const [some, rest] = [choices.slice(0, first), choices.slice(first)];
  place.append(...some.map((one) => tile(type, name, one)));
  if (rest.length) place.after(h("details.kc-more", null, h("summary", null, say("more", rest.length)), h("div.kc-tiles", null, rest.map((one) => tile(type, name, one)))));
}

export function values(form) {
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

export function fill(form, said) {
  for (const field of form.elements) {
    const value = said[field.name];
    if (value === undefined || field.type === "file") continue;
    if (field.type === "radio") field.checked = field.value === value;
    else if (field.type === "checkbox") field.checked = Array.isArray(value) ? value.includes(field.value) : Boolean(value);
    else field.value = value;
  }
  $$("details", form).forEach((more) => (more.open = more.open || Boolean($(":checked", more) || ($("[name=companions]", more) || {}).value)));
}

export function complain(form, wrong) {
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

// Writes it down for good. A phone that is full keeps the words and asks about the photos.
export async function submit(record, pictures, again) {
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

// A second tap while the first one is still being written does nothing.
export function guard(form, send) {
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
