import Choices from "choices.js";
import "choices.js/public/assets/styles/choices.css";
const options = ["Aachen", "Berlin", "Celle", "Dresden"].map((city) => `<option>${city}</option>`).join("");
root.innerHTML = `<p><button data-count>Save</button></p><select id=one>${options}</select><select id=many multiple>${options}</select><input id=words value="first,second"><form id=f><select id=three>${options}</select><button type=reset>Reset</button></form>`;
new Choices("#one", { itemSelectText: "" });
new Choices("#many", { removeItemButton: true });
new Choices("#words", { removeItemButton: true });
new Choices("#three", { searchEnabled: false });
