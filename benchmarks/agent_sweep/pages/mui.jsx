import * as M from "@mui/material";
import { useState } from "react";
import { createRoot } from "react-dom/client";
function App() {
  const [n, setN] = useState(0), [tab, setTab] = useState(0), [open, setOpen] = useState(false), [menu, setMenu] = useState(null), [v, setV] = useState("a"), [page, setPage] = useState(1), [snack, setSnack] = useState(false), [chips, setChips] = useState([1, 2, 3]), [step, setStep] = useState(0), [fmt, setFmt] = useState("l"), [drawer, setDrawer] = useState(false), [nav, setNav] = useState(0), [sel, setSel] = useState(0);
  const more = () => setN(n + 1);
  return (<div>
    <p>Count {n}</p><M.Button variant="contained" onClick={more}>Save</M.Button><M.Button variant="outlined" onClick={more}>Add</M.Button><M.IconButton aria-label="like" onClick={more}>♥</M.IconButton><M.Fab size="small" onClick={more}>+</M.Fab>
    <M.Button onClick={() => setOpen(true)}>Dialog</M.Button><M.Dialog open={open} onClose={() => setOpen(false)}><M.DialogTitle>Words</M.DialogTitle><M.DialogActions><M.Button onClick={() => setOpen(false)}>Close</M.Button></M.DialogActions></M.Dialog>
    <M.Button onClick={(e) => setMenu(e.currentTarget)}>Menu</M.Button><M.Menu anchorEl={menu} open={!!menu} onClose={() => setMenu(null)}><M.MenuItem onClick={() => { setMenu(null); more(); }}>One</M.MenuItem><M.MenuItem onClick={() => setMenu(null)}>Two</M.MenuItem></M.Menu>
    <M.Button onClick={() => setSnack(true)}>Snack</M.Button><M.Snackbar open={snack} autoHideDuration={2500} onClose={() => setSnack(false)} message="Saved" /><M.Button onClick={() => setDrawer(true)}>Drawer</M.Button><M.Drawer open={drawer} onClose={() => setDrawer(false)}><M.Button onClick={() => setDrawer(false)}>Close it</M.Button></M.Drawer>
    <M.Tabs value={tab} onChange={(_, t) => setTab(t)}><M.Tab label="One" /><M.Tab label="Two" /><M.Tab label="Three" /></M.Tabs><p>Pane {tab}</p>
    {[1, 2, 3].map((k) => <M.Accordion key={k}><M.AccordionSummary expandIcon="v">Part {k}</M.AccordionSummary><M.AccordionDetails>Text {k}</M.AccordionDetails></M.Accordion>)}
    <M.Switch /><M.Checkbox /><M.RadioGroup defaultValue="x"><M.FormControlLabel value="x" control={<M.Radio />} label="X" /><M.FormControlLabel value="y" control={<M.Radio />} label="Y" /></M.RadioGroup>
    <M.Select value={v} onChange={(e) => setV(e.target.value)}><M.MenuItem value="a">A</M.MenuItem><M.MenuItem value="b">B</M.MenuItem></M.Select><M.Slider defaultValue={30} sx={{ width: 200 }} aria-label="Volume" /><M.TextField label="Name" /><M.Autocomplete options={["Aachen", "Berlin"]} renderInput={(p) => <M.TextField {...p} label="City" />} sx={{ width: 200 }} />
    <M.Pagination count={8} page={page} onChange={(_, p) => setPage(p)} /><p>Page {page}</p><M.Rating defaultValue={2} /><M.ToggleButtonGroup exclusive value={fmt} onChange={(_, f) => f && setFmt(f)}><M.ToggleButton value="l">L</M.ToggleButton><M.ToggleButton value="r">R</M.ToggleButton></M.ToggleButtonGroup>
    {chips.map((c) => <M.Chip key={c} label={"Chip " + c} onDelete={() => setChips(chips.filter((x) => x !== c))} onClick={more} />)}
    <M.Stepper activeStep={step} nonLinear>{["A", "B", "C"].map((l, i) => <M.Step key={l}><M.StepButton onClick={() => setStep(i)}>{l}</M.StepButton></M.Step>)}</M.Stepper><M.BottomNavigation value={nav} onChange={(_, x) => setNav(x)}><M.BottomNavigationAction label="Home" /><M.BottomNavigationAction label="Found" /></M.BottomNavigation>
    <M.List>{[0, 1, 2].map((i) => <M.ListItemButton key={i} selected={sel === i} onClick={() => setSel(i)}><M.ListItemText primary={"Row " + i} /></M.ListItemButton>)}</M.List>
  </div>);
}
createRoot(root).render(<App />);
