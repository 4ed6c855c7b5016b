import $ from "./jquery.js";
import "jquery-ui/dist/jquery-ui.js";
import "jquery-ui/dist/themes/base/jquery-ui.css";
root.innerHTML = `<button id=btn data-count>Save</button> <input type=checkbox id=chk><label for=chk>Bold</label> <div id=radios><input type=radio name=r id=ra><label for=ra>Day</label><input type=radio name=r id=rb><label for=rb>Week</label></div>
<div id=acc>${[1, 2, 3].map((n) => `<h3>Part ${n}</h3><div>Text ${n}</div>`).join("")}</div><div id=tabs><ul>${[1, 2, 3].map((n) => `<li><a href="#t${n}">Tab ${n}</a>`).join("")}</ul>${[1, 2, 3].map((n) => `<div id=t${n}>Pane ${n}</div>`).join("")}</div>
<ul id=menu style="width:150px"><li><div>One</div><li><div>Two</div><ul><li><div>Inner</div></ul></ul> <input id=date aria-label=Date> <div id=inline></div> <input id=spin aria-label=Number value=3> <input id=auto aria-label=City>
<select id=sel><option>Slow<option>Medium<option>Fast</select> <div id=slider style="margin:20px"></div> <div id=dialog title=Dialog>Words</div><button id=open>Dialog</button> <div id=bar></div><button id=go>Progress</button>`;
$("#btn,#open,#go").button();
$("#chk,#radios input").checkboxradio();
$("#acc").accordion();
$("#tabs").tabs();
$("#menu").menu({ select: (_, ui) => ui.item.append(" *") });
$("#date").datepicker();
$("#inline").datepicker();
$("#spin").spinner();
$("#auto").autocomplete({ source: ["Aachen", "Berlin", "Bremen"] });
$("#sel").selectmenu();
$("#slider").slider({ value: 30 });
$("#dialog").dialog({ autoOpen: false });
$("#open").on("click", () => $("#dialog").dialog("open"));
let value = 10;
$("#bar").progressbar({ value });
$("#go").on("click", () => $("#bar").progressbar("value", (value += 10)));
