import * as A from "antd";
import { useState } from "react";
import { createRoot } from "react-dom/client";
function App() {
  const [n, setN] = useState(0), [open, setOpen] = useState(false), [drawer, setDrawer] = useState(false);
  const more = () => setN(n + 1), list = [1, 2, 3];
  return (<A.App><p>Count {n}</p><A.Button type="primary" onClick={more}>Save</A.Button><A.Button onClick={more}>Add</A.Button><A.Button type="text" onClick={more}>Text</A.Button>
    <A.Button onClick={() => setOpen(true)}>Dialog</A.Button><A.Modal open={open} onOk={() => setOpen(false)} onCancel={() => setOpen(false)}>Words</A.Modal><A.Button onClick={() => setDrawer(true)}>Drawer</A.Button><A.Drawer open={drawer} onClose={() => setDrawer(false)}>Words</A.Drawer>
    <A.Dropdown trigger={["click"]} menu={{ items: list.map((k) => ({ key: k, label: "Item " + k })), onClick: more }}><A.Button>Menu</A.Button></A.Dropdown><A.Popover trigger="click" content="Words"><A.Button>Popover</A.Button></A.Popover>
    <A.Tabs items={list.map((k) => ({ key: "" + k, label: "Tab " + k, children: "Pane " + k }))} /><A.Collapse items={list.map((k) => ({ key: k, label: "Part " + k, children: "Text " + k }))} /><A.Segmented options={["Day", "Week", "Month"]} />
    <A.Switch /><A.Checkbox>Check</A.Checkbox><A.Radio.Group options={["X", "Y"]} defaultValue="X" /><A.Radio.Group optionType="button" options={["L", "R"]} defaultValue="L" /><A.Rate /><A.Slider defaultValue={30} style={{ width: 200 }} /><A.InputNumber defaultValue={3} /><A.Input placeholder="Name" /><A.Input.Password placeholder="Pass" style={{ width: 200 }} />
    <A.Select style={{ width: 160 }} options={[{ value: "Aachen" }, { value: "Berlin" }]} placeholder="City" /><A.DatePicker /><A.Calendar fullscreen={false} style={{ width: 300 }} /><A.Pagination total={80} /><A.Steps items={list.map((k) => ({ title: "S" + k }))} onChange={more} current={n % 3} />
    <A.Table size="small" rowSelection={{}} dataSource={list.map((k) => ({ key: k, name: "Row " + k, age: 9 - k }))} columns={[{ title: "Name", dataIndex: "name", sorter: (a, b) => a.name.localeCompare(b.name) }, { title: "Age", dataIndex: "age", sorter: (a, b) => a.age - b.age }]} expandable={{ expandedRowRender: () => "More" }} />
    <A.Tree defaultExpandedKeys={["0"]} treeData={[{ key: "0", title: "Root", children: [{ key: "1", title: "Leaf" }, { key: "2", title: "Leaf two" }] }]} checkable /><A.Menu mode="inline" style={{ width: 200 }} items={[{ key: "m", label: "Group", children: [{ key: "n", label: "Inner" }] }, { key: "o", label: "Other" }]} /><A.Tag closable>Tag</A.Tag><A.Alert title="Note" message="Note" closable /></A.App>);
}
createRoot(root).render(<App />);
