import * as bootstrap from "bootstrap";
import "bootstrap/dist/css/bootstrap.css";

$("root").innerHTML = `
<div class=dropdown><button id=menu class="btn dropdown-toggle" data-bs-toggle=dropdown>Sort</button>
<ul class=dropdown-menu><li><a id=item class=dropdown-item href="#">Price</a></li></ul></div>
<button id=modal class=btn data-bs-toggle=modal data-bs-target="#m">Terms</button>
<div class="modal fade" id=m tabindex=-1><div class=modal-dialog><div class=modal-content><div class=modal-body>Words</div>
<button id=close class=btn data-bs-dismiss=modal>Close</button></div></div></div>
<button id=gone class=btn data-bs-toggle=modal data-bs-target="#missing">Conditions</button>
<button id=fold class=btn data-bs-toggle=collapse data-bs-target="#c">More</button><div class=collapse id=c>Words</div>
<div id=car class="carousel slide" data-bs-ride=carousel data-bs-interval=1200 style="width:300px"><div class=carousel-inner>
${[1, 2, 3, 4].map(i => `<div class="carousel-item ${i === 1 ? "active" : ""}"><p class=m-5>Slide ${i}</p></div>`).join("")}</div>
<button id=next class=carousel-control-next data-bs-target="#car" data-bs-slide=next>›</button></div>
<button id=toast class=btn>Add</button><div id=t class=toast><div class=toast-body>Added</div></div>
<button id=dead class="btn btn-primary">Checkout</button>
<ul class="nav nav-tabs"><li><button id=ta class="nav-link active" data-bs-toggle=tab data-bs-target="#pa">A</button></li>
<li><button id=tb class=nav-link data-bs-toggle=tab data-bs-target="#pb">B</button></li></ul>
<div class=tab-content><div id=pa class="tab-pane active">Text A</div><div id=pb class=tab-pane>Text B</div></div>
<div class="form-check form-switch"><input id=switch class=form-check-input type=checkbox></div>`;
$("toast").onclick = () => bootstrap.Toast.getOrCreateInstance($("t"), { delay: 1500 }).show();
$("item").onclick = event => { event.preventDefault(); $("menu").textContent = "By price"; };
