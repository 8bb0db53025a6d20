// Chosen files: several photos one after another, previews, and photos made smaller before they travel.
// Everything works without this script; the server checks and shrinks all the same.

const LONG_EDGE = 1600, QUALITY = 0.8, SMALL_ENOUGH = 400 * 1024;

function words(field) {
  const template = field.parentElement.querySelector("template[data-words]");
  return template ? template.dataset : { remove: "×", many: "%s", work: "" };
}

function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

// A photo on a canvas, upright and small; the file itself when the browser cannot read it.
async function smaller(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size <= SMALL_ENOUGH || !window.createImageBitmap) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONG_EDGE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch (error) {
    return file;
  }
}

function canCarry() {
  try {
    return Boolean(new DataTransfer().items.add);
  } catch (error) {
    return false;
  }
}

function follow(drop) {
  const input = drop.querySelector("input[type=file]");
  const list = drop.parentElement.querySelector("[data-previews]");
  const names = drop.querySelector("output");
  const say = words(drop);
  const limit = Number(input.dataset.atMost || 9);
  let chosen = [];
  let addresses = [];

  function carry() {
    const carrier = new DataTransfer();
    chosen.forEach((file) => carrier.items.add(file));
    input.files = carrier.files;
    draw();
  }

  function draw() {
    addresses.forEach((address) => URL.revokeObjectURL(address));
    addresses = [];
    list.textContent = "";
    list.hidden = !chosen.length;
    chosen.forEach((file, index) => {
      const item = document.createElement("li");
      if (file.type.startsWith("image/")) {
        const picture = document.createElement("img");
        picture.alt = file.name;
        picture.src = URL.createObjectURL(file);
        addresses.push(picture.src);
        item.append(picture);
      } else {
        item.append(file.name);
      }
      const weight = document.createElement("span");
      weight.textContent = size(file.size);
      const remove = document.createElement("button");
      remove.type = "button";
      remove.textContent = "×";
      remove.setAttribute("aria-label", say.remove.replace("%s", file.name));
      remove.addEventListener("click", () => {
        chosen.splice(index, 1);
        names.textContent = "";
        carry();
        input.focus();
      });
      item.append(weight, remove);
      list.append(item);
    });
  }

  input.addEventListener("change", async (event) => {
    event.stopPropagation(); // the page would only list names
    const fresh = Array.from(input.files);
    if (!fresh.length) { carry(); return; } // the chooser was closed: keep what was there
    const form = input.form;
    drop.classList.add("kc-drop--busy");
    names.textContent = say.work;
    const buttons = form ? Array.from(form.querySelectorAll("button[type=submit], button:not([type])")) : [];
    buttons.forEach((button) => { button.disabled = true; });
    try {
      for (const file of fresh) {
        if (chosen.length >= limit) break;
        chosen.push(await smaller(file)); // one at a time: old phones have little memory
      }
    } finally {
      buttons.forEach((button) => { button.disabled = false; });
      drop.classList.remove("kc-drop--busy");
    }
    carry();
    names.textContent = fresh.length && chosen.length >= limit ? say.many.replace("%s", limit) : "";
  });
}

function moreEvidence(box) {
  const button = box.querySelector("[data-more]");
  const most = Number(box.dataset.evidence);
  button.hidden = false;
  button.addEventListener("click", () => {
    const rows = box.querySelectorAll(".kc-evidence__row");
    const number = rows.length;
    const row = rows[0].cloneNode(true);
    const [kind, files] = [row.querySelector("select"), row.querySelector("input")];
    kind.selectedIndex = 0;
    files.value = "";
    kind.name = `${box.dataset.name}-${number}-kind`;
    files.name = `${box.dataset.name}-${number}`;
    row.querySelectorAll("[id]").forEach((element) => { element.id = element.id.replace(/_0(_files)?$/, `_${number}$1`); });
    row.querySelectorAll("label").forEach((label) => { label.htmlFor = label.htmlFor.replace(/_0(_files)?$/, `_${number}$1`); });
    button.before(row);
    kind.focus();
    button.hidden = number + 1 >= most;
  });
}

if (canCarry()) document.querySelectorAll("[data-drop]").forEach(follow);
document.querySelectorAll("[data-evidence]").forEach(moreEvidence);
