import { createGrid, ModuleRegistry, AllCommunityModule } from "ag-grid-community";
ModuleRegistry.registerModules([AllCommunityModule]);
root.innerHTML = '<div id=g style="height:420px;width:800px"></div>';
createGrid(g, { pagination: true, paginationPageSize: 10, paginationPageSizeSelector: false, rowSelection: { mode: "multiRow" }, defaultColDef: { sortable: true, filter: true, editable: true, resizable: true }, columnDefs: ["name", "age", "city"].map((field) => ({ field })), rowData: Array.from({ length: 45 }, (_, k) => ({ name: "Row " + k, age: (k * 7) % 50, city: k % 2 ? "Aachen" : "Berlin" })) });
