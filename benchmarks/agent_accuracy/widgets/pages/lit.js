import { LitElement, html } from "lit";

class ShopItem extends LitElement {
  static properties = { n: {}, text: {} };
  constructor() { super(); this.n = 0; this.text = ""; }
  async load() { this.text = "…"; await api(200, 4200); this.text = "In stock"; }
  render() {
    return html`<button id=plus @click=${() => this.n++}>+</button><output>${this.n}</output>
      <button id=dead @click=${() => this.requestUpdate()}>Notify me</button>
      <button id=throws @click=${() => this.gone.away}>Wish list</button>
      <button id=slow @click=${this.load}>Stock</button>
      <details><summary id=more>More</summary>Words</details><slot></slot><p>${this.text}</p>`;
  }
}
customElements.define("shop-item", ShopItem);
$("root").innerHTML = "<shop-item><b>Red shoes</b></shop-item>";
