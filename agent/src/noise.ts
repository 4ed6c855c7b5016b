/** What changes by itself, such as tickers, and therefore answers nobody. */
import { kept } from "./kept";

/** Five changes within this, up to now. */
const RESTLESS_MS = 1500;
const REMEMBERED_MS = 30_000;
const MOST_PLACES = 300;

/** When each place changed without anybody's doing, newest last. */
const places = new Map<Node, Map<string, number[]>>();
/** Places that went back by themselves: ripples and flashes. */
const ripples = new WeakMap<Node, Set<string>>();

/** `key` of `node` changed while no visitor had done anything. */
export function see(node: Node, key: string, now: number): void {
  for (const [place, name] of levels(node, key)) {
    if (places.size > MOST_PLACES) places.clear(); // what still goes on is soon known again
    const times = kept(kept(places, place, new Map()), name, []);
    // what one script writes in one go is one change
    if (!(now - times.at(-1)! < 40)) times.push(now);
    if (times.length > 5) times.shift();
  }
}

/** Whether a change there tells nothing. One of known cause does, but where something changes all the time. */
export function isNoise(node: Node, key: string, now: number, sure = false): boolean {
  return levels(node, key).some(([place, name], level) => {
    const times = places.get(place)?.get(name)?.filter((time) => now - time < REMEMBERED_MS) ?? [];
    // a relative's habit must have been seen twice
    return sure ? times.length > 3 && now - times[0]! < RESTLESS_MS : times.length > level;
  });
}

export function seeRipple(node: Node, key: string): void {
  kept(ripples, node, new Set()).add(key);
}

export function isRipple(node: Node, key: string): unknown {
  return ripples.get(node)?.has(key);
}

/** Truthy where it has changed by itself more than once: a clock goes on, whoever asked for something. */
export function isHabit(node: Node, key: string): unknown {
  return places.get(node)?.get(key)?.[1];
}

/** Three or more changes in a rhythm that still goes on: a clock, not an answer. `times` in ms, ascending. */
export function isTicker(times: readonly number[], now: number): boolean {
  const gaps = times.slice(1).map((time, i) => time - times[i]!);
  return gaps.length > 1 && now - times.at(-1)! < 1.6 * Math.max(...gaps) + 50;
}

/** The place itself, and its like among its siblings: the slides of a carousel take turns. */
function levels(node: Node, key: string): [Node, string][] {
  const parent = node.parentNode;
  return [[node, key], ...(parent ? [[parent, "*" + node.nodeName + key] as [Node, string]] : [])];
}
