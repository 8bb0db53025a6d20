// Asking for six digits.
import { $, $$, h, icon, plate, say } from "./ui.js";

const main = $("#main");
let endKeypad = () => {};

// Twelve large keys; answers with six digits, or with null for the second way out.
export function keypad(title, text, other) {
  return new Promise((answer) => {
    let digits = "";
    const dots = h("p.kc-dots", { role: "status" });
    const draw = () => {
      dots.textContent = "";
      dots.append(...[0, 1, 2, 3, 4, 5].map((n) => h("i" + (n < digits.length ? ".kc-on" : ""))), h("span.kc-sr", null, say("digits", digits.length)));
    };
    const end = (value) => {
      removeEventListener("keydown", typed);
      answer(value);
    };
    const press = (digit) => {
      if (digits.length === 6) return;
      digits += digit;
      draw();
      if (digits.length === 6) setTimeout(end, 60, digits);
    };
    const back = () => {
      digits = digits.slice(0, -1);
      draw();
    };
    const typed = (event) => {
      if (/^\d$/.test(event.key)) press(event.key);
      if (event.key === "Backspace") back();
    };
    endKeypad(); // an earlier one that nobody answered hears no more keys
    endKeypad = () => removeEventListener("keydown", typed);
    addEventListener("keydown", typed);
    draw();
    const key = (digit) => h("button", { type: "button", onclick: () => press(digit) }, digit);
    plate("pin", "lock", title, text, dots,
      h("div.kc-keys", null, ["1", "2", "3", "4", "5", "6", "7", "8", "9"].map(key), other ? h("button.kc-keys__word", { type: "button", onclick: () => end(null) }, other) : h("span"), key("0"), h("button", { type: "button", onclick: back, "aria-label": say("delete") }, icon("chevron-left"))));
  });
}

export const busy = (text) => {
  $$("button", main).forEach((one) => (one.disabled = true));
  const line = $(".kc-pin > p", main);
  if (line) line.textContent = text;
};
