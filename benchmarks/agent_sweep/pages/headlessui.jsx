import * as H from "@headlessui/react";
import { useState } from "react";
import { createRoot } from "react-dom/client";
const style = document.createElement("style");
style.textContent = "[data-checked]{background:#2a6} [data-selected]{border-bottom:2px solid #06c} .switch{width:44px;height:24px;border-radius:12px;background:#ccc} .switch[data-checked]{background:#06c} .switch span{display:block;width:20px;height:20px;border-radius:10px;background:#fff} .switch[data-checked] span{transform:translateX(20px)} .box{display:inline-block;width:18px;height:18px;border:1px solid #555} [role=option][data-selected]{font-weight:bold}";
document.head.append(style);
function App() {
  const [n, setN] = useState(0), [open, setOpen] = useState(false), [on, setOn] = useState(false), [check, setCheck] = useState(false), [city, setCity] = useState("Aachen"), [plan, setPlan] = useState("s"), [town, setTown] = useState("Bonn");
  const more = () => setN(n + 1), cities = ["Aachen", "Berlin", "Celle"];
  return (<div><p>Count {n}</p><H.Button onClick={more}>Save</H.Button> <H.Button onClick={() => setOpen(true)}>Dialog</H.Button>
    <H.Dialog open={open} onClose={setOpen}><H.DialogPanel style={{ position: "fixed", inset: "30%", background: "#fff", border: "1px solid" }}><H.DialogTitle>Words</H.DialogTitle><button onClick={() => setOpen(false)}>Close</button></H.DialogPanel></H.Dialog>
    <H.Menu><H.MenuButton>Menu</H.MenuButton><H.MenuItems anchor="bottom" style={{ background: "#fff" }}><H.MenuItem><button onClick={more}>One</button></H.MenuItem><H.MenuItem><button onClick={more}>Two</button></H.MenuItem></H.MenuItems></H.Menu>
    <H.Popover><H.PopoverButton>Popover</H.PopoverButton><H.PopoverPanel>Some words</H.PopoverPanel></H.Popover>
    {[1, 2, 3].map((k) => <H.Disclosure key={k}><H.DisclosureButton>Part {k}</H.DisclosureButton><H.DisclosurePanel>Text {k}</H.DisclosurePanel></H.Disclosure>)}
    <H.TabGroup><H.TabList>{[1, 2, 3].map((k) => <H.Tab key={k}>Tab {k}</H.Tab>)}</H.TabList><H.TabPanels>{[1, 2, 3].map((k) => <H.TabPanel key={k}>Pane {k}</H.TabPanel>)}</H.TabPanels></H.TabGroup>
    <H.Switch checked={on} onChange={setOn} className="switch" aria-label="Switch"><span /></H.Switch> <H.Checkbox checked={check} onChange={setCheck} className="box" aria-label="Check" />
    <H.RadioGroup value={plan} onChange={setPlan}>{["s", "m", "l"].map((k) => <H.Radio key={k} value={k} style={{ padding: 6 }}>Plan {k}</H.Radio>)}</H.RadioGroup>
    <H.Listbox value={city} onChange={setCity}><H.ListboxButton>{city}</H.ListboxButton><H.ListboxOptions anchor="bottom" style={{ background: "#fff" }}>{cities.map((k) => <H.ListboxOption key={k} value={k}>{k}</H.ListboxOption>)}</H.ListboxOptions></H.Listbox>
    <H.Combobox value={town} onChange={setTown}><H.ComboboxInput aria-label="Town" onChange={() => 0} /><H.ComboboxButton>v</H.ComboboxButton><H.ComboboxOptions anchor="bottom" style={{ background: "#fff" }}>{["Bonn", "Trier"].map((k) => <H.ComboboxOption key={k} value={k}>{k}</H.ComboboxOption>)}</H.ComboboxOptions></H.Combobox>
    <H.Field><H.Label>Name</H.Label><H.Input /></H.Field><H.Field><H.Label>Text</H.Label><H.Textarea /></H.Field><H.Select><option>a</option><option>b</option></H.Select></div>);
}
createRoot(root).render(<App />);
