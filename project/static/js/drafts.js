// <form data-draft="task-17">: what somebody has typed survives a closed window, on this computer and for this person.
// Never kept: passwords, files, hidden fields, whatever has data-no-draft, and anything that looks like an identity number.
import { say } from "./words.js";

const DAYS = 3;
const PREFIX = "kc-draft:";
const IDENTITY = /\d{17}[\dXx]|\d{15}/;
const user = document.body.dataset.user;

function keeps(field) {
  return field.name && !field.disabled && !["password", "file", "hidden", "submit", "button"].includes(field.type) && !field.closest("[data-no-draft]");
}

function collect(form) {
  const fields = [];
  for (const field of form.elements) {
    if (!keeps(field)) continue;
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.checked) fields.push([field.name, field.value]);
    } else if (field.value && !IDENTITY.test(field.value.replace(/\s/g, ""))) {
      fields.push([field.name, field.value]);
    }
  }
  return fields;
}

function restore(form, fields) {
  const kept = new Map();
  fields.forEach(([name, value]) => kept.set(name, [...(kept.get(name) || []), value]));
  for (const field of form.elements) {
    if (!keeps(field)) continue;
    const values = kept.get(field.name) || [];
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else if (values.length) field.value = values[0];
  }
}

function announce(form, key, at) {
  const note = document.createElement("div");
  note.className = "kc-note kc-note--amber";
  note.setAttribute("role", "status");
  const text = document.createElement("div");
  text.className = "kc-note__text";
  text.textContent = say("draft", new Date(at).toLocaleString(document.documentElement.lang));
  const button = document.createElement("button");
  button.type = "button";
  button.className = "kc-btn kc-btn--small";
  button.textContent = say("discard");
  button.addEventListener("click", () => {
    localStorage.removeItem(key);
    form.reset();
    note.remove();
  });
  note.append(text, button);
  form.prepend(note);
}

function start(form) {
  const key = `${PREFIX}${user}:${form.dataset.draft}`;
  const kept = JSON.parse(localStorage.getItem(key) || "null");
  // A form that comes back with errors carries its own answers already.
  if (kept && kept.fields.length && !form.querySelector(".kc-errors, .kc-field--error")) {
    restore(form, kept.fields);
    announce(form, key, kept.at);
  }
  let waiting;
  const save = () => {
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields: collect(form) }));
    } catch {
      // Full or forbidden: the draft is a comfort, not a promise.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, 500);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    save();
    sessionStorage.setItem("kc-sent", key);
  });
}

function drafts() {
  return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
}

function tidy() {
  const sent = sessionStorage.getItem("kc-sent");
  const here = Array.from(document.querySelectorAll("form[data-draft]"), (form) => `${PREFIX}${user}:${form.dataset.draft}`);
  // The page after sending is another one: the server has what was written.
  if (sent && user && !here.includes(sent) && !document.querySelector(".kc-sorry")) localStorage.removeItem(sent);
  if (!document.querySelector(".kc-sorry")) sessionStorage.removeItem("kc-sent");
  for (const key of drafts()) {
    const kept = JSON.parse(localStorage.getItem(key));
    if (!kept || Date.now() - kept.at > DAYS * 86400000) localStorage.removeItem(key);
  }
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-clear-drafts]")) drafts().forEach((key) => localStorage.removeItem(key));
});

try {
  tidy();
  if (user) document.querySelectorAll("form[data-draft]").forEach(start);
} catch {
  // No storage in this browser: nothing is kept.
}
