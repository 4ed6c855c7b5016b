/** An error boundary that reports what it catches. */
import { Component } from "react";
import { captureError } from "./index.js";

export class SnagBoundary extends Component {
  state = { error: null };

  static getDerivedStateFromError(error) {
    return { error };
  }

  componentDidCatch(error) {
    captureError(error);
  }

  render() {
    const { error } = this.state;
    const { children, fallback = null } = this.props;
    if (!error) return children;
    return typeof fallback === "function" ? fallback(error, () => this.setState({ error: null })) : fallback;
  }
}
