// The words that scripts show come from the page, so that they are translated where all others are.
const words = document.getElementById("kc-words");

export function say(key, value = "") {
  return ((words && words.dataset[key]) || "").replace("{n}", value);
}

export function toast(text, tone = "blue") {
  const place = document.querySelector(".kc-toasts");
  if (!place) return;
  const note = document.createElement("div");
  note.className = `kc-note kc-note--${tone}`;
  const words = document.createElement("div");
  words.className = "kc-note__text";
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "kc-note__close";
  close.setAttribute("aria-label", say("close"));
  close.textContent = "×";
  close.addEventListener("click", () => note.remove());
  note.append(words, close);
  place.append(note);
  if (tone === "blue" || tone === "green") setTimeout(() => note.remove(), 6000);
}

// Buttons that only work with scripts arrive hidden.
export function reveal(root = document) {
  root.querySelectorAll("[data-copy][hidden], [data-close][hidden], [data-reveal][hidden], [data-back][hidden], .kc-keys-open[hidden]").forEach((button) => {
    button.hidden = false;
  });
}
