// Lists: pick all rows, pick a range with shift, show what is picked; tables stay tables when they look like cards.
import { say } from "./words.js";

let last;

function picks(form) {
  return Array.from(form.querySelectorAll("input[type=checkbox][data-pick]"));
}

function show(form) {
  const all = picks(form);
  const chosen = all.filter((box) => box.checked);
  const whole = form.querySelector("[data-pick-all]");
  if (whole) {
    whole.checked = all.length > 0 && chosen.length === all.length;
    whole.indeterminate = chosen.length > 0 && chosen.length < all.length;
  }
  all.forEach((box) => box.closest("tr") && box.closest("tr").classList.toggle("kc-picked", box.checked));
  form.querySelectorAll("[data-picked]").forEach((place) => (place.textContent = say("picked", chosen.length)));
  form.querySelectorAll("[data-bulk]").forEach((bar) => (bar.hidden = chosen.length === 0));
}

document.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches("input[data-pick], input[data-pick-all]")) return;
  const form = box.closest("[data-list]");
  if (!form) return;
  if (box.dataset.pickAll !== undefined) picks(form).forEach((pick) => (pick.checked = box.checked));
  else if (event.shiftKey && last && form.contains(last)) {
    const all = picks(form);
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((pick) => (pick.checked = box.checked));
  }
  if (box.dataset.pick !== undefined) last = box;
  show(form);
});

function start() {
  document.querySelectorAll("[data-list]").forEach(show);
  // Some browsers forget what a table is once its rows are laid out as blocks.
  document.querySelectorAll(".kc-table--cards").forEach((table) => {
    table.setAttribute("role", "table");
    table.querySelectorAll("tr").forEach((row) => row.setAttribute("role", "row"));
    table.querySelectorAll("td").forEach((cell) => cell.setAttribute("role", "cell"));
    table.querySelectorAll("thead th").forEach((cell) => cell.setAttribute("role", "columnheader"));
    table.querySelectorAll("tbody th").forEach((cell) => cell.setAttribute("role", "rowheader"));
    table.querySelectorAll("thead, tbody, tfoot").forEach((part) => part.setAttribute("role", "rowgroup"));
  });
}
start();
document.addEventListener("htmx:afterSwap", start);
