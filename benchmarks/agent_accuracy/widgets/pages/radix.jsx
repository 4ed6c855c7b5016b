import { Listbox, ListboxButton, ListboxOption, ListboxOptions, Switch } from "@headlessui/react";
import * as Dialog from "@radix-ui/react-dialog";
import * as Menu from "@radix-ui/react-dropdown-menu";
import * as Tooltip from "@radix-ui/react-tooltip";
import { useState } from "react";
import { createRoot } from "react-dom/client";

function App() {
  const [picked, pick] = useState("Red");
  const [on, turn] = useState(false);
  const [said, say] = useState("");
  return (
    <div>
      <Menu.Root modal={false}>
        <Menu.Trigger id="menu">Sort</Menu.Trigger>
        <Menu.Portal><Menu.Content>
          <Menu.Item id="price" onSelect={() => say("By price")}>Price</Menu.Item>
          <Menu.Item id="broken" onSelect={event => event.preventDefault()}>Rating</Menu.Item>
        </Menu.Content></Menu.Portal>
      </Menu.Root>
      <Dialog.Root>
        <Dialog.Trigger id="dialog">Terms</Dialog.Trigger>
        <Dialog.Portal><Dialog.Overlay /><Dialog.Content><Dialog.Title>Terms</Dialog.Title>
          <Dialog.Description>Words</Dialog.Description><Dialog.Close id="close">Close</Dialog.Close>
        </Dialog.Content></Dialog.Portal>
      </Dialog.Root>
      <Tooltip.Provider><Tooltip.Root><Tooltip.Trigger id="tip">What is that?</Tooltip.Trigger>
        <Tooltip.Portal><Tooltip.Content>A hint</Tooltip.Content></Tooltip.Portal></Tooltip.Root></Tooltip.Provider>
      <Listbox value={picked} onChange={pick}>
        <ListboxButton id="colour">{picked}</ListboxButton>
        <ListboxOptions>{["Red", "Blue"].map(c => <ListboxOption key={c} value={c} id={c}>{c}</ListboxOption>)}</ListboxOptions>
      </Listbox>
      <Switch id="switch" checked={on} onChange={turn} style={{ width: 60, height: 20, background: on ? "green" : "gray" }} />
      <p>{said}</p>
    </div>
  );
}
createRoot($("root")).render(<App />);
