// The screens that are seldom needed, under the names that app.js knows, and what else needs a network.
import * as keys from "./keys.js";
import { exporting } from "./leaving.js";
import * as waiting from "./queue.js";
import * as seldom from "./records.js";
import * as own from "./settings.js";

export const report = seldom.report;
export const records = seldom.records;
export const queue = waiting.queue;
export const settings = own.settings;
export const diag = own.diag;
export const advice = own.advice;
export const handover = exporting;
export const firstPin = keys.firstPin;
export const nextPin = keys.nextPin;
export const deposit = keys.deposit;
