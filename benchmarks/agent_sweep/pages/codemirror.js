import { basicSetup, EditorView } from "codemirror";
import { openSearchPanel } from "@codemirror/search";
root.innerHTML = "<button id=find>Find</button><p id=more>0</p><div id=e></div>";
const view = new EditorView({ doc: "function one() {\n  return 1;\n}\nfunction two() {\n  return 2;\n}\n", extensions: [basicSetup], parent: e });
find.onclick = () => (openSearchPanel(view), more.textContent++);
