/** Gives every event its ids, time, view and step, holds the caps, and hands it to the transport. */
import type { Common, Event, Kind } from "../events.gen";
import { MOST_EVENTS, MOST_TIMINGS, REFILL_MS, STEP_LOOK_MS } from "../limits";
import { isVisible } from "../page/dom";
import { place } from "../page/place";
import { clock } from "../page/safe";
import { hook } from "../page/tag";
import { uuid } from "./ids";
import { drop, enqueue } from "./transport";

export type Draft<K extends Kind = Kind> = { [P in K]: Omit<Extract<Event, { kind: P }>, keyof Common> }[K];
/** When and where something happened, taken at that moment: its verdict comes later, perhaps on another view. */
export type Stamp = Omit<Common, "event_id" | "revision">;

/** An event that may still grow, such as a burst that goes on. */
export interface Growing {
  event?: Event;
}

/** What is no friction, and can wait. */
const UNURGENT = ["page_view", "web_vital", "resource_timing"];

let named: { journey?: string; step?: string } = {};
let events = 0;
let timings = 0;
let filledAt = -Infinity;
let marked: WeakRef<HTMLElement> | undefined;
let lookAt = 0;

/** The visitor is at this step of a journey, until the next word of it. */
export function setStep(step: string, journey?: string): void {
  named = { step: "" + step, journey: journey && "" + journey };
}

/** Here, and now or at a time of the page's own clock. */
export function stamp(at = clock()): Stamp {
  const { journey, step } = { ...named, ...hook() };
  if (clock() > lookAt) {
    const shown = [...document.querySelectorAll<HTMLElement>("[data-snag-step]")].find(isVisible);
    marked = shown && new WeakRef(shown);
    lookAt = clock() + STEP_LOOK_MS;
  }
  return {
    client_ts: Math.round(Date.now() - clock() + at),
    ...place(),
    journey,
    step: step ?? marked?.deref()?.dataset.snagStep,
  };
}

/** Report; `growing`: what was sent of it before, which this revises. Every sending counts, so that a burst that never ends cannot flood either. */
export function send(draft: Draft, stamped = stamp(), growing: Growing = {}): Growing {
  const { event } = growing;
  const next = (growing.event = { event_id: uuid(), ...stamped, ...event, ...draft, revision: event && (event.revision ?? 0) + 1 } as Event);
  const isUrgent = !UNURGENT.includes(next.kind);
  if (events >= MOST_EVENTS || (!isUrgent && timings++ >= MOST_TIMINGS)) drop("cap");
  else {
    events++;
    enqueue(next, isUrgent);
  }
  return growing;
}

/** A new view that the visitor asked for gets room of its own. */
export function refill(): void {
  lookAt = 0;
  if (clock() - filledAt < REFILL_MS) return;
  events = timings = 0;
  filledAt = clock();
}
