import { basicSetup, EditorView } from "codemirror";
import { openSearchPanel } from "@codemirror/search";
root.innerHTML = "<button id=search>Find</button><div id=e></div>";
const view = new EditorView({ doc: "function abs() {\n  return 1;\n}\nfunction two() {\n  return 2;\n}\n", extensions: [basicSetup], parent: e });
search.onclick = () => openSearchPanel(view);
