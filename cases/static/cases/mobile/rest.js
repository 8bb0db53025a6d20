// Brings the second script: what wants a network anyway, and the screens that are seldom needed, with their sheet, words, icons and forms.
// The worker keeps it, too, after everything else; without it the pages open, a visit is written down, and nothing is lost.
import { $, $$, about, learn } from "./ui.js";

const PATIENCE = 30000; // milliseconds; a line that hangs is given up
let coming = null;
let tries = 0;
export let more = null; // what it offers, once it is here

export function later() {
  coming = coming || Promise.race([bring(), new Promise((done, fail) => setTimeout(fail, PATIENCE))]).catch(() => {
    coming = null;
    tries++; // some browsers remember for ever that an address failed
    throw new Error("later");
  });
  return coming;
}

async function bring() {
  const [screens, answer] = await Promise.all([import("./later.js" + (tries ? "?" + tries : "")), fetch(about.later)]);
  const brought = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (more) return more; // a later try was faster
  const sheet = $("link", brought);
  await new Promise((done, fail) => {
    sheet.onload = done;
    sheet.onerror = fail;
    document.head.append(sheet);
  });
  learn(brought);
  document.body.append(...$$("svg,template", brought));
  more = screens;
  return more;
}
