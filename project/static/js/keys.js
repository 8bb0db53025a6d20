// j k x / ? : single keys, which one may switch off (WCAG 2.1.4).
const KEY = "kc-keys-off";
const off = () => {
  try {
    return localStorage.getItem(KEY) === "1";
  } catch {
    return false;
  }
};

const box = document.querySelector("[data-keys-switch]");
if (box) {
  box.checked = !off();
  box.addEventListener("change", () => localStorage.setItem(KEY, box.checked ? "0" : "1"));
}

const rows = () => Array.from(document.querySelectorAll("[data-list] a[data-row], .kc-table__link")).filter((link) => link.offsetParent);

function step(by) {
  const links = rows();
  if (!links.length) return;
  const here = links.indexOf(document.activeElement);
  const next = links[here < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + by, 0), links.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || off()) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  const search = document.querySelector("[data-search]");
  const help = document.getElementById("kc-keys");
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "x") {
    const row = event.target.closest("tr");
    const pick = row && row.querySelector("input[type=checkbox]");
    if (pick) pick.click();
  } else if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "?" && help) help.showModal();
});
