/** What is not needed at once: a file of its own, which the agent loads from where it came from, or a runner puts in after it. */
import type { Core } from "./main";
import * as arrival from "./arrival";
import * as dimensions from "./dimensions";
import * as forms from "./forms";
import * as help from "./help";
import * as hidden from "./hidden";
import * as logins from "./logins";
import * as pages from "./pages";
import { guard } from "./safe";
import * as reactions from "./reactions";
import * as timings from "./timings";
import * as reports from "./reports";
import * as unresponsive from "./unresponsive";

const { snag } = window as any;
// of another version it would not fit
if (snag?.version === VERSION) snag.more?.(guard((core: Core) => {
  for (const each of [hidden, dimensions, reports, reactions, arrival, forms, pages, logins, help, timings, unresponsive]) guard(each.start)(core);
  snag.contact = guard(() => void core.report({ kind: "contact_opened" }));
  snag.sessionRef = () => (core.consent() === "full" ? core.sessionId().slice(0, 8) : "");
  if (core.attribute("survey")) import(core.address("agent-survey.js")).then(guard(({ start }) => start(core.report, core.read, core.write, core.attribute)), () => 0);
  if (core.attribute("vitals")) import(core.address("agent-vitals.js")).then(guard(({ start }) => start(core.report)), () => 0);
}));
