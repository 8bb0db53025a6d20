// What is being written: sealed on the phone half a second later.
import * as store from "./store.js";
import { say, toast } from "./ui.js";
import * as vault from "./vault.js";

// Keeps a draft under its name: sealed, half a second after the last change, and when the page is left.
export class Draft {
  constructor(id, content) {
    this.id = id;
    this.content = content;
    this.timer = 0;
    this.chain = Promise.resolve();
    this.done = false;
    this.dirty = false;
  }

  later(collect, after) {
    this.collect = collect;
    this.after = after;
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), 500);
  }

  // One at a time, so that an older state never comes to lie over a newer one.
  keep() {
    clearTimeout(this.timer);
    if (!this.done && this.dirty && this.collect && vault.isOpen()) {
      const mine = vault.opener();
      this.chain = this.chain.then(async () => {
        if (this.done) return;
        Object.assign(this.content, this.collect());
        this.dirty = false;
        const box = await mine.seal("draft:" + this.id, this.content);
        await store.put("drafts", { id: this.id, owner: mine.user, at: Date.now(), box });
        if (this.after) this.after();
      }).catch((error) => store.full(error) && toast(say("full_draft")));
    }
    return this.chain;
  }

  async drop() {
    this.done = true;
    clearTimeout(this.timer);
    await this.chain;
  }

  static async open(id, fresh) {
    const row = await store.get("drafts", id);
    return [new Draft(id, row ? await vault.opener().unseal("draft:" + id, row.box) : fresh()), row];
  }
}
