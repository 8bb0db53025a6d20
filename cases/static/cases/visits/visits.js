// Fields that only matter after a certain answer: shown when it is given. Without this script they are simply there.

function answer(form, name) {
  const chosen = Array.from(form.elements).filter((element) => (element.name === name || element.name.endsWith(`-${name}`)) && (element.checked || !/^(radio|checkbox)$/.test(element.type)));
  return chosen.map((element) => element.value);
}

function marked(field) {
  return field.matches("[data-shown-when]") ? field : field.querySelector("[data-shown-when]");
}

function follow(form) {
  const fields = Array.from(form.querySelectorAll(".kc-field")).filter(marked);
  function show() {
    fields.forEach((field) => {
      const [name, wanted] = marked(field).dataset.shownWhen.split("=");
      field.hidden = !answer(form, name).some((value) => wanted.split(",").includes(value));
    });
  }
  form.addEventListener("change", show);
  show();
  // a browser that goes back fills in what was chosen, after this
  window.addEventListener("pageshow", show);
}

new Set(Array.from(document.querySelectorAll("[data-shown-when]"), (element) => element.closest("form"))).forEach((form) => form && follow(form));

// "Nobody" and somebody cannot both be.
document.addEventListener("change", (event) => {
  const box = event.target;
  if (!/^(.*-)?met$/.test(box.name) || box.type !== "checkbox" || !box.checked) return;
  box.form.querySelectorAll(`input[name="${box.name}"]`).forEach((other) => {
    if (other !== box && (box.value === "nobody" || other.value === "nobody")) other.checked = false;
  });
});
