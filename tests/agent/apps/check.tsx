// Types only: what a site may write, and what it may not.
import { captureError, init, survey } from "@snagwatch/agent";
import { SnagBoundary } from "@snagwatch/agent/react";
import snagwatch from "@snagwatch/agent/vite";

init({ url: "https://collector.example", app: "shop", consent: "full", survey: survey({ metric: "csat", share: 0.05 }) });
captureError(new Error("x"));
export const page = <SnagBoundary fallback={(error, again) => <button onClick={again}>{String(error)}</button>}>x</SnagBoundary>;
export const plugin = snagwatch({ url: "https://collector.example", app: "shop", sourcemaps: { url: "http://collector:8801", token: "t" } });
// @ts-expect-error: not a level of consent
init({ url: "https://collector.example", app: "shop", consent: "everything" });
// @ts-expect-error: without the site's name
init({ url: "https://collector.example" });
