import * as R from "@radix-ui/themes";
import "@radix-ui/themes/styles.css";
import { useState } from "react";
import { createRoot } from "react-dom/client";
function App() {
  const [n, setN] = useState(0), more = () => setN(n + 1), list = ["1", "2", "3"];
  return (<R.Theme><p>Count {n}</p><R.Button onClick={more}>Save</R.Button><R.IconButton onClick={more} aria-label="add">+</R.IconButton>
    <R.Dialog.Root><R.Dialog.Trigger><R.Button>Dialog</R.Button></R.Dialog.Trigger><R.Dialog.Content><R.Dialog.Title>Words</R.Dialog.Title><R.Dialog.Close><R.Button>Close</R.Button></R.Dialog.Close></R.Dialog.Content></R.Dialog.Root>
    <R.DropdownMenu.Root><R.DropdownMenu.Trigger><R.Button>Menu</R.Button></R.DropdownMenu.Trigger><R.DropdownMenu.Content><R.DropdownMenu.Item onSelect={more}>One</R.DropdownMenu.Item><R.DropdownMenu.Item onSelect={more}>Two</R.DropdownMenu.Item></R.DropdownMenu.Content></R.DropdownMenu.Root><R.Popover.Root><R.Popover.Trigger><R.Button>Popover</R.Button></R.Popover.Trigger><R.Popover.Content>Words</R.Popover.Content></R.Popover.Root>
    <R.Tabs.Root defaultValue="1"><R.Tabs.List>{list.map((k) => <R.Tabs.Trigger key={k} value={k}>Tab {k}</R.Tabs.Trigger>)}</R.Tabs.List>{list.map((k) => <R.Tabs.Content key={k} value={k}>Pane {k}</R.Tabs.Content>)}</R.Tabs.Root>
    <R.Switch /><R.Checkbox /><R.RadioGroup.Root defaultValue="1">{list.map((k) => <R.RadioGroup.Item key={k} value={k}>R{k}</R.RadioGroup.Item>)}</R.RadioGroup.Root><R.SegmentedControl.Root defaultValue="1">{list.map((k) => <R.SegmentedControl.Item key={k} value={k}>S{k}</R.SegmentedControl.Item>)}</R.SegmentedControl.Root><R.Select.Root defaultValue="1"><R.Select.Trigger /><R.Select.Content>{list.map((k) => <R.Select.Item key={k} value={k}>Item {k}</R.Select.Item>)}</R.Select.Content></R.Select.Root><R.Slider defaultValue={[30]} style={{ width: 200 }} /><R.TextField.Root placeholder="Name" /><R.TextArea placeholder="Text" /><R.CheckboxCards.Root>{list.map((k) => <R.CheckboxCards.Item key={k} value={k}>Card {k}</R.CheckboxCards.Item>)}</R.CheckboxCards.Root><R.RadioCards.Root>{list.map((k) => <R.RadioCards.Item key={k} value={k}>Choice {k}</R.RadioCards.Item>)}</R.RadioCards.Root></R.Theme>);
}
createRoot(root).render(<App />);
