// Send once, count characters, show a password, name the chosen files, fill in a demo account, copy, close.
import { reveal, say, toast } from "./words.js";

// The server counts a form once anyhow; this spares people the second click.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.dataset.many !== undefined) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  const button = event.submitter;
  // After this turn, so that the button's own name and value still travel.
  setTimeout(() => {
    if (event.defaultPrevented) {
      delete form.dataset.sent;
      return;
    }
    if (button) button.setAttribute("aria-disabled", "true");
  }, 0);
});

function release() {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled=true]").forEach((button) => button.removeAttribute("aria-disabled"));
  });
}
window.addEventListener("pageshow", release);
document.addEventListener("htmx:afterRequest", release);
document.addEventListener("htmx:sendError", () => toast(say("failed"), "red"));
document.addEventListener("htmx:responseError", () => toast(say("failed"), "red"));

function count(area) {
  const place = document.querySelector(`output.kc-count[for="${area.id}"]`);
  if (!place) return;
  const left = area.maxLength - area.value.length;
  place.textContent = area.value ? say(left < 0 ? "over" : "left", Math.abs(left)) : "";
  place.classList.toggle("kc-count--near", left < area.maxLength / 10);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[maxlength]")) count(event.target);
});

document.addEventListener("change", (event) => {
  if (!event.target.matches(".kc-drop input[type=file]")) return;
  const names = event.target.closest(".kc-drop").querySelector(".kc-drop__names");
  if (names) names.textContent = Array.from(event.target.files, (file) => file.name).join(", ");
});

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const data = button.dataset;
  if (data.copy !== undefined) {
    copy(data.copy).then(() => toast(say("copied"), "green"));
  } else if (data.close !== undefined) {
    const box = button.closest(".kc-messages");
    button.closest(".kc-note").remove();
    if (box && !box.children.length) box.hidden = true;
  } else if (data.reveal) {
    const input = document.getElementById(data.reveal);
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    button.setAttribute("aria-label", say(shown ? "show" : "hide"));
    const use = button.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, shown ? "#eye" : "#eye-off"));
  } else if (data.back !== undefined) {
    history.back();
  } else if (data.print !== undefined) {
    window.print();
  } else if (data.fill) {
    const name = document.getElementById("id_username");
    const password = document.getElementById("id_password");
    name.value = data.fill;
    password.value = data.fillPassword || "";
    name.form.scrollIntoView({ block: "center" });
    name.form.querySelector("button[type=submit]").focus();
  }
});

function start(root) {
  reveal(root);
  root.querySelectorAll("textarea[maxlength]").forEach(count);
  const wrong = root.querySelector(".kc-errors[data-focus]");
  if (wrong) wrong.focus();
}
start(document);
document.addEventListener("htmx:afterSwap", () => start(document));
