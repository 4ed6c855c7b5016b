/** Gives every event its ids, time, view and step, holds the caps, and hands it to the transport. */
import { isVisible } from "./dom";
import type { Common, Event, Kind } from "./events.gen";
import { uuid } from "./ids";
import { place } from "./pageView";
import { clock } from "./safe";
import { hook } from "./tag";
import { drop, enqueue } from "./transport";

export type Draft<K extends Kind = Kind> = { [P in K]: Omit<Extract<Event, { kind: P }>, keyof Common> }[K];
/** When and where something happened, taken at that moment: its verdict comes later, perhaps on another view. */
export type Stamp = Omit<Common, "event_id" | "revision">;

/** An event that may still grow, such as a burst that goes on. */
export interface Growing {
  event?: Event;
}

const MOST_EVENTS = 100;
/** Requests and vitals may not use up the room that friction needs. */
const MOST_OTHERS = 60;
/** A storm of new addresses is one view's worth. */
const REFILL_MS = 10_000;
/** A page is not searched for its steps with every click. */
const LOOK_MS = 300;

let named: { journey?: string; step?: string } = {};
let events = 0;
let others = 0;
let filled = -Infinity;
let marked: HTMLElement | undefined;
let lookAt = 0;

/** The visitor is at this step of a journey, until the next word of it. */
export function setStep(step: string, journey?: string): void {
  named = { step: "" + step, journey: journey && "" + journey };
}

/** Here, and now or at a time of the page's own clock. */
export function stamp(at = clock()): Stamp {
  const { journey, step } = { ...named, ...hook() };
  if (clock() > lookAt) {
    marked = [...document.querySelectorAll<HTMLElement>("[data-snag-step]")].find(isVisible);
    lookAt = clock() + LOOK_MS;
  }
  return {
    client_ts: Math.round(Date.now() - clock() + at),
    ...place(),
    journey,
    step: step ?? marked?.dataset.snagStep,
  };
}

/** Report; `growing`: what was told of it before, which this revises. Every sending counts, so that a burst that never ends cannot flood either. */
export function send(draft: Draft, stamped = stamp(), growing: Growing = {}): Growing {
  const { event } = growing;
  const next = (growing.event = { event_id: uuid(), ...stamped, ...event, ...draft, revision: event && (event.revision ?? 0) + 1 } as Event);
  const isFree = /_v|ng$/.test(next.kind); // page_view, web_vital, resource_timing
  if (events >= MOST_EVENTS || (isFree && others++ >= MOST_OTHERS)) drop("cap");
  else {
    events++;
    enqueue(next, !isFree);
  }
  return growing;
}

/** A new view that the visitor asked for gets room of its own. */
export function refill(): void {
  lookAt = 0;
  if (clock() - filled < REFILL_MS) return;
  events = others = 0;
  filled = clock();
}
