import flatpickr from "flatpickr";
import "flatpickr/dist/flatpickr.css";
import Swiper from "swiper/bundle";
import "swiper/css/bundle";
root.innerHTML = `<input id=a aria-label=Date><input id=b aria-label=Inline><div class=swiper style="width:400px;height:120px"><div class=swiper-wrapper>${[1, 2, 3, 4, 5].map((n) => `<div class=swiper-slide style="background:#9ab">Slide ${n}</div>`).join("")}</div><div class=swiper-pagination></div><div class=swiper-button-prev></div><div class=swiper-button-next></div></div>`;
flatpickr(a, { enableTime: true });
flatpickr(b, { inline: true });
new Swiper(".swiper", { loop: true, pagination: { el: ".swiper-pagination", clickable: true }, navigation: { nextEl: ".swiper-button-next", prevEl: ".swiper-button-prev" } });
