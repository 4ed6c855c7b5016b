import Quill from "quill";
import "quill/dist/quill.snow.css";
root.innerHTML = "<div id=e><p>Words to be formatted.</p></div>";
const editor = new Quill(e, { theme: "snow", modules: { toolbar: [[{ header: [1, 2, false] }], ["bold", "italic", "underline", "strike"], ["blockquote", "code-block"], [{ list: "ordered" }, { list: "bullet" }], [{ color: [] }, { background: [] }], [{ align: [] }], ["clean"]] } });
editor.setSelection(0, 12);
