/** What the site chose for a visitor and what the visitor chose: `data-snag-variant` and `data-snag-setting` on the tag, said of each view. */
import type { Core } from "./main";
import type { View } from "./pageView";
import type { Stamp } from "./report";

export function start({ attribute, judge, report, seen }: Core): void {
  const say = (view?: View) => {
    const said = { variant: attribute("variant").slice(0, 200), user_setting: attribute("setting").slice(0, 200) };
    if (!view || !(said.variant || said.user_setting)) return;
    // not told yet, or told before this file was here
    Object.assign(view.stamp, said);
    if (view.sent?.event) report({ kind: "page_view", ...said } as any, view.stamp as Stamp, view.sent);
  };
  say(seen().at(-1));
  judge({ viewed: say });
}
