// Fields that search while one types are drawn by select2, which leaves them without a name as long as nothing is chosen.
window.addEventListener("load", () => {
  document.querySelectorAll("select.admin-autocomplete").forEach((select) => {
    const label = document.querySelector(`label[for="${select.id}"]`);
    const drawn = select.nextElementSibling;
    if (!label || !drawn) return;
    drawn.querySelectorAll("[role=combobox], [role=textbox]").forEach((part) => {
      part.removeAttribute("aria-labelledby");
      part.setAttribute("aria-label", label.textContent.replace(/[:：]\s*$/, ""));
    });
  });
});
