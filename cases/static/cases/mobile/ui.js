// What every screen is made of: elements, words, dates, questions.

export const $ = (what, root = document) => root.querySelector(what);
export const $$ = (what, root = document) => Array.from(root.querySelectorAll(what));
const read = (id, from) => JSON.parse($("#" + id, from).textContent);
export const about = read("about");
// Words by their number, as the packed scripts say them, and by their key, where a key is put together.
const words = [];
export function learn(from) {
  const [list, named] = read("words", from);
  words.push(...list);
  Object.assign(words, named);
}
learn(document);
const locale = about.language === "en" ? "en-GB" : "zh-CN";

// say("days_left", 3): the words of a key, with its values in the places {0}, {1}, …
export const say = (key, ...values) => values.reduce((text, value, n) => text.split(`{${n}}`).join(value), words[key] || key);

// h("p.kc-hint", {id: "x", onclick: go}, "text", another)
export function h(spec, set, ...inside) {
  const [tag, ...classes] = spec.split(".");
  const one = document.createElement(tag || "div");
  if (classes.length) one.className = classes.join(" ");
  for (const [name, value] of Object.entries(set || {})) {
    if (name.startsWith("on")) one.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) one.setAttribute(name, value === true ? "" : value);
  }
  one.append(...inside.flat(9).filter((kid) => kid || kid === 0));
  return one;
}

// As the document has them.
export function icon(name) {
  const drawn = $("#back svg").cloneNode(true);
  drawn.firstChild.setAttribute("href", "#i-" + name);
  return drawn;
}

export const button = (label, onclick, kind = "", sign = "") => h("button.kc-btn" + kind, { type: "button", onclick }, sign && icon(sign), label);
export const tag = (tone, text, sign) => h("span.kc-tag.kc-tag--" + tone, null, sign && icon(sign), text);
export const note = (tone, sign, ...inside) => h("div.kc-note.kc-note--" + tone, null, icon(sign), h("div", null, ...inside));
// What there is of the parts, on one line.
export const dots = (...parts) => parts.filter(Boolean).join(" · ");
// A copy of a <template> of the document.
export const copy = (id) => $("#t-" + id).content.firstElementChild.cloneNode(true);

const format = (options) => new Intl.DateTimeFormat(locale, { timeZone: "Asia/Shanghai", ...options });
const DAY = format({ month: "long", day: "numeric" });
const TIME = format({ hour: "2-digit", minute: "2-digit", hour12: false });
const ISO = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit" });
export const day = (at) => DAY.format(new Date(at));
export const time = (at) => TIME.format(new Date(at));
export const moment = (at) => `${day(at)} ${time(at)}`;
// The day in Hubei as 2026-11-23, wherever the phone believes to be.
export const iso = (at) => ISO.format(new Date(at));
export const daysUntil = (at, now) => Math.round((Date.parse(iso(at)) - Date.parse(iso(now))) / 86400000);

export function age(at) {
  const minutes = Math.max(0, Math.round((Date.now() - at) / 60000));
  if (!minutes) return say("just_now");
  if (minutes < 60) return say("minutes_ago", minutes);
  return minutes < 2880 ? say("hours_ago", Math.floor(minutes / 60)) : say("days_ago", Math.floor(minutes / 1440));
}

export const megabytes = (bytes) => (bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

// A screen with one thing on it, in the place of any other.
export function plate(screen, sign, title, text, ...inside) {
  const main = $("#main");
  main.textContent = "";
  main.dataset.screen = screen;
  main.append(h("section.kc-pin", null, h("div.kc-pin__sign", null, icon(sign)), h("h2", null, title), text && h("p", null, text), inside));
}

// A question over the page; answers with the value of the button that was tapped, or null.
export function ask(title, text, choices, more) {
  return new Promise((answer) => {
    const before = document.activeElement;
    const close = (value) => {
      over.remove();
      $("#app").inert = false;
      $("#app").removeAttribute("aria-hidden");
      removeEventListener("keydown", escape);
      if (before && before.isConnected) before.focus();
      answer(value);
    };
    const escape = (event) => event.key === "Escape" && close(null);
    const buttons = choices.map(([value, label, kind]) => button(label, () => close(value), kind || ""));
    const over = h("div.kc-over", { role: "dialog", "aria-modal": "true", "aria-labelledby": "asked", tabindex: "-1" },
      h("div.kc-over__box", null, h("h2", { id: "asked" }, title), text && h("p", null, text), more, h("div.kc-over__foot", null, buttons)));
    $("#app").inert = true;
    $("#app").setAttribute("aria-hidden", "true");
    addEventListener("keydown", escape);
    document.body.append(over);
    ($("input", over) || over).focus();
  });
}

export function toast(text) {
  const line = $("#toast");
  line.textContent = text;
  clearTimeout(line.timer);
  line.timer = setTimeout(() => (line.textContent = ""), 6000);
}
