import $ from "./jquery.js";
import { Foundation } from "foundation-sites";
import "foundation-sites/dist/css/foundation.css";
const list = [1, 2, 3];
root.innerHTML = `<button class=button data-count>Save</button> <button class=button type=button data-toggle=dd>Drop</button><div class=dropdown-pane id=dd data-dropdown>Words in a pane</div> <button class=button data-open=rev>Dialog</button><div class=reveal id=rev data-reveal>Words<button class=close-button data-close aria-label=Close>x</button></div>
<ul class=accordion data-accordion data-allow-all-closed=true>${list.map((n) => `<li class=accordion-item data-accordion-item><a href="#" class=accordion-title>Part ${n}</a><div class=accordion-content data-tab-content>Text ${n}</div>`).join("")}</ul>
<ul class=tabs data-tabs id=tabs>${list.map((n) => `<li class="tabs-title ${n == 1 ? "is-active" : ""}"><a href="#p${n}">Tab ${n}</a>`).join("")}</ul><div class=tabs-content data-tabs-content=tabs>${list.map((n) => `<div class="tabs-panel ${n == 1 ? "is-active" : ""}" id=p${n}>Pane ${n}</div>`).join("")}</div>
<ul class="dropdown menu" data-dropdown-menu data-click-open=true data-disable-hover=true><li><a href="#">Item</a><ul class=menu><li><a href="#x" data-count>Inner</a></ul></ul><p id=x></p> <button class=button data-toggle=tog>Toggle</button><p id=tog data-toggler=.callout>Toggled</p>
<div class=switch><input class=switch-input id=sw type=checkbox><label class=switch-paddle for=sw><span class=show-for-sr>Switch</span></label></div><div class=slider data-slider data-initial-start=50><span class=slider-handle data-slider-handle role=slider tabindex=0></span><span class=slider-fill data-slider-fill></span><input type=hidden></div>
<div class=callout data-closable>Note<button class=close-button data-close aria-label=Close>x</button></div> <input type=text aria-label=Name><select aria-label=Select><option>A<option>B</select><label><input type=checkbox>Check</label>`;
Foundation.addToJquery($);
$(document).foundation();
