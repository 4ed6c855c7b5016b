/** Web vitals, for the performance side only: a file of its own, which the agent loads where the tag wants it. */
import { onCLS, onFCP, onINP, onLCP, type Metric } from "web-vitals";

/** `send` takes one vital as the wire spells it. Time to first byte is told by the agent itself. */
export function start(send: (vital: { kind: "web_vital"; metric: Metric["name"]; value: number }) => void): void {
  const tell = ({ name, value }: Metric) => send({ kind: "web_vital", metric: name, value });
  for (const on of [onCLS, onFCP, onINP, onLCP]) on(tell);
}
