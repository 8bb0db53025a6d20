// Dialogs, questions before a form is sent, and menus that close themselves.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const box = document.getElementById(opener.dataset.dialog);
    if (box && box.showModal) {
      event.preventDefault();
      box.showModal();
    }
    return;
  }
  // A click beside the dialog lands on the dialog itself; only one without a form may be left that way.
  if (event.target.matches("dialog.kc-dialog[open]") && !event.target.querySelector("form[method=post]")) event.target.close();
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog").close();
});

// <button data-confirm="…"> or <form data-confirm="…">: asked before sending.
const question = document.getElementById("kc-confirm");
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const button = event.submitter;
    const text = (button && button.dataset.confirm) || form.dataset.confirm;
    if (!text || form.dataset.confirmed || !question || !question.showModal) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    question.querySelector("[data-confirm-text]").textContent = text;
    question.returnValue = "no";
    question.addEventListener(
      "close",
      () => {
        if (question.returnValue !== "yes") return;
        form.dataset.confirmed = "1";
        form.requestSubmit(button || undefined);
        delete form.dataset.confirmed;
      },
      { once: true },
    );
    question.showModal();
  },
  true,
);

function closeMenus(except) {
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
}
document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details[data-menu][open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
