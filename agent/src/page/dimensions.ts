/** What the site chose for a visitor and what the visitor chose: `data-snag-variant` and `data-snag-setting` on the tag, sent with each view. */
import { cut } from "./cut";
import { attribute } from "./tag";

const LONGEST = 200;

export function dimensions(): { variant?: string; user_setting?: string } {
  const [variant, user_setting] = [cut(attribute("variant"), LONGEST), cut(attribute("setting"), LONGEST)];
  return variant || user_setting ? { variant, user_setting } : {};
}
