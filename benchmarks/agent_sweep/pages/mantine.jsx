import * as M from "@mantine/core";
import "@mantine/core/styles.css";
import { useState } from "react";
import { createRoot } from "react-dom/client";
function App() {
  const [n, setN] = useState(0), [open, setOpen] = useState(false), [page, setPage] = useState(1), [step, setStep] = useState(0);
  const more = () => setN(n + 1), list = ["1", "2", "3"];
  return (<M.MantineProvider><p>Count {n}</p><M.Button onClick={more}>Save</M.Button><M.ActionIcon onClick={more} aria-label="add">+</M.ActionIcon><M.UnstyledButton onClick={more}>Plain</M.UnstyledButton><M.Button onClick={() => setOpen(true)}>Dialog</M.Button><M.Modal opened={open} onClose={() => setOpen(false)} title="Words">Words</M.Modal>
    <M.Menu><M.Menu.Target><M.Button>Menu</M.Button></M.Menu.Target><M.Menu.Dropdown><M.Menu.Item onClick={more}>One</M.Menu.Item><M.Menu.Item onClick={more}>Two</M.Menu.Item></M.Menu.Dropdown></M.Menu><M.Popover><M.Popover.Target><M.Button>Popover</M.Button></M.Popover.Target><M.Popover.Dropdown>Words</M.Popover.Dropdown></M.Popover>
    <M.Tabs defaultValue="1"><M.Tabs.List>{list.map((k) => <M.Tabs.Tab key={k} value={k}>Tab {k}</M.Tabs.Tab>)}</M.Tabs.List>{list.map((k) => <M.Tabs.Panel key={k} value={k}>Pane {k}</M.Tabs.Panel>)}</M.Tabs>
    <M.Accordion>{list.map((k) => <M.Accordion.Item key={k} value={k}><M.Accordion.Control>Part {k}</M.Accordion.Control><M.Accordion.Panel>Text {k}</M.Accordion.Panel></M.Accordion.Item>)}</M.Accordion>
    <M.Switch label="Switch" /><M.Checkbox label="Check" /><M.Radio.Group defaultValue="1">{list.map((k) => <M.Radio key={k} value={k} label={"R" + k} />)}</M.Radio.Group><M.SegmentedControl data={["Day", "Week"]} /><M.Rating /><M.Slider w={200} defaultValue={30} /><M.NumberInput defaultValue={3} label="Number" /><M.TextInput label="Name" /><M.PasswordInput label="Pass" />
    <M.Select label="City" data={["Aachen", "Berlin"]} /><M.MultiSelect label="Cities" data={["Aachen", "Berlin"]} /><M.Pagination total={8} value={page} onChange={setPage} /><M.Chip>Chip</M.Chip><M.Stepper active={step} onStepClick={setStep}>{list.map((k) => <M.Stepper.Step key={k} label={"S" + k}>Step {k}</M.Stepper.Step>)}</M.Stepper><M.NavLink label="Group"><M.NavLink label="Inner" onClick={more} /></M.NavLink><M.Spoiler maxHeight={20} showLabel="More" hideLabel="Less">{"Long text. ".repeat(200)}</M.Spoiler><M.ColorInput label="Colour" /></M.MantineProvider>);
}
createRoot(root).render(<App />);
