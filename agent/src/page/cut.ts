/** The first `length` units of a text, whole characters only: half of one is refused by whoever reads it. */
export function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/\p{Surrogate}/gu, "");
}
