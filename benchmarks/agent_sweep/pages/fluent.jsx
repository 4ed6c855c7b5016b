import * as F from "@fluentui/react-components";
import { useState } from "react";
import { createRoot } from "react-dom/client";
function App() {
  const [n, setN] = useState(0), [tab, setTab] = useState("1"), more = () => setN(n + 1), list = ["1", "2", "3"];
  return (<F.FluentProvider theme={F.webLightTheme}><p>Count {n}</p><F.Button appearance="primary" onClick={more}>Save</F.Button><F.Button onClick={more}>Add</F.Button><F.ToggleButton>Toggle</F.ToggleButton><F.CompoundButton secondaryContent="more" onClick={more}>Compound</F.CompoundButton>
    <F.Dialog><F.DialogTrigger><F.Button>Dialog</F.Button></F.DialogTrigger><F.DialogSurface><F.DialogBody><F.DialogTitle>Words</F.DialogTitle><F.DialogActions><F.DialogTrigger><F.Button>Close</F.Button></F.DialogTrigger></F.DialogActions></F.DialogBody></F.DialogSurface></F.Dialog>
    <F.Menu><F.MenuTrigger><F.Button>Menu</F.Button></F.MenuTrigger><F.MenuPopover><F.MenuList><F.MenuItem onClick={more}>One</F.MenuItem><F.MenuItem onClick={more}>Two</F.MenuItem></F.MenuList></F.MenuPopover></F.Menu><F.Popover><F.PopoverTrigger><F.Button>Popover</F.Button></F.PopoverTrigger><F.PopoverSurface>Words</F.PopoverSurface></F.Popover>
    <F.TabList selectedValue={tab} onTabSelect={(_, d) => setTab(d.value)}>{list.map((k) => <F.Tab key={k} value={k}>Tab {k}</F.Tab>)}</F.TabList><p>Pane {tab}</p><F.Accordion collapsible>{list.map((k) => <F.AccordionItem key={k} value={k}><F.AccordionHeader>Part {k}</F.AccordionHeader><F.AccordionPanel>Text {k}</F.AccordionPanel></F.AccordionItem>)}</F.Accordion>
    <F.Switch label="Switch" /><F.Checkbox label="Check" /><F.RadioGroup defaultValue="1">{list.map((k) => <F.Radio key={k} value={k} label={"R" + k} />)}</F.RadioGroup><F.Slider defaultValue={30} /><F.SpinButton defaultValue={3} /><F.Input placeholder="Name" /><F.Textarea placeholder="Text" /><F.Dropdown placeholder="City">{["Aachen", "Berlin"].map((k) => <F.Option key={k}>{k}</F.Option>)}</F.Dropdown><F.Combobox placeholder="Town">{["Aachen", "Berlin"].map((k) => <F.Option key={k}>{k}</F.Option>)}</F.Combobox><F.Select><option>A</option><option>B</option></F.Select><F.Rating defaultValue={2} /><F.Link onClick={more}>Link</F.Link>
    <F.Tree aria-label="Tree"><F.TreeItem itemType="branch"><F.TreeItemLayout>Root</F.TreeItemLayout><F.Tree><F.TreeItem itemType="leaf"><F.TreeItemLayout>Leaf</F.TreeItemLayout></F.TreeItem></F.Tree></F.TreeItem></F.Tree></F.FluentProvider>);
}
createRoot(root).render(<App />);
