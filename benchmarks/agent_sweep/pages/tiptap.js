import { Editor } from "@tiptap/core";
import StarterKit from "@tiptap/starter-kit";
root.innerHTML = "<style>.on{background:#333;color:#fff}.ProseMirror{border:1px solid;min-height:80px}</style><div id=bar></div><div id=e></div>";
const editor = new Editor({ element: e, extensions: [StarterKit], content: "<p>Words to be formatted.</p><p>More words.</p>" });
editor.commands.setTextSelection({ from: 1, to: 12 });
const does = { Bold: ["toggleBold", "bold"], Italic: ["toggleItalic", "italic"], Strike: ["toggleStrike", "strike"], Code: ["toggleCode", "code"], List: ["toggleBulletList", "bulletList"], Numbers: ["toggleOrderedList", "orderedList"], Quote: ["toggleBlockquote", "blockquote"], Heading: ["toggleHeading", "heading", { level: 2 }] };
for (const [name, [act, mark, given]] of Object.entries(does)) { const b = document.createElement("button"); b.textContent = name; b.onclick = () => { editor.chain().focus()[act](given).run(); }; editor.on("transaction", () => b.classList.toggle("on", editor.isActive(mark))); bar.append(b); }
