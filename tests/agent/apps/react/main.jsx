import { createElement, useState } from "react";
import { createRoot } from "react-dom/client";
import { captureError, step } from "@snagwatch/agent";
import { SnagBoundary } from "@snagwatch/agent/react";

function Basket({ isBroken }) {
  if (isBroken) throw new TypeError("no basket");
  return createElement("p", null, "Basket");
}

function App() {
  const [isBroken, setBroken] = useState(false);
  return createElement("main", null,
    createElement("button", { id: "break", onClick: () => setBroken(true) }, "Open the basket"),
    createElement("button", { id: "dead", onClick: () => 0 }, "Pay"),
    createElement("button", { id: "caught", onClick: () => { try { null.price; } catch (error) { captureError(error); } } }, "Price"),
    createElement("button", { id: "go", onClick: () => { history.pushState({}, "", "/orders"); step("orders"); } }, "Orders"),
    createElement(SnagBoundary, { fallback: (error) => createElement("p", { id: "fallback" }, "Sorry: " + error.message) }, createElement(Basket, { isBroken })),
  );
}
createRoot(document.querySelector("#root")).render(createElement(App));
