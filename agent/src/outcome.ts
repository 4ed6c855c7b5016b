/** How the record of an activation ends; the higher, the better for the visitor. */
export const enum Outcome {
  open,
  none,
  error,
  pending,
  acknowledged,
}
