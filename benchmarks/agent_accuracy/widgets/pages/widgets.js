import Choices from "choices.js";
import "choices.js/public/assets/styles/choices.css";
import flatpickr from "flatpickr";
import "flatpickr/dist/flatpickr.css";
import Sortable from "sortablejs";
import Swiper from "swiper";
import { Autoplay, Navigation } from "swiper/modules";
import "swiper/css";
import "swiper/css/navigation";
import TomSelect from "tom-select";
import "tom-select/dist/css/tom-select.css";

const options = ["Red", "Green", "Blue"].map(c => `<option>${c}</option>`).join("");
const swiper = (id, n) => `<div class=swiper id=${id} style="width:320px;height:90px;margin:0"><div class=swiper-wrapper>
${Array.from({ length: n }, (_, i) => `<div class=swiper-slide>Slide ${i}</div>`).join("")}</div>
<div class=swiper-button-next></div><div class=swiper-button-prev></div></div>`;
$("root").innerHTML = `${swiper("hand", 9)}${swiper("auto", 6)}
<input id=date readonly placeholder=Date> <select id=choice>${options}</select> <select id=tom>${options}</select>
<ul id=sort style="width:200px">${["Milk", "Bread", "Salt", "Tea"].map(t => `<li>${t}</li>`).join("")}</ul>
<button id=dead class=btn>Order</button>`;
new Swiper("#hand", { modules: [Navigation], navigation: { nextEl: "#hand .swiper-button-next", prevEl: "#hand .swiper-button-prev" } });
new Swiper("#auto", { modules: [Autoplay, Navigation], autoplay: { delay: 700 }, loop: true });
flatpickr("#date", { defaultDate: "2026-03-10" });
new Choices("#choice");
new TomSelect("#tom", {});
new Sortable($("sort"), { animation: 150 });
