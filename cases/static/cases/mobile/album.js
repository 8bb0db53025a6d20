// The photos of a form: made small one at a time, sealed at once, shown, and taken out again.
import { MOST, shrink } from "./photos.js";
import * as store from "./store.js";
import { $, $$, h, icon, megabytes, say, toast } from "./ui.js";
import * as vault from "./vault.js";

export function album(form, draft, caption, changed) {
  const place = $("[data-photos]", form);
  const addresses = [];
  const photos = draft.content.photos;
  const show = (photo, bytes) => {
    const src = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
    addresses.push(src);
    const remove = async () => {
      photos.splice(photos.indexOf(photo), 1);
      figure.remove();
      count();
      changed();
      await draft.keep();
      await store.remove("photos", photo.id);
    };
    const figure = h("div.kc-photo", null, h("img", { src, alt: say("photo") }), h("b", null, megabytes(photo.size)), h("button", { type: "button", onclick: remove, "aria-label": say("remove_photo") }, icon("x")));
    place.insertBefore(figure, $("label", place));
  };
  const count = () => {
    $("[data-count]", form).textContent = photos.length ? `${photos.length} / ${MOST}` : "";
    $$("label", place).forEach((label) => (label.hidden = photos.length >= MOST));
  };
  const take = async (file) => {
    const bytes = await shrink(file, caption);
    const photo = { id: store.uuid(), sha256: await vault.hash(bytes), size: bytes.byteLength };
    const mine = vault.opener();
    await store.put("photos", { id: photo.id, of: draft.content.id, owner: mine.user, box: await mine.sealBytes("photo:" + photo.id, bytes) });
    photos.push(photo);
    changed();
    await draft.keep();
    show(photo, bytes);
    count();
  };
  place.addEventListener("change", async (event) => {
    const input = event.target;
    const files = Array.from(input.files).slice(0, MOST - photos.length);
    place.setAttribute("aria-busy", "true");
    for (const file of files) { // one at a time: a small phone has little memory
      try {
        await take(file);
      } catch (error) {
        toast(say(store.full(error) ? "full_photo" : "bad_photo"));
      }
    }
    place.removeAttribute("aria-busy");
    input.value = "";
  });
  return {
    addresses,
    // a record that is written anew keeps its pictures
    async take(old) {
      const mine = vault.opener();
      for (const photo of old) {
        const row = await store.get("photos", photo.id);
        if (!row) continue;
        const next = { ...photo, id: store.uuid() };
        const box = await mine.sealBytes("photo:" + next.id, await mine.unsealBytes("photo:" + photo.id, row.box));
        await store.put("photos", { id: next.id, of: draft.content.id, owner: mine.user, box });
        photos.push(next);
      }
    },
    async restore() {
      for (const photo of [...photos]) {
        const row = await store.get("photos", photo.id);
        if (row) show(photo, await vault.opener().unsealBytes("photo:" + photo.id, row.box));
        else photos.splice(photos.indexOf(photo), 1);
      }
      count();
    },
    async drop() {
      await store.write(["photos"], (from) => photos.forEach((photo) => from("photos").delete(photo.id)));
      photos.length = 0;
      $$(".kc-photo", place).forEach((one) => one.remove());
      count();
    },
  };
}
