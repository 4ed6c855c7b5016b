import { TabulatorFull } from "tabulator-tables";
import "tabulator-tables/dist/css/tabulator.css";
root.innerHTML = '<div id=g style="width:700px"></div>';
new TabulatorFull(g, { pagination: true, paginationSize: 6, layout: "fitColumns", selectableRows: true, data: Array.from({ length: 30 }, (_, id) => ({ id, name: "Row " + id, age: (id * 7) % 50, done: id % 2 > 0 })), columns: [{ title: "Name", field: "name", headerFilter: "input" }, { title: "Age", field: "age" }, { title: "Done", field: "done", formatter: "tickCross", cellClick: (_, cell) => cell.setValue(!cell.getValue()) }] });
