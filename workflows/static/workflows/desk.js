// Comfort on the pages of tasks and cases: each works without it.
import { reveal } from "../js/words.js";

// <a data-load-dialog href="…">: the form of that page in a dialog of this one.
const box = document.getElementById("loaded");

async function load(link) {
  const answer = await fetch(link.href, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = page.querySelector("[data-dialog-part]");
  if (!answer.ok || answer.redirected || !part) throw new Error("not a dialog");
  box.querySelector("[data-loaded-title]").textContent = page.querySelector("h1").textContent;
  const place = box.querySelector("[data-loaded]");
  place.replaceChildren(...Array.from(part.childNodes, (node) => document.importNode(node, true)));
  reveal(place);
  box.showModal();
  const first = place.querySelector("select, textarea, input:not([type=hidden])");
  if (first) first.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-load-dialog]");
  if (link && box && box.showModal && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    const menu = link.closest("details");
    if (menu) menu.open = false;
    load(link).catch(() => location.assign(link.href));
    return;
  }
  const back = event.target.closest("[data-loaded-back]");
  if (back && back.closest("dialog")) {
    event.preventDefault();
    back.closest("dialog").close();
  }
});

// The preview beside the queue: on a wide screen a row opens there, on a narrow one as a page.
const wide = window.matchMedia("(min-width: 1100px)");

function chosen(link) {
  document.querySelectorAll("[data-preview]").forEach((other) => {
    const row = other.closest("tr");
    if (row) row.toggleAttribute("aria-selected", false);
  });
  const row = link.closest("tr");
  if (row) row.setAttribute("aria-selected", "true");
}

async function preview(link, quietly) {
  const place = document.querySelector("[data-preview-place]");
  if (!place) return;
  chosen(link);
  place.setAttribute("aria-busy", "true");
  const answer = await fetch(link.href, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = page.querySelector("[data-preview-part]");
  place.removeAttribute("aria-busy");
  if (!answer.ok || answer.redirected || !part) {
    if (!quietly) location.assign(link.href);
    return;
  }
  place.replaceChildren(document.importNode(part, true));
  place.scrollTop = 0;
  reveal(place);
  when(place);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-preview]");
  if (!link || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  preview(link, false).catch(() => location.assign(link.href));
});

// data-for="reassign": only with that choice; data-choice, on the form or a part of it, names the field.
function when(root) {
  root.querySelectorAll("[data-choice]").forEach((form) => {
    const show = () => {
      const choice = new FormData(form.closest("form")).get(form.dataset.choice);
      form.querySelectorAll("[data-for]").forEach((part) => (part.hidden = !part.dataset.for.split(" ").includes(choice)));
    };
    form.addEventListener("change", show);
    show();
  });
}

function first() {
  const link = document.querySelector("a[data-preview]");
  if (link && wide.matches) preview(link, true).catch(() => {});
}

when(document);
first();
document.addEventListener("htmx:afterSwap", (event) => {
  when(document);
  if (event.target.querySelector && event.target.querySelector("a[data-preview]")) first();
});
