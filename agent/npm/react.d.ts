import type { Component, ReactNode } from "react";

export interface SnagBoundaryProps {
  children?: ReactNode;
  /** shown instead; `again` tries once more */
  fallback?: ReactNode | ((error: unknown, again: () => void) => ReactNode);
}

/** An error boundary that reports what it catches. */
export class SnagBoundary extends Component<SnagBoundaryProps> {}
