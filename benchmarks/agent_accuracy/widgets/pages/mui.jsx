import { Accordion, AccordionDetails, AccordionSummary, Alert, Autocomplete, Button, Checkbox, Dialog, MenuItem, Rating,
  Select, Slider, Snackbar, Switch, Tab, Tabs, TextField } from "@mui/material";
import { useState } from "react";
import { createRoot } from "react-dom/client";

function App() {
  const [open, set] = useState(false);
  const [toast, say] = useState("");
  const [tab, turn] = useState(0);
  const [page, leaf] = useState(1);
  const [stars, rate] = useState(2);
  const [state, put] = useState("");
  return (
    <div>
      <Button id="dead" variant="contained">Order now</Button>
      <Button id="dialog" onClick={() => set(true)}>Terms</Button>
      <Dialog open={open} onClose={() => set(false)}><p>Words</p><Button id="close" onClick={() => set(false)}>Close</Button></Dialog>
      <Button id="toast" onClick={() => say("Added")}>Add</Button>
      <Snackbar open={!!toast} autoHideDuration={1500} onClose={() => say("")} message={toast} />
      <Button id="next" onClick={() => leaf(page + 1)}>Next</Button><b>Page {page}</b>
      <Button id="fails" onClick={async () => put((await api(500, 200)).ok ? "ok" : "bad")}>Pay</Button>
      {state === "bad" && <Alert severity="error">The payment failed</Alert>}
      <Button id="throws" variant="outlined" onClick={() => { throw new TypeError("no basket"); }}>Basket</Button>
      <Button id="slow" loading={state === "load"} onClick={async () => (put("load"), await api(200, 4100), put("Done"))}>Report</Button>
      <p>{state}</p>
      <Select id="select" value={10} onChange={() => {}} sx={{ minWidth: 120 }}>
        <MenuItem value={10}>Ten</MenuItem><MenuItem value={20}>Twenty</MenuItem>
      </Select>
      <Tabs value={tab} onChange={(_, n) => turn(n)}><Tab id="t0" label="Text" /><Tab id="t1" label="Size" /></Tabs>
      <p>Tab {tab}</p>
      <Checkbox id="check" defaultChecked /><Switch id="switch" /><Slider id="slider" defaultValue={30} sx={{ width: 200 }} />
      <Rating value={stars} onChange={(_, n) => rate(n)} />
      <Autocomplete options={["Bonn", "Berlin", "Bremen"]} sx={{ width: 200 }} renderInput={p => <TextField {...p} label="City" />} />
      <Accordion><AccordionSummary id="more">More</AccordionSummary><AccordionDetails>Words</AccordionDetails></Accordion>
    </div>
  );
}
createRoot($("root")).render(<App />);
