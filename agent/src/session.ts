/** Consent, and the id that ties the views of one visit together. Never a person, never outlives the tab. */
import { uuid } from "./ids";
import { guard } from "./safe";

export type Level = "none" | "necessary" | "measurement" | "full";

const IDLE_MS = 30 * 60_000;
const LONGEST_MS = 4 * 3600_000;
/** The last use is written at most this often: storage is slow, and every event asks. */
const TOUCH_MS = 5000;

interface Visit {
  id: string;
  since: number;
  last: number;
}

let level: Level = "measurement";
let visit: Visit | null = null;

export function consent(): Level {
  return level;
}

/** Take a level from the tag or a consent manager; Do Not Track and GPC cap it at `measurement`. */
export function setConsent(wanted: string): void {
  const wasKept = isKept();
  const { globalPrivacyControl, doNotTrack } = navigator as any;
  const isTaken = /^n(one|ecessary)$/.test(wanted) || (wanted === "full" && !globalPrivacyControl && doNotTrack !== "1");
  level = isTaken ? (wanted as Level) : "measurement";
  if (isKept() !== wasKept) visit = null;
  if (!isKept()) guard(forget)();
}

/** sessionStorage may be used. */
function isKept(): boolean {
  return /^[mf]/.test(level);
}

/** What an earlier page of this visit left under `key`; null where consent or the browser keep nothing. */
export function read(key: string): any {
  try {
    return isKept() ? JSON.parse(sessionStorage.getItem("snag." + key)!) : null;
  } catch {
    return null;
  }
}

/** Leave `value` to the next page; whether it could be kept. */
export function write(key: string, value: unknown): boolean {
  try {
    if (isKept()) sessionStorage.setItem("snag." + key, JSON.stringify(value));
    return isKept();
  } catch {
    return false; // full or forbidden: then it lives in memory only
  }
}

/** The visit's id: 30 minutes idle or 4 hours end it; with `necessary` it ends with the page view. */
export function sessionId(): string {
  const now = Date.now();
  visit ??= read("session") as Visit | null;
  if (!visit || now - visit.last > IDLE_MS || now - visit.since > LONGEST_MS) visit = { id: uuid(), since: now, last: 0 };
  if (now - visit.last > TOUCH_MS) {
    visit.last = now;
    write("session", visit);
  }
  return visit.id;
}

/** A new page view has begun, which without storage is all that one id may cover. */
export function newView(): void {
  if (!isKept()) visit = null;
}

function forget(): void {
  for (const key of Object.keys(sessionStorage)) if (/^snag\./.test(key)) sessionStorage.removeItem(key);
}
