// The second script, under the names that the first knows: what wants a network, and the screens that are seldom needed.
import * as keys from "./keys.js";
import { exporting } from "./leaving.js";
import * as online from "./online.js";
import * as waiting from "./queue.js";
import * as seldom from "./records.js";
import * as sending from "./sending.js";
import * as own from "./settings.js";
import * as situation from "./situation.js";

export const child = situation.child;
export const report = seldom.report;
export const records = seldom.records;
export const queue = waiting.queue;
export const settings = own.settings;
export const diag = own.diag;
export const handover = exporting;
export const firstPin = keys.firstPin;
export const recover = online.recover;
export const askServer = online.askServer;
export const connect = online.connect;
export const warnings = online.warnings;
export const run = sending.run;
