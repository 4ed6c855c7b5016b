/** What changes by itself, such as tickers, and therefore answers nobody. */
import { ONE_GO_MS, REMEMBERED_MS, RESTLESS_MS } from "../limits";
import { getOrCreate } from "../page/getOrCreate";

/** When each place changed without anybody's doing, newest last. Weak: what the page has thrown away is let go. */
const places = new WeakMap<Node, Map<string, number[]>>();
/** Places that went back by themselves: ripples and flashes. */
const ripples = new WeakMap<Node, Set<string>>();

/** `key` of `node` changed while no visitor had done anything. */
export function see(node: Node, key: string, now: number): void {
  for (const [place, name] of levels(node, key)) {
    const times = getOrCreate(getOrCreate(places, place, new Map()), name, []);
    if (!(now - times.at(-1)! < ONE_GO_MS)) times.push(now);
    if (times.length > 5) times.shift();
  }
}

/** Whether a change there says nothing. One of known cause does, but where something changes all the time. */
export function isNoise(node: Node, key: string, now: number, isSure = false): boolean {
  return levels(node, key).some(([place, name], level) => {
    const times = places.get(place)?.get(name)?.filter((time) => now - time < REMEMBERED_MS) ?? [];
    // a relative's habit must have been seen twice
    return isSure ? times.length > 3 && now - times[0]! < RESTLESS_MS : times.length > level;
  });
}

export function seeRipple(node: Node, key: string): void {
  getOrCreate(ripples, node, new Set()).add(key);
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
